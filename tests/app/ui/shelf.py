"""A library in a real database, with songs that exist by their tags only."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from app.library.database import open_database
from app.library.folding import sort_key
from app.library.words import index_words_after

ARTISTS = (
    "Mira Lund", "Okafor Trio", "Ansel Gray", "Delta Union", "Velvet Meridian", "Harbour Choir",
    "Ines Carvalho", "North Quay", "The Slow Clocks", "Kaya & Sons", "Paper Lions", "Björk Strand",
)  # fmt: skip
ALBUMS = (
    "Northern Coast", "Late Rooms", "Frostwork", "Static Hymns", "Meridian", "Crossings",
    "Low Water", "Salt Maps", "A Year of Rain", "Parallel Gardens", "Glass Weather",
)  # fmt: skip
TITLES = (
    "Harbour Lights", "Paper Lanterns", "Slow Tide", "Second Winter", "Copper Wire", "Glasshouse",
    "Low Sun", "Kites", "Undertow", "Night Ferry", "Red Clay", "Ember Road", "Snowblind",
    "Far Field", "A Letter Never Sent to the Lighthouse Keeper of the Northern Isles", "Hollow",
)  # fmt: skip
GENRES = ("Indie folk", "Jazz", "Electronic", "Ambient", "Rock", "Classical", "Dub", "Fado")

_INSERT = """
INSERT INTO tracks(track_id, folder_id, location, added_at_ms, title, artist, album, album_artist,
    genre, year, track_number, disc_number, duration_ms, available, title_key, artist_key,
    album_key, owner_key, genre_key)
VALUES (?, 1, ?, 0, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)
"""


def fill(
    path: Path, tracks: int, liked: Sequence[int] = (), unavailable: Sequence[int] = ()
) -> Path:
    """Put a folder and so many tracks into the database at `path`; ids count from 1."""
    connection = open_database(path)
    with connection:
        connection.execute("INSERT INTO folders VALUES (1, '/music', 0, 1, 0)")
        connection.executemany(_INSERT, (_row(number, unavailable) for number in range(tracks)))
        index_words_after(connection, 0)
        connection.executemany("INSERT INTO opinions VALUES (?, 'like', 0)", [(n,) for n in liked])
    connection.close()
    return path


def like(path: Path, track_id: int, kind: str = "like") -> None:
    """Give an opinion, as the listening part would."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("INSERT OR REPLACE INTO opinions VALUES (?, ?, 0)", (track_id, kind))
    connection.close()


def _row(number: int, unavailable: Sequence[int]) -> tuple[object, ...]:
    record = number // 10
    artist = ARTISTS[record % len(ARTISTS)]
    album = ALBUMS[record % len(ALBUMS)]
    if record >= len(ARTISTS) * len(ALBUMS):
        album = f"{album} {record // (len(ARTISTS) * len(ALBUMS)) + 1}"
    title = TITLES[(number * 7 + record) % len(TITLES)]
    genre = GENRES[record % len(GENRES)]
    track_id = number + 1
    return (
        track_id, f"/music/{artist}/{album}/{track_id}.flac", title, artist, album, artist, genre,
        1975 + record * 7 % 50, number % 10 + 1, 120_000 + number * 7919 % 240_000,
        int(track_id not in unavailable), sort_key(title), sort_key(artist), sort_key(album),
        sort_key(artist), sort_key(genre),
    )  # fmt: skip
