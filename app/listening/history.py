"""The read side: what was listened to, in the order it was saved. Undone events are left out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.listening.events import Recorded
from app.listening.records import COLUMNS, from_ms, recorded

IMPORTED_KEY = "imported"
KEPT = "NOT EXISTS (SELECT 1 FROM events AS u WHERE u.undoes = e.event_id)"
"""Of events `e`: those that were not undone."""


@dataclass(frozen=True, slots=True)
class TrackPlays:
    """How often a track was played, and when it was started last."""

    count: int
    last_started_at: datetime


def events(connection: sqlite3.Connection, after: int = 0) -> Iterator[Recorded]:
    """What was played and said, with numbers above `after`, in the order it was saved.

    The number is the order, not the time: a clock that was set back changes nothing.
    """
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM events AS e"
        f" WHERE event_id > ? AND kind <> 'undo' AND {KEPT} ORDER BY event_id",
        (after,),
    )
    return map(recorded, rows)


def imported(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """First and last number of what came from other machines, import by import.

    It was saved late: among the rest it belongs where its times say.
    """
    row = connection.execute("SELECT value FROM session WHERE key = ?", (IMPORTED_KEY,)).fetchone()
    return [(int(first), int(last)) for first, last in json.loads(row[0])] if row else []


def note_imported(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Remember that these numbers came from another machine; in the caller's transaction."""
    ranges = json.dumps([*imported(connection), (first, last)])
    connection.execute("INSERT OR REPLACE INTO session VALUES (?, ?)", (IMPORTED_KEY, ranges))


def undone_since(connection: sqlite3.Connection, after: int) -> list[int]:
    """The events up to number `after` that were undone later than that."""
    rows = connection.execute(
        "SELECT undoes FROM events WHERE event_id > ? AND undoes <= ? ORDER BY event_id",
        (after, after),
    )
    return [int(row[0]) for row in rows]


def undone(connection: sqlite3.Connection) -> frozenset[int]:
    """Every event that was undone."""
    rows = connection.execute("SELECT undoes FROM events WHERE undoes IS NOT NULL")
    return frozenset(int(row[0]) for row in rows)


def forgettings(connection: sqlite3.Connection) -> frozenset[int]:
    """Every event by which something was forgotten, undone ones among them."""
    rows = connection.execute("SELECT event_id FROM events WHERE kind = 'forget'")
    return frozenset(int(row[0]) for row in rows)


def latest_forgetting(connection: sqlite3.Connection) -> tuple[int, int]:
    """The latest event by which something was forgotten or a forgetting undone, and the latest
    forgetting that still stands; 0 for none."""
    forgotten = "SELECT event_id FROM events WHERE kind = 'forget'"
    undone_by = dict(
        connection.execute(f"SELECT undoes, event_id FROM events WHERE undoes IN ({forgotten})")
    )
    numbers = {int(row[0]) for row in connection.execute(forgotten)}
    latest = max([0, *numbers, *undone_by.values()])
    return latest, max([0, *(numbers - undone_by.keys())])


def last_event_id(connection: sqlite3.Connection) -> int:
    """The latest number given, undos included; 0 before the first event."""
    row = connection.execute("SELECT coalesce(max(event_id), 0) FROM events").fetchone()
    return int(row[0])


def plays_by_track(connection: sqlite3.Connection) -> dict[int, TrackPlays]:
    """Count and latest start of every track ever played; errors are no plays."""
    rows = connection.execute(
        "SELECT track_id, count(*), max(at_ms) FROM events AS e"
        f" WHERE kind = 'play' AND end_reason <> 'error' AND {KEPT} GROUP BY track_id"
    )
    return {int(row[0]): TrackPlays(int(row[1]), from_ms(int(row[2]))) for row in rows}


def recently_played(connection: sqlite3.Connection, limit: int) -> list[int]:
    """The tracks played last, latest first, each once; looks at the last few plays only."""
    rows = connection.execute(
        "SELECT track_id FROM events AS e WHERE +kind = 'play' AND end_reason <> 'error'"
        f" AND {KEPT} ORDER BY event_id DESC LIMIT ?",
        (4 * limit,),
    )
    return list(dict.fromkeys(int(row[0]) for row in rows))[:limit]
