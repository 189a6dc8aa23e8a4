"""What can be taken back, latest first."""

from __future__ import annotations

from dataclasses import dataclass

from app.conductor.playing import Playing
from app.player.queue import Queue
from app.signals import Signal

LIMIT = 100


@dataclass(frozen=True, slots=True)
class SkipStep:
    """A skip of a play: what was on, where it stood, the queue as it was, and what came after."""

    event_id: int
    playing: Playing
    position_ms: int
    queue: Queue
    followed_by: Playing | None = None

    def can_go_back(self, now: Playing | None) -> bool:
        """Whether what came after the skip is still on, so that undo may go back to the play."""
        if now is None or self.followed_by is None:
            return now is None and self.followed_by is None
        return now.is_same_play(self.followed_by)


@dataclass(frozen=True, slots=True)
class ReactionStep:
    """Something that was said, with the skip that came along with it, if one did."""

    event_id: int
    text: str
    skip: SkipStep | None = None


@dataclass(frozen=True, slots=True)
class QueueStep:
    """A change of the user's queue."""

    queue: Queue
    text: str


Step = SkipStep | ReactionStep | QueueStep


class UndoStack:
    """The latest steps; older ones than `LIMIT` are forgotten, not undone."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        """Another step than before is the latest now."""
        self._steps: list[Step] = []

    def push(self, step: Step) -> None:
        """Remember a step."""
        self._steps.append(step)
        del self._steps[:-LIMIT]
        self.changed.emit()

    def pop(self) -> Step | None:
        """The latest step, which is then forgotten; None when there is none."""
        if not self._steps:
            return None
        step = self._steps.pop()
        self.changed.emit()
        return step

    def __len__(self) -> int:
        return len(self._steps)
