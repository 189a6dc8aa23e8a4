"""What a model of skips does, and the plainest of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray
from recommender.skips.sessions import Field, Halves, SessionLog


class SkipError(Exception):
    """Sessions that a model cannot learn from or be tested on; the message says why."""


class SkipModel(Protocol):
    """Learns from whole sessions, predicts the rest of sessions known in part."""

    name: str

    def fit(self, log: SessionLog) -> None:
        """Learn; raises SkipError for sessions that teach nothing."""
        ...

    def probabilities(self, halves: Halves) -> DoubleArray:
        """The chance that each song is skipped, shape (sessions, 20); 0 where not asked."""
        ...

    def predict(self, halves: Halves) -> BoolArray:
        """Which songs it says are skipped, shape (sessions, 20); False where not asked."""
        ...


class Persistence:
    """Whatever became of the last known song becomes of all that follow."""

    name = "persistence"

    def fit(self, log: SessionLog) -> None:
        """There is nothing to learn."""

    def probabilities(self, halves: Halves) -> DoubleArray:
        """1 or 0."""
        last = halves.values[np.arange(len(halves)), halves.known - 1, Field.SKIP_2]
        result: DoubleArray = np.where(halves.asked(), last[:, None], 0.0).astype(np.float64)
        return result

    def predict(self, halves: Halves) -> BoolArray:
        """The same as booleans."""
        return self.probabilities(halves) > 0.5


def check(log: SessionLog) -> None:
    """Raises SkipError for a log from which no model can learn what makes a skip."""
    share = log.skipped().sum() / max(1, int(log.lengths.sum()))
    if share in (0.0, 1.0):
        which = "no song is" if share == 0.0 else "every song is"
        raise SkipError(
            f"In the sessions to learn from {which} skipped, so there is nothing to learn; "
            "give sessions with both, or use --model persistence."
        )
