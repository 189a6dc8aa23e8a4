"""The search index follows the table of tracks: here for new rows, by triggers for others."""

from __future__ import annotations

import sqlite3


def last_track_id(connection: sqlite3.Connection) -> int:
    """The highest number a track has; ask it before inserting, inside the transaction."""
    (number,) = connection.execute("SELECT coalesce(max(track_id), 0) FROM tracks").fetchone()
    return int(number)


def index_words_after(connection: sqlite3.Connection, track_id: int) -> None:
    """Make tracks with higher numbers searchable, and count the change, in one transaction.

    A trigger would do this row by row, and FTS5 writes a segment of its own for each statement
    that a trigger belongs to: twelve times the work.
    """
    connection.execute("UPDATE library_state SET revision = revision + 1")
    connection.execute(
        "INSERT INTO track_words(rowid, title, artist, album, genre, owner)"
        " SELECT track_id, title_key, artist_key, album_key, genre_key,"
        " CASE WHEN owner_key <> artist_key THEN owner_key ELSE '' END"
        " FROM tracks WHERE track_id > ?",
        (track_id,),
    )
