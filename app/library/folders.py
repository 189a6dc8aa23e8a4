"""The user's music folders in the database. Taking one out hides its tracks and deletes nothing."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass

from app.library.rows import location_of, stored_location
from app.library.store import now_ms

REMOVED_BY_USER = 1
_TRACKS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder as a scan needs it."""

    folder_id: int
    path: str
    available: bool
    track_count: int


def folder_rows(connection: sqlite3.Connection) -> list[FolderRow]:
    """The folders in use, with the number of their tracks that were there at the last scan."""
    rows = connection.execute(
        "SELECT f.folder_id, f.path, f.available, (SELECT count(*) FROM tracks t"
        " WHERE t.folder_id = f.folder_id AND t.removed = 0)"
        " FROM folders f WHERE f.removed = 0 ORDER BY f.path"
    )
    return [FolderRow(row[0], location_of(row[1]), bool(row[2]), row[3]) for row in rows]


def add_folder(connection: sqlite3.Connection, path: str) -> int:
    """The number of the folder at `path`, which is added or taken in again."""
    path = os.path.abspath(path)
    with connection:
        connection.execute(
            "INSERT INTO folders(path, added_at_ms) VALUES (?, ?)"
            " ON CONFLICT(path) DO UPDATE SET removed = 0",
            (stored_location(path), now_ms()),
        )
    (folder_id,) = connection.execute(
        "SELECT folder_id FROM folders WHERE path = ?", (stored_location(path),)
    ).fetchone()
    _update_tracks(
        connection, "SET removed = 0", f"folder_id = ? AND removed = {REMOVED_BY_USER}", folder_id
    )
    return int(folder_id)


def remove_folder(connection: sqlite3.Connection, folder_id: int) -> None:
    """Take a folder out: its tracks are hidden and keep their plays and likes."""
    with connection:
        connection.execute("UPDATE folders SET removed = 1 WHERE folder_id = ?", (folder_id,))
    _update_tracks(
        connection,
        f"SET removed = {REMOVED_BY_USER}",
        f"folder_id = ? AND removed <> {REMOVED_BY_USER}",
        folder_id,
    )


def set_availability(connection: sqlite3.Connection, folder_id: int, *, available: bool) -> int:
    """Note that a folder is there or not; returns how many tracks changed.

    When it is back, a scan tells which of its files are.
    """
    with connection:
        connection.execute(
            "UPDATE folders SET available = ? WHERE folder_id = ?", (available, folder_id)
        )
    if available:
        return 0
    return _update_tracks(
        connection, "SET available = 0", "folder_id = ? AND available = 1", folder_id
    )


def _update_tracks(connection: sqlite3.Connection, change: str, where: str, folder_id: int) -> int:
    """Change the tracks that match, a few in each transaction so that no other writer waits."""
    total = 0
    while True:
        with connection:
            changed = connection.execute(
                f"UPDATE tracks {change} WHERE track_id IN"
                f" (SELECT track_id FROM tracks WHERE {where} LIMIT {_TRACKS_AT_ONCE})",
                (folder_id,),
            ).rowcount
        total += changed
        if changed < _TRACKS_AT_ONCE:
            return total
