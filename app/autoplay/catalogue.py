"""What the recommender is told: tracks as songs, and what was kept as its events."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from app.listening import history
from app.listening.events import PlayEvent, Recorded
from app.listening.records import to_ms
from app.listening.rules import Label, label
from recommender.api import EndReason, Origin, Play, Reaction, ReactionKind, Song


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The songs a model knows, and those of them that cannot be played now.

    A song whose drive is away stays known, so that what was learned of it is there on its return.
    """

    songs: tuple[Song, ...]
    hidden: frozenset[int]


@dataclass(frozen=True, slots=True)
class Past:
    """All events at one moment, undone ones left out."""

    events: tuple[Play | Reaction, ...]
    undone: frozenset[int]
    last_event_id: int


def read_catalogue(connection: sqlite3.Connection) -> Catalogue:
    """All files of the library; streams cannot be recommended."""
    rows = connection.execute(
        "SELECT track_id, title, artist, album, genre, year, track_number, duration_ms,"
        " available = 1 AND removed = 0 FROM tracks"
        " WHERE instr(location, '://') = 0 ORDER BY track_id"
    ).fetchall()
    return Catalogue(
        tuple(Song(*row[:8]) for row in rows), frozenset(row[0] for row in rows if not row[8])
    )


def read_past(connection: sqlite3.Connection, after: int = 0) -> Past:
    """The events numbered above `after`, in the order they were saved."""
    return Past(
        tuple(observed(history.events(connection, after))),
        history.undone(connection),
        history.last_event_id(connection),
    )


def observed(recorded: Iterator[Recorded]) -> Iterator[Play | Reaction]:
    """The events a model learns from, in the given order."""
    for item in recorded:
        event = to_event(item)
        if event is not None:
            yield event


def to_event(recorded: Recorded) -> Play | Reaction | None:
    """An event as the recommender knows it; None for a track that was only looked at."""
    event = recorded.event
    if not isinstance(event, PlayEvent):
        kind = ReactionKind(event.kind.value)
        return Reaction(recorded.event_id, event.track_id, to_ms(event.at) / 1000, kind)
    if label(event) is Label.NOTHING and event.end_reason.value != EndReason.ERROR.value:
        return None
    ended_at = event.started_at + timedelta(milliseconds=event.heard_ms)
    return Play(
        event_id=recorded.event_id,
        song_id=event.track_id,
        at_s=to_ms(ended_at) / 1000,
        heard_ms=event.heard_ms,
        end_reason=EndReason(event.end_reason.value),
        origin=Origin(event.origin.value),
        duration_ms=event.duration_ms,
    )
