"""Between rows of the table `tracks` and `Track`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import Any

from app.library.track import Track

TRACK_COLUMNS = """
    t.track_id, t.location, t.title, t.artist, t.album, t.album_artist, t.genre, t.year,
    t.track_number, t.disc_number, t.duration_ms, t.track_gain_db, t.track_peak,
    t.album_gain_db, t.album_peak, t.cover_key, t.available,
    (SELECT o.kind FROM opinions o WHERE o.track_id = t.track_id)"""


def track_of(row: Sequence[Any]) -> Track:
    """The track in a row of TRACK_COLUMNS."""
    location = row[1]
    opinion = row[17]
    if not isinstance(location, str):
        location = os.fsdecode(location)
    texts_and_numbers: Any = row[2:16]
    flags = (bool(row[16]), opinion == "like", opinion == "dislike")
    return Track(*(row[0], location, *texts_and_numbers, *flags))


def stored_location(location: str) -> str | bytes:
    """What to keep in SQLite for a location: file names that are not UTF-8 are kept as bytes."""
    try:
        location.encode()
    except UnicodeEncodeError:
        return os.fsencode(location)
    return location


def location_of(stored: str | bytes) -> str:
    """The location that `stored_location` put into SQLite."""
    return stored if isinstance(stored, str) else os.fsdecode(stored)


def revision(connection: sqlite3.Connection) -> int:
    """A number that grows with every change of the table `tracks`."""
    (number,) = connection.execute("SELECT revision FROM library_state").fetchone()
    return int(number)
