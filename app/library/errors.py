"""What can go wrong with the library's file, in words that say what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class LibraryError(Exception):
    """The library cannot be used now; the message tells the user what to do."""


class NewerDatabaseError(LibraryError):
    """A later Segue wrote the database; it was left untouched."""


class DamagedDatabaseError(LibraryError):
    """The file is not a sound SQLite database; it was left untouched."""


class UnwritableDatabaseError(LibraryError):
    """The database or its folder may not be written or does not open."""


class FullDiskError(LibraryError):
    """There is no room left on the drive."""


class BusyDatabaseError(LibraryError):
    """Another program holds the database for too long."""


def explain(error: sqlite3.Error | OSError, path: Path) -> LibraryError:
    """The library error that fits what SQLite or the system reported about `path`."""
    text = str(error)
    if "full" in text or "No space left" in text:
        return FullDiskError(
            f"The drive with {path} is full. Free some space, then start Segue again; "
            "everything saved so far is kept."
        )
    if "locked" in text:
        return BusyDatabaseError(
            f"Another program is holding {path}. Close other copies of Segue or tools that have "
            "it open, then try again."
        )
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return DamagedDatabaseError(
            f"The library file {path} is damaged. Segue has not changed it. Rename it, copy the "
            f"newest file from {path.parent / 'backups'} to its place, and start Segue again; "
            "without a backup, renaming it alone starts a new library."
        )
    return UnwritableDatabaseError(
        f"Segue cannot write its library at {path} ({text}). Check that the folder exists, that "
        "it belongs to you and that its drive is writable, or set SEGUE_HOME to another folder."
    )
