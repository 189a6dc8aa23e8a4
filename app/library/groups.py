"""Artists, albums and genres as lists with counts."""

from __future__ import annotations

import sqlite3

from app.library.folding import LAST, sort_key
from app.library.query import GroupRow
from app.library.rows import location_of
from app.library.search import parse_search


def artists(connection: sqlite3.Connection, text: str = "") -> list[GroupRow]:
    """The artists whose name matches `text`, by name; the unknown one last, with an empty name."""
    return _by_one_key(connection, "artist", text)


def genres(connection: sqlite3.Connection, text: str = "") -> list[GroupRow]:
    """The genres whose name matches `text`, by name; tracks without one last."""
    return _by_one_key(connection, "genre", text)


def _by_one_key(connection: sqlite3.Connection, column: str, text: str) -> list[GroupRow]:
    found, parameters = _found(text, (column,))
    rows = connection.execute(
        f"SELECT t.{column}, g.tracks, t.cover_key, t.location FROM ("
        f" SELECT {column}_key AS name_key, min(track_id) AS first, count(*) AS tracks"
        f" FROM tracks WHERE removed = 0{found} GROUP BY {column}_key) g"
        " JOIN tracks t ON t.track_id = g.first ORDER BY g.name_key",
        parameters,
    )
    return [
        GroupRow(name, "", count, cover_key=cover, cover_location=location_of(location))
        for name, count, cover, location in rows
    ]


def albums(
    connection: sqlite3.Connection, text: str = "", artist: str | None = None
) -> list[GroupRow]:
    """The albums whose name or artist matches, by artist and name; or all that `artist` is on.

    Tracks without an album form one row with an empty name for each artist.
    """
    found, parameters = _found(text, ("artist", "owner", "album"))
    if artist is not None:
        found += " AND (artist_key = ? OR owner_key = ?)"
        parameters = (*parameters, sort_key(artist), sort_key(artist))
    rows = connection.execute(
        "SELECT t.album, CASE WHEN t.album_artist <> '' THEN t.album_artist ELSE t.artist END,"
        " g.tracks, t.year, t.cover_key, t.location FROM ("
        " SELECT owner_key, album_key, min(track_id) AS first, count(*) AS tracks"
        f" FROM tracks WHERE removed = 0{found} GROUP BY owner_key, album_key) g"
        " JOIN tracks t ON t.track_id = g.first"
        " ORDER BY g.owner_key, g.album_key = ?, t.year, g.album_key",
        (*parameters, LAST),
    )
    return [
        GroupRow(name, owner, count, year, cover, location_of(location))
        for name, owner, count, year, cover, location in rows
    ]


def _found(text: str, words_in: tuple[str, ...]) -> tuple[str, tuple[str | int, ...]]:
    """A condition on track_id with its parameters; empty when the text asks for nothing."""
    search = parse_search(text, words_in)
    condition = ""
    parameters: tuple[str | int, ...] = ()
    for ids, operator in ((search.wanted_ids(), "IN"), (search.unwanted_ids(), "NOT IN")):
        if ids is not None:
            condition += f" AND track_id {operator} (SELECT track_id FROM ({ids.sql}))"
            parameters += ids.parameters
    return condition, parameters
