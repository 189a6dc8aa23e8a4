"""What was shown: the rows of each predicted list, so that what was not picked can be judged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from app.listening.events import Impression
from app.listening.records import from_ms, to_ms

MOST_ROWS = 200_000
LONGEST_MS = 180 * 86_400_000
"""Older rows, and those beyond so many, are dropped."""

PRUNE_EVERY = 100
"""Lists between two prunings; the first of a run prunes."""


def insert(connection: sqlite3.Connection, shown: Sequence[Impression]) -> None:
    """Append the rows of one list; a list shown in the very millisecond of another is left out."""
    connection.executemany(
        "INSERT OR IGNORE INTO impressions (shown_at_ms, position, track_id, score, probability,"
        " model_version) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (to_ms(row.shown_at), row.position, row.track_id, row.score, row.probability,
             row.model_version)
            for row in shown
        ],
    )  # fmt: skip


def prune(connection: sqlite3.Connection) -> None:
    """Keep the latest rows only; ages count back from the latest row, not from the clock."""
    connection.execute(
        "DELETE FROM impressions WHERE shown_at_ms <"
        " (SELECT max(shown_at_ms) FROM impressions) - ?",
        (LONGEST_MS,),
    )
    connection.execute(
        "DELETE FROM impressions WHERE shown_at_ms <= (SELECT shown_at_ms FROM impressions"
        " ORDER BY shown_at_ms DESC, position DESC LIMIT 1 OFFSET ?)",
        (MOST_ROWS,),
    )


def impressions(connection: sqlite3.Connection, after_ms: int = 0) -> Iterator[Impression]:
    """The rows shown after a time (ms since the epoch, UTC), list by list, top row first."""
    rows = connection.execute(
        "SELECT shown_at_ms, position, track_id, score, probability, model_version"
        " FROM impressions WHERE shown_at_ms > ? ORDER BY shown_at_ms, position",
        (after_ms,),
    )
    return (Impression(from_ms(row[0]), *row[1:]) for row in rows)
