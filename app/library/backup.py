"""Generations of backups: a bad database never replaces a good copy."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)

KEEP = 3
DAY_S = 24 * 60 * 60
_PAGES_PER_STEP = 2_000


def backup_folder(database: Path) -> Path:
    """Where the backups of `database` lie."""
    return database.parent / "backups"


def backups(database: Path, label: str = "daily") -> list[Path]:
    """The finished backups with that label, newest first."""
    found = backup_folder(database).glob(f"{database.stem}-{label}-*.db")
    return sorted(found, key=lambda path: path.name, reverse=True)


def back_up(database: Path, *, label: str = "daily", keep: int = KEEP) -> Path | None:
    """Copy a sound database beside the older copies and keep the newest `keep` of them.

    Returns None, and leaves every older copy alone, when the database or the copy fails
    SQLite's integrity check. Raises sqlite3.Error or OSError when the copy can't be written.
    """
    folder = backup_folder(database)
    folder.mkdir(parents=True, exist_ok=True)
    second, part_ns = divmod(time.time_ns(), 10**9)
    stamp = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(second))}-{part_ns:09d}"
    target = folder / f"{database.stem}-{label}-{stamp}.db"
    partial = target.with_suffix(".partial")
    try:
        if not _copy(database, partial):
            log.error("%s fails its integrity check; older backups are kept", database)
            return None
        os.replace(partial, target)
    finally:
        for leftover in folder.glob(f"{partial.name}*"):
            leftover.unlink(missing_ok=True)
    for old in backups(database, label)[keep:]:
        old.unlink(missing_ok=True)
    return target


def back_up_if_due(database: Path, *, every_s: float = DAY_S) -> Path | None:
    """Make the daily backup unless the newest is younger than `every_s`."""
    newest = next(iter(backups(database)), None)
    if newest is not None and time.time() - newest.stat().st_mtime < every_s:
        return None
    return back_up(database)


def _copy(database: Path, target: Path) -> bool:
    """Copy through SQLite's own backup, so that a write in between can't tear the copy."""
    uri = f"{database.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as source:
            if not is_sound(source):
                return False
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy, pages=_PAGES_PER_STEP, sleep=0.0)
                copy.execute("PRAGMA journal_mode = DELETE")
                return is_sound(copy)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return False


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with the database."""
    (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return str(answer) == "ok"
