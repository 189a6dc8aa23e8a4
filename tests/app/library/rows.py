"""Tracks put into the database without files."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from app.library.store import insert_track
from app.library.tags import FileFacts, Tags


class Song(NamedTuple):
    title: str
    artist: str = ""
    album: str = ""
    genre: str = ""
    year: int | None = None
    track_number: int | None = None
    album_artist: str = ""
    duration_ms: int | None = 200_000


def add_songs(connection: sqlite3.Connection, songs: Sequence[Song]) -> list[int]:
    """Insert songs and return their track_ids."""
    ids = []
    with connection:
        for number, song in enumerate(songs):
            tags = Tags(
                song.title,
                song.artist,
                song.album,
                song.album_artist,
                song.genre,
                song.year,
                song.track_number,
                duration_ms=song.duration_ms,
            )
            facts = FileFacts(f"/music/{number} {song.title}.mp3", 1, 1, f"{number:024}", "", tags)
            ids.append(insert_track(connection, facts, folder_id=None, removed=0))
    return ids
