"""Plain baselines, replayed beside the model so that gains are measured on the same plays."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.ledger import Ledger
from recommender.pipeline.board import ROW
from recommender.pipeline.linear import GatedLinear, sample

SINGLE: tuple[str, ...] = ("near", "near_current", "knn", "next", "next_match", "pop_400",
                           "pop_week", "art_15", "new_near")  # fmt: skip
STACK: tuple[str, ...] = ("next", "near", "knn", "art_15", "art_same", "pop_all", "pop_400",
                          "seen_100", "hour", "new")  # fmt: skip


class PlainStack:
    """Ten features weighted online by a listwise softmax: no gates, no network, no prior."""

    def __init__(self) -> None:
        self._rows = [ROW[name] for name in STACK]
        self._linear = GatedLinear(STACK, 1, {}, 0.06, first_power=0.05)
        self._always: FloatArray = np.ones(1, np.float32)
        self._turn = 0

    def score(self, matrix: FloatArray) -> FloatArray:
        """Scores of all songs from the board's columns."""
        result: FloatArray = self._linear.effective(self._always) @ matrix[self._rows]
        return result

    def learn(self, matrix: FloatArray, scores: FloatArray, song: int) -> None:
        """Teach the weights that `song` came next."""
        rng = np.random.default_rng(self._turn)
        self._turn += 1
        count = min(150, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        places, offsets = sample(scores, song, best, 100, rng)
        columns = matrix[self._rows][:, places]
        self._linear.learn(columns, offsets, 0, self._always, 1.0, Ledger(keep=False))
