"""One event of an exchange file, looked at closely before anything believes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from app.listening.events import EndReason, FeedbackKind, Origin, Scope
from app.listening.exchange_file import Record

MOST_TEXT = 4_000
_LATEST_MS = 32_503_680_000_000
"""The year 3000."""
_MOST_NUMBER = 2**53
_TEXTS = ("content_id", "path", "artist", "title", "album")
_REACTIONS = frozenset(kind.value for kind in FeedbackKind)


@dataclass(slots=True, eq=False)
class NewEvent:
    """An event on its way in. `number` and `undoes` are numbers of the file, the rest is ours."""

    kind: str
    at_ms: int
    number: int
    undoes: int | None = None
    identity: Record = field(default_factory=dict)
    details: tuple[Any, ...] = (None,) * 7
    scope: str | None = None
    name: str | None = None
    value: float | None = None
    track_id: int | None = None
    target: int | NewEvent | None = None
    saved_as: int | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two events the same: kind, track, time, or what a word is about; and how much
        was heard, since a play that goes on after an undone skip has the start of the skipped one.
        """
        return self.kind, self.track_id, self.at_ms, self.details[0], self.scope, self.name

    def row(self, undoes: int | None) -> tuple[Any, ...]:
        """The values for the table, with the number here of what it takes back."""
        track_id, name = self.track_id, self.name
        if self.scope == Scope.SONG.value:
            track_id, name = None, str(self.track_id)
        return (self.kind, track_id, self.at_ms, *self.details, self.scope, name, self.value,
                undoes)  # fmt: skip


def event_of(record: Record) -> NewEvent | None:
    """The event that a line tells of, None where it tells of none."""
    kind: Any
    at_ms: Any
    number: Any
    kind, at_ms, number = (record.get(name) for name in ("kind", "at_ms", "id"))
    if not _text(kind) or not _whole(at_ms, 0, _LATEST_MS) or not _whole(number, 1, _MOST_NUMBER):
        return None
    event = NewEvent(kind, at_ms, number)
    if kind == "undo":
        event.undoes = record.get("undoes")
        return event if _whole(event.undoes, 1, _MOST_NUMBER) else None
    if kind in ("correct", "forget"):
        return event if _fill_word(event, record) else None
    identity = _identity(record.get("track"))
    if identity is None:
        return None
    event.identity = identity
    if kind == "play":
        return event if _fill_play(event, record) else None
    return event if kind in _REACTIONS else None


def _fill_play(event: NewEvent, record: Record) -> bool:
    heard, length = record.get("heard_ms"), record.get("duration_ms")
    place, score = record.get("list_position"), record.get("score")
    reason, origin = record.get("end_reason"), record.get("origin")
    version = record.get("model_version", "")
    event.details = (heard, length, reason, origin, place, version, score)
    return (
        _whole(heard, 0, _LATEST_MS)
        and (length is None or _whole(length, 0, _LATEST_MS))
        and (place is None or _whole(place, 0, _MOST_NUMBER))
        and (score is None or _finite(score))
        and reason in list(EndReason)
        and origin in list(Origin)
        and _text(version)
    )


def _fill_word(event: NewEvent, record: Record) -> bool:
    scope, name, value = record.get("scope"), record.get("name"), record.get("value")
    if scope not in list(Scope):
        return False
    event.scope = str(scope)
    if event.kind == "correct":
        if not _finite(value) or not -1 <= float(value or 0) <= 1:
            return False
        event.value = float(value or 0)
    if scope == Scope.SONG.value:
        identity = _identity(record.get("track"))
        event.identity = identity or {}
        return bool(identity)
    event.name = name
    return _text(name)


def _identity(value: object) -> Record | None:
    """What a track is called, None where that is no identity."""
    if not isinstance(value, dict) or not value:
        return None
    texts = {name: value[name] for name in _TEXTS if name in value}
    length = value.get("duration_ms")
    if not all(map(_text, texts.values())):
        return None
    if length is not None and not _whole(length, 0, _LATEST_MS):
        return None
    return texts | ({"duration_ms": length} if length else {})


def _text(value: object) -> bool:
    """Text that SQLite can hold: no half characters, not endless."""
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _finite(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return _whole(value, -_MOST_NUMBER, _MOST_NUMBER)
