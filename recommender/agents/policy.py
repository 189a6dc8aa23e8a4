"""What everyone who chooses songs in a session has in common."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from recommender.data.arrays import IndexArray
from recommender.simulation.sessions import Sessions


class Policy(Protocol):
    """Chooses what comes next; the same sessions and the same random numbers, the same choice."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """Songs for each listener, the best first, without repeats in a row, none that is in the
        session already as long as there are others: shape (listeners, slate)."""
