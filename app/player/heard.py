"""Counts what was really heard: pauses, seeks and waiting do not count."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_STEP_MS = 2_500
"""Positions come several times a second; a larger step forward is a seek, not listening."""


@dataclass(slots=True)
class HeardClock:
    """Fed with the positions of one play, in order; `heard_ms` grows with what sounded."""

    heard_ms: int = 0
    position_ms: int = 0

    def move(self, position_ms: int) -> None:
        """The play has gone on to this position."""
        step_ms = position_ms - self.position_ms
        if 0 < step_ms <= LONGEST_STEP_MS:
            self.heard_ms += step_ms
        self.position_ms = position_ms

    def jump(self, position_ms: int) -> None:
        """The user went to this position; nothing between was heard."""
        self.position_ms = position_ms
