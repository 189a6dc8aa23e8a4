"""What the user did, as it is kept: raw events, never changed, never deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from recommender.api import EndReason, Origin
from recommender.api import ReactionKind as FeedbackKind

__all__ = [
    "EndReason",
    "Feedback",
    "FeedbackKind",
    "Origin",
    "PlayEvent",
    "QueueEntry",
    "Recorded",
    "SessionState",
    "Undone",
]


@dataclass(frozen=True, slots=True)
class PlayEvent:
    """One listening. `started_at` is UTC; `list_position` counts rows from 0."""

    track_id: int
    started_at: datetime
    heard_ms: int
    duration_ms: int | None
    end_reason: EndReason
    origin: Origin
    list_position: int | None = None
    model_version: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reaction."""

    track_id: int
    kind: FeedbackKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with the number it was saved under. Plays, feedback and undos share one series."""

    event_id: int
    event: PlayEvent | Feedback


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One entry of the user's queue; `entry_id` tells two entries of one track apart."""

    entry_id: int
    track_id: int


@dataclass(frozen=True, slots=True)
class SessionState:
    """All that comes back after a quit, a crash or a kill. Version 1."""

    track_id: int | None = None
    position_ms: int = 0
    origin: Origin = Origin.MANUAL
    queue: tuple[QueueEntry, ...] = ()
    history: tuple[int, ...] = ()
    volume: int = 80
    muted: bool = False
    repeat: str = "off"
    shuffle: bool = False
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undone:
    """A take-back that was saved: what it took back, and the opinion that holds since."""

    event_id: int
    undone: Recorded
    opinion: FeedbackKind | None
