"""The track that is on now: who put it there, and how much of it was heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.library.track import Track
from app.listening.events import EndReason, Origin, PlayEvent
from app.player.engine import Media


@dataclass(frozen=True, slots=True)
class Choice:
    """A track chosen to play, and where it was chosen from."""

    track: Track
    origin: Origin
    entry_id: int | None = None
    list_position: int | None = None
    score: float | None = None
    model_version: str = ""


@dataclass(frozen=True, slots=True)
class Playing:
    """A choice that is on. `token` tells its engine events apart; 0 means not loaded yet."""

    choice: Choice
    token: int
    started_at: datetime
    start_ms: int = 0
    heard_before_ms: int = 0

    @property
    def track(self) -> Track:
        """The track itself."""
        return self.choice.track

    def is_same_play(self, other: Playing) -> bool:
        """Whether both are one listening, perhaps left and taken up again."""
        mine = (self.track.track_id, self.started_at)
        return mine == (other.track.track_id, other.started_at)

    def with_track(self, track: Track) -> Playing:
        """The same play with fresher facts about its track."""
        return replace(self, choice=replace(self.choice, track=track))

    def ended(self, heard_ms: int, duration_ms: int | None, reason: EndReason) -> PlayEvent:
        """The play as it will be kept."""
        return PlayEvent(
            track_id=self.track.track_id,
            started_at=self.started_at,
            heard_ms=heard_ms,
            duration_ms=duration_ms,
            end_reason=reason,
            origin=self.choice.origin,
            list_position=self.choice.list_position,
            model_version=self.choice.model_version,
            score=self.choice.score,
        )


def media_for(choice: Choice, token: int, gain_db: float, start_ms: int = 0) -> Media:
    """What the engine needs to sound this choice."""
    return Media(
        token=token,
        location=choice.track.location,
        gain_db=gain_db,
        start_ms=start_ms,
        duration_ms=choice.track.duration_ms,
    )
