"""Time that only goes on, although the clock of a machine may be set back."""

from __future__ import annotations

import math

DAY_S = 86_400.0
SMALL_S = 6 * 3600.0


class SteadyClock:
    """Shifts times so that none lies before an earlier one, and later distances stay true.

    A step back of up to `SMALL_S` stands still until time has caught up. After a larger one all
    that follows is moved on by whole days, so that the hour of the day stays what it was.
    """

    def __init__(self, last_s: float = -math.inf, offset_s: float = 0.0) -> None:
        self.last_s = last_s
        self.offset_s = offset_s

    def take(self, at_s: float) -> float:
        """The steady time of the next event."""
        steady_s = at_s + self.offset_s
        if steady_s < self.last_s - SMALL_S:
            self.offset_s += DAY_S * math.ceil((self.last_s - steady_s) / DAY_S)
            steady_s = at_s + self.offset_s
        self.last_s = max(steady_s, self.last_s)
        return self.last_s

    def look(self, at_s: float) -> float:
        """The steady time of something that is no lasting event; changes nothing."""
        return SteadyClock(self.last_s, self.offset_s).take(at_s)
