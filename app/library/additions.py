"""Streams and single files that the user opens by hand: known, but in no folder."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from app.library.folding import clean_text, sort_key
from app.library.rows import stored_location
from app.library.words import index_words_after, last_track_id

OPENED_BY_HAND = 3


def add_stream(connection: sqlite3.Connection, url: str, title: str = "") -> int:
    """The number of the stream at `url`, which is added when it is new."""
    known = _known(connection, url)
    if known is not None:
        return known
    title = clean_text(title) or url
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        before = last_track_id(connection)
        cursor = connection.execute(
            "INSERT INTO tracks(location, title, title_key, artist_key, album_key, owner_key,"
            " genre_key, added_at_ms, removed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (stored_location(url), title, sort_key(title), *(sort_key(""),) * 4,
             time.time_ns() // 1_000_000, OPENED_BY_HAND),
        )  # fmt: skip
        index_words_after(connection, before)
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def add_file(connection: sqlite3.Connection, path: Path) -> int:
    """The number of the file at `path`; a new one is read and added."""
    from app.library.store import insert_track
    from app.library.tags import read_file

    path = path.absolute()
    known = _known(connection, str(path))
    if known is not None:
        return known
    found = read_file(str(path))
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        return insert_track(connection, found, folder_id=None, removed=OPENED_BY_HAND)


def _known(connection: sqlite3.Connection, location: str) -> int | None:
    row = connection.execute(
        "SELECT track_id FROM tracks WHERE location = ?", (stored_location(location),)
    ).fetchone()
    return int(row[0]) if row else None
