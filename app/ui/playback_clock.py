"""The position between two reports of the engine, so that a slider moves smoothly."""

from __future__ import annotations

CATCH_UP_MS = 600.0
"""Small errors are worked off over this time instead of with a jump."""
JUMP_MS = 1200.0
SEEK_MS = 600.0
"""How long a seek may take; reports from far away are old ones until then."""


class PlaybackClock:
    """Knows what was reported last and when. Times come from the caller, in milliseconds."""

    def __init__(self) -> None:
        self._position = 0.0
        self._since = 0.0
        self._error = 0.0
        self._duration = 0
        self._deaf_until = 0.0
        self.running = False

    @property
    def duration_ms(self) -> int:
        """The length of the track, 0 when unknown."""
        return self._duration

    def report(self, position_ms: int, duration_ms: int, now_ms: float) -> None:
        """Take a report of the engine; what is shown drifts there unless it is far off."""
        shown = self.position_ms(now_ms)
        if now_ms < self._deaf_until and abs(shown - position_ms) >= JUMP_MS:
            return  # sent before the engine heard of the seek
        same = duration_ms == self._duration
        self._position, self._since = float(position_ms), now_ms
        self._duration = max(0, duration_ms)
        error = shown - position_ms
        self._error = error if same and self.running and abs(error) < JUMP_MS else 0.0

    def jump(self, position_ms: int, now_ms: float) -> None:
        """Go to a position at once, as after a seek."""
        self._position, self._since, self._error = float(position_ms), now_ms, 0.0
        self._deaf_until = now_ms + SEEK_MS

    def reset(self, duration_ms: int, now_ms: float) -> None:
        """Begin another track."""
        self._duration = max(0, duration_ms)
        self.jump(0, now_ms)
        self._deaf_until = 0.0

    def run(self, running: bool, now_ms: float) -> None:
        """Start or hold the clock where it is."""
        if running != self.running:
            position = self.position_ms(now_ms)
            self.running = running
            self._position, self._since, self._error = position, now_ms, 0.0

    def position_ms(self, now_ms: float) -> float:
        """Where playback is now; never beyond the end."""
        if not self.running:
            return self._position
        passed = max(0.0, now_ms - self._since)
        left = max(0.0, 1.0 - passed / CATCH_UP_MS)
        position = max(0.0, self._position + passed + self._error * left)
        return min(position, self._duration) if self._duration else position


def position_text(position_ms: float) -> str:
    """A position as m:ss or h:mm:ss."""
    seconds = max(0, int(position_ms)) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}:{minutes:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"
