"""How much of a track was really heard: pauses and seeks do not count."""

from __future__ import annotations

TOLERANCE_MS = 400
LAST_STEP_MS = 1_000


class HeardClock:
    """Adds up the steps by which the position moves on while playing.

    A step that is clearly longer than the time it took, or backwards, is a seek and adds
    nothing; the time comes from the caller, so that nothing here depends on a real clock.
    """

    def __init__(self) -> None:
        self._heard_ms = 0.0
        self._last: tuple[int, float] | None = None

    @property
    def heard_ms(self) -> int:
        """Milliseconds heard since `start`."""
        return round(self._heard_ms)

    def start(self) -> None:
        """Another track: count from zero."""
        self._heard_ms = 0.0
        self._last = None

    def moved_to(self, position_ms: int, now_s: float) -> None:
        """The engine tells a position while it plays."""
        if self._last is not None:
            step_ms = position_ms - self._last[0]
            passed_ms = (now_s - self._last[1]) * 1000
            if 0 < step_ms <= passed_ms + TOLERANCE_MS:
                self._heard_ms += step_ms
        self._last = (position_ms, now_s)

    def interrupted(self) -> None:
        """A seek, a pause or a stop: the way to the next position was not heard."""
        self._last = None

    def ended(self, duration_ms: int) -> None:
        """The track came to its end: what was not told of its last moment was heard too."""
        if self._last is not None and 0 < duration_ms - self._last[0] <= LAST_STEP_MS:
            self._heard_ms += duration_ms - self._last[0]
        self._last = None
