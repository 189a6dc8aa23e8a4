"""The space of hand-made features: each measured against the library's own, directions evened out.

Needs numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import FloatArray

DIM = 48
LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class HandSpace:
    """Features are centred by `mean` and divided by `spread`, both (HAND,), then turned by `turn`,
    (HAND, dim). The same sounds give the same space."""

    mean: FloatArray
    spread: FloatArray
    turn: FloatArray

    @classmethod
    def fit(cls, hands: FloatArray, dim: int = DIM) -> HandSpace:
        """The space of a library's features, (songs, HAND)."""
        mean = hands.mean(0)
        spread = hands.std(0) + np.float32(LEAST)
        _, sizes, axes = np.linalg.svd((hands - mean) / spread, full_matrices=False)
        kept = min(dim, int((sizes > LEAST).sum()) or 1)
        turn = axes[:kept].T / (sizes[:kept] / np.sqrt(len(hands)) + LEAST)
        return cls(mean.astype(np.float32), spread.astype(np.float32), turn.astype(np.float32))

    def vectors(self, hands: FloatArray) -> FloatArray:
        """Directions in the space, (songs, dim), of length 1 but for a sound that is all usual."""
        rows = ((hands - self.mean) / self.spread) @ self.turn
        sizes = np.linalg.norm(rows, axis=1, keepdims=True)
        result: FloatArray = (rows / np.maximum(sizes, LEAST)).astype(np.float32)
        return result
