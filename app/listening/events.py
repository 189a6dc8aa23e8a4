"""What the user did, as it is kept: raw events, never changed, never deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from recommender.api import OPINIONS, EndReason, Origin, Scope
from recommender.api import ReactionKind as FeedbackKind

__all__ = [
    "OPINIONS",
    "Correction",
    "EndReason",
    "Feedback",
    "FeedbackKind",
    "Forgotten",
    "Impression",
    "Origin",
    "PlayEvent",
    "QueueEntry",
    "Recorded",
    "Said",
    "Scope",
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
class Correction:
    """What the listener says of their own taste, for good: `value` from -1 to 1, 0 for no word.

    `name` is the artist or the genre as tagged, or a track's number as text.
    """

    scope: Scope
    name: str
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was played and said before of an artist, a genre or a track counts no longer."""

    scope: Scope
    name: str
    at: datetime


Said = Feedback | Correction | Forgotten
"""What a listener says, apart from what they play."""


@dataclass(frozen=True, slots=True)
class Impression:
    """One row of a predicted list that was really shown; `position` counts rows from 0."""

    shown_at: datetime
    position: int
    track_id: int
    score: float
    probability: float
    model_version: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with the number it was saved under. Plays, what was said and undos share one
    series."""

    event_id: int
    event: PlayEvent | Said


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
