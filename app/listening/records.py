"""Events as rows of the `events` table, and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.listening.events import (
    OPINIONS,
    Correction,
    EndReason,
    Feedback,
    FeedbackKind,
    Forgotten,
    Origin,
    PlayEvent,
    Recorded,
    Said,
    Scope,
)

COLUMNS = (
    "event_id, kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin, "
    "list_position, model_version, score, scope, name, value"
)
"""What `recorded` wants of a row, in this order."""

CORRECT, FORGET = "correct", "forget"
"""The kinds of rows that are about no single track."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch; raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("An event's time needs a zone: use datetime.now(UTC).")
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(at_ms: int) -> datetime:
    """The moment in UTC."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def to_the_millisecond(moment: datetime) -> datetime:
    """The moment as it will be read back; raises ValueError for a time without a zone."""
    return from_ms(to_ms(moment))


def recorded(row: Sequence[object]) -> Recorded:
    """A row of `COLUMNS` as what was saved; raises ValueError for an 'undo' row."""
    event_id, kind, track_id, at_ms, *details, scope, name, value = row
    assert isinstance(event_id, int)
    assert isinstance(at_ms, int)
    if kind == CORRECT:
        amount = float(value) if isinstance(value, int | float) else 0.0
        return Recorded(event_id, Correction(Scope(str(scope)), str(name), amount, from_ms(at_ms)))
    if kind == FORGET:
        return Recorded(event_id, Forgotten(Scope(str(scope)), str(name), from_ms(at_ms)))
    assert isinstance(track_id, int)
    if kind != "play":
        return Recorded(event_id, Feedback(track_id, FeedbackKind(str(kind)), from_ms(at_ms)))
    return Recorded(event_id, _play(track_id, at_ms, details))


def _play(track_id: int, at_ms: int, details: Sequence[object]) -> PlayEvent:
    heard_ms, duration_ms, reason, origin, place, model_version, score = details
    return PlayEvent(
        track_id=track_id,
        started_at=from_ms(at_ms),
        heard_ms=heard_ms if isinstance(heard_ms, int) else 0,
        duration_ms=duration_ms if isinstance(duration_ms, int) else None,
        end_reason=EndReason(str(reason)),
        origin=Origin(str(origin)),
        list_position=place if isinstance(place, int) else None,
        model_version=model_version if isinstance(model_version, str) else "",
        score=score if isinstance(score, float) else None,
    )


def insert_play(connection: sqlite3.Connection, play: PlayEvent) -> int:
    """Append a play, and give its number; one that is there already keeps its first number.

    A session that was restored after a crash may report its last play again: a play is the same
    when track and start are. One that was undone and went on is kept under a new number.
    """
    at_ms = to_ms(play.started_at)
    present = connection.execute(
        "SELECT event_id FROM events AS e WHERE track_id = ? AND kind = 'play' AND at_ms = ?"
        " AND NOT EXISTS (SELECT 1 FROM events AS u WHERE u.undoes = e.event_id)",
        (play.track_id, at_ms),
    ).fetchone()
    if present is not None:
        return int(present[0])
    cursor = connection.execute(
        "INSERT INTO events (kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin,"
        " list_position, model_version, score) VALUES ('play', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            play.track_id,
            at_ms,
            play.heard_ms,
            play.duration_ms,
            play.end_reason.value,
            play.origin.value,
            play.list_position,
            play.model_version,
            play.score,
        ),
    )
    return _row_number(cursor)


def insert_said(connection: sqlite3.Connection, said: Said) -> int:
    """Append what a listener said and give its number; a track's opinion follows it."""
    if not isinstance(said, Feedback):
        return _insert_belief(connection, said)
    cursor = connection.execute(
        "INSERT INTO events (kind, track_id, at_ms) VALUES (?, ?, ?)",
        (said.kind.value, said.track_id, to_ms(said.at)),
    )
    if said.kind in OPINIONS:
        refresh_opinion(connection, said.track_id)
    return _row_number(cursor)


def _insert_belief(connection: sqlite3.Connection, said: Correction | Forgotten) -> int:
    kind, value = (CORRECT, said.value) if isinstance(said, Correction) else (FORGET, None)
    cursor = connection.execute(
        "INSERT INTO events (kind, at_ms, scope, name, value) VALUES (?, ?, ?, ?, ?)",
        (kind, to_ms(said.at), said.scope.value, said.name, value),
    )
    return _row_number(cursor)


def insert_undo(
    connection: sqlite3.Connection, undoes: int, track_id: int | None, at_ms: int
) -> int:
    """Append the undo of an event and give its number."""
    cursor = connection.execute(
        "INSERT INTO events (kind, track_id, at_ms, undoes) VALUES ('undo', ?, ?, ?)",
        (track_id, at_ms, undoes),
    )
    return _row_number(cursor)


def find(connection: sqlite3.Connection, event_id: int) -> tuple[Recorded | None, bool]:
    """An event by its number, and whether it has been undone."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM events WHERE event_id = ? AND kind <> 'undo'", (event_id,)
    ).fetchone()
    undone = connection.execute("SELECT 1 FROM events WHERE undoes = ?", (event_id,)).fetchone()
    return (None if row is None else recorded(row)), undone is not None


def refresh_opinion(connection: sqlite3.Connection, track_id: int) -> FeedbackKind | None:
    """Derive a track's opinion anew: the latest reaction that was not undone."""
    row = connection.execute(
        "SELECT kind, at_ms FROM events AS e WHERE track_id = ?"
        " AND kind IN ('like', 'dislike', 'clear')"
        " AND NOT EXISTS (SELECT 1 FROM events AS u WHERE u.undoes = e.event_id)"
        " ORDER BY event_id DESC LIMIT 1",
        (track_id,),
    ).fetchone()
    if row is None or row[0] == FeedbackKind.CLEAR:
        connection.execute("DELETE FROM opinions WHERE track_id = ?", (track_id,))
        return None
    connection.execute(
        "INSERT INTO opinions (track_id, kind, at_ms) VALUES (?, ?, ?)"
        " ON CONFLICT (track_id) DO UPDATE SET kind = excluded.kind, at_ms = excluded.at_ms",
        (track_id, row[0], row[1]),
    )
    return FeedbackKind(row[0])


def _row_number(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
