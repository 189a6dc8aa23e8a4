"""What makes an agent try things: noise on its actions that becomes less with practice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.agents.errors import AgentError
from recommender.data.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Schedule:
    """A number that falls in a straight line from `start` to `end` in `steps`, then stays.

    >>> Schedule(1.0, 0.2, 100).at(50)
    0.6
    """

    start: float
    end: float
    steps: int

    def __post_init__(self) -> None:
        if not (np.isfinite(self.start) and 0 <= self.end <= self.start):
            raise AgentError("Exploration must not grow, nor fall below 0; check both its ends.")
        if self.steps < 1:
            raise AgentError(f"Exploration cannot decay in {self.steps} steps; give 1 or more.")

    def at(self, step: int) -> float:
        """The number after so many steps."""
        return self.start + (self.end - self.start) * min(step / self.steps, 1.0)


class Noise(Protocol):
    """Noise for many environments side by side; each call is a step of every one of them."""

    def next(self, count: int) -> FloatArray:
        """The next step's noise, shape (count, size)."""

    def begin(self, which: BoolArray) -> None:
        """Forget the past of the environments in which an episode begins, shape (count,)."""


class GaussianNoise:
    """Independent noise whose standard deviation follows the schedule, in environments' steps."""

    def __init__(self, size: int, schedule: Schedule, seed: int = 0) -> None:
        self._size, self._schedule = size, schedule
        self._rng = np.random.default_rng(seed)
        self.steps = 0

    def next(self, count: int) -> FloatArray:
        """The next step's noise, shape (count, size)."""
        drawn = self._rng.standard_normal((count, self._size), np.float32)
        result: FloatArray = drawn * np.float32(self._schedule.at(self.steps))
        self.steps += count
        return result

    def begin(self, which: BoolArray) -> None:
        """There is no past to forget."""


class OrnsteinUhlenbeckNoise:
    """Noise that wanders and is drawn back to zero (Uhlenbeck and Ornstein, 1930), as in DDPG's
    paper; once it wanders, its standard deviation is what the schedule says."""

    def __init__(
        self, size: int, schedule: Schedule, seed: int = 0, drawn_back: float = 0.15
    ) -> None:
        if not 0 < drawn_back < 1:
            raise AgentError("The noise must be drawn back by a share between 0 and 1 each step.")
        self._size, self._schedule, self._back = size, schedule, drawn_back
        self._rng = np.random.default_rng(seed)
        self._at = np.zeros((0, size), np.float32)
        self.steps = 0

    def next(self, count: int) -> FloatArray:
        """The next step's noise, shape (count, size); another count begins anew."""
        if len(self._at) != count:
            self._at = np.zeros((count, self._size), np.float32)
        stay = 1 - self._back
        drawn = self._rng.standard_normal((count, self._size), np.float32)
        self._at = np.float32(stay) * self._at + np.float32(np.sqrt(1 - stay**2)) * drawn
        result: FloatArray = self._at * np.float32(self._schedule.at(self.steps))
        self.steps += count
        return result

    def begin(self, which: BoolArray) -> None:
        """Forget the past of the environments in which an episode begins, shape (count,)."""
        if len(self._at) == len(which):
            self._at[which] = 0
