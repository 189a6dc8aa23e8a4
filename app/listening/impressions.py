"""What was shown: the rows of each predicted list, so that what was not picked can be judged."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from app.listening.events import EndReason, FeedbackKind, Impression, Origin
from app.listening.history import KEPT
from app.listening.records import from_ms, to_ms

MOST_ROWS = 200_000
LONGEST_MS = 180 * 86_400_000
"""Older rows, and those beyond so many, are dropped."""

BROWSED_MS = 2_000
"""A song left sooner for another was only looked at."""

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


@dataclass(frozen=True, slots=True)
class Followed:
    """A list as shown, `(artist, title, probability)` a row, and what became of it.

    `chosen` is the row that was played next, None for a song from elsewhere; `outcome` is what
    became of that song: finished, skipped or liked.
    """

    shown_at_ms: int
    rows: tuple[tuple[str, str, float], ...]
    chosen: int | None
    outcome: str


_SHOWN = """
SELECT i.shown_at_ms, i.track_id, t.artist, t.title, i.probability
FROM impressions AS i JOIN tracks AS t ON t.track_id = i.track_id
ORDER BY i.shown_at_ms, i.position
"""
_PLAYS = f"""
SELECT e.at_ms, e.track_id, e.heard_ms, e.end_reason FROM events AS e
WHERE e.kind = 'play' AND e.origin <> '{Origin.QUEUE}' AND {KEPT} ORDER BY e.at_ms, e.event_id
"""
_LIKES = f"""
SELECT e.track_id, e.at_ms FROM events AS e WHERE e.kind = '{FeedbackKind.LIKE}' AND {KEPT}
ORDER BY e.track_id, e.at_ms
"""


def followed(connection: sqlite3.Connection) -> Iterator[Followed]:
    """The lists that a play followed, in order of time, each the last one before its play.

    Songs of the listener's own queue are no choice from the list; what was undone, broken, stopped
    or only looked at has no outcome. A song is liked when that was said before the next one began.
    """
    lists = [
        (shown, list(rows)) for shown, rows in groupby(connection.execute(_SHOWN), itemgetter(0))
    ]
    shown_ms = [shown for shown, _ in lists]
    plays = connection.execute(_PLAYS).fetchall()
    likes = [tuple(row) for row in connection.execute(_LIKES)]
    used = -1
    for place, (at_ms, track_id, heard_ms, reason) in enumerate(plays):
        latest, outcome = bisect_left(shown_ms, at_ms) - 1, _outcome(int(heard_ms or 0), reason)
        if latest <= used or not outcome:
            continue
        used = latest
        until = plays[place + 1][0] if place + 1 < len(plays) else at_ms + LONGEST_MS
        first = bisect_left(likes, (track_id, at_ms))
        if first < len(likes) and likes[first] < (track_id, until):
            outcome = "liked"
        shown, rows = lists[latest]
        tracks = [row[1] for row in rows]
        chosen = tracks.index(track_id) if track_id in tracks else None
        yield Followed(shown, tuple(map(_named, rows)), chosen, outcome)


def _named(row: Sequence[Any]) -> tuple[str, str, float]:
    """A row's artist, title and probability; a track without either is called by its number."""
    _, track_id, artist, title, probability = row
    return artist, title or ("" if artist else f"Track {track_id}"), probability


def _outcome(heard_ms: int, reason: str) -> str:
    """Empty where there is none."""
    if reason == EndReason.FINISHED:
        return "finished"
    if reason == EndReason.SKIPPED:
        return "skipped"
    left_for_other = reason == EndReason.PICKED_OTHER and heard_ms >= BROWSED_MS
    return "skipped" if left_for_other else ""
