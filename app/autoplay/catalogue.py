"""What the recommender is told: tracks as songs, and what was kept as its events."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from app.listening import history
from app.listening.events import Correction, Forgotten, PlayEvent, Recorded
from app.listening.records import to_ms
from recommender import api
from recommender.api import Lasting, Play, Reaction, Song


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The songs a model knows, and those of them that cannot be played now.

    A song whose drive is away stays known, so that what was learned of it is there on its return.
    """

    songs: Sequence[Song]
    hidden: Sequence[int]


@dataclass(frozen=True, slots=True)
class Past:
    """What was kept after some event, in the order it was saved; undone events are left out.

    `undone` names all undone events ever, `last_event_id` the latest number given.
    """

    events: Sequence[Lasting]
    undone: frozenset[int]
    last_event_id: int


def read_catalogue(connection: sqlite3.Connection) -> Catalogue:
    """All files of the library; streams cannot be recommended."""
    songs: list[Song] = []
    hidden: list[int] = []
    for row in connection.execute(
        "SELECT track_id, title, artist, album, genre, year, track_number, duration_ms,"
        " available = 1 AND removed = 0 FROM tracks"
        " WHERE instr(location, '://') = 0 ORDER BY track_id"
    ):
        songs.append(Song(*row[:8]))
        if not row[8]:
            hidden.append(row[0])
    return Catalogue(songs, hidden)


def contents_of(connection: sqlite3.Connection) -> dict[int, str]:
    """Under which name each file's sound is kept, by track; files not yet looked at have none."""
    rows = connection.execute(
        "SELECT track_id, content_id FROM tracks"
        " WHERE content_id <> '' AND instr(location, '://') = 0"
    )
    return dict(rows.fetchall())


def read_past(connection: sqlite3.Connection, after: int = 0) -> Past:
    """The events numbered above `after`; in the whole past, what came from another machine stands
    where its times say."""
    events = [to_event(item) for item in history.events(connection, after)]
    if not after:
        events = _in_time(events, history.imported(connection))
    return Past(
        events,
        history.undone(connection),
        history.last_event_id(connection),
    )


def _in_time(events: list[Lasting], imported: Sequence[tuple[int, int]]) -> list[Lasting]:
    """The order of saving is kept but for imported events, which are put in between."""
    if not imported:
        return events

    def is_imported(event: Lasting) -> bool:
        return any(first <= event.event_id <= last for first, last in imported)

    own: list[tuple[float, Lasting]] = []
    for event in events:
        if not is_imported(event):
            latest = own[-1][0] if own else event.at_s
            own.append((max(latest, event.at_s), event))
    came = sorted(((e.at_s, e) for e in events if is_imported(e)), key=lambda each: each[0])
    return [event for _, event in heapq.merge(own, came, key=lambda each: each[0])]


def to_event(recorded: Recorded) -> Lasting:
    """An event as the recommender knows it.

    Errors and glances are told too, so that each can be retracted; no model learns from them.
    """
    event, number = recorded.event, recorded.event_id
    if not isinstance(event, PlayEvent):
        at_s = to_ms(event.at) / 1000
        if isinstance(event, Correction):
            return api.Correction(number, event.scope, event.name, at_s, event.value)
        if isinstance(event, Forgotten):
            return api.Forgotten(number, event.scope, event.name, at_s)
        return Reaction(number, event.track_id, at_s, event.kind)
    return Play(
        event_id=number,
        song_id=event.track_id,
        at_s=(to_ms(event.started_at) + event.heard_ms) / 1000,
        heard_ms=event.heard_ms,
        end_reason=event.end_reason,
        origin=event.origin,
        duration_ms=event.duration_ms,
    )
