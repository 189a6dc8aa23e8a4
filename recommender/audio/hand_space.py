"""The space of hand-made features: each measured against the library's own, directions evened out.

Where it is known how features differ within one sound, directions are evened out by that, so that
what changes from moment to moment counts less than what stays: Hatch, Kajarekar, Stolcke,
"Within-class covariance normalization for SVM-based speaker recognition" (Interspeech 2006), with
the moments of a sound as the class. Needs numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray

DIM = 48
LEAST = 1e-6

FAR = 4.0
"""Features further from the mean than so many deviations are taken to be that far."""

EVENED = 0.5
"""By which power of its deviation a direction is divided when nothing tells moments from sounds.
With 1 the least directions of a small library, which are chance, would count like the first."""

PRIOR, PRIOR_ROWS = 0.1, 3.0
"""What is taken to be known of differences within sounds before any were seen, as a share of their
mean variance: PRIOR, and as much as PRIOR_ROWS of them would tell."""


@dataclass(frozen=True, slots=True)
class HandSpace:
    """Features are centred by `mean` and divided by `spread`, both (HAND,), then turned by `turn`,
    (HAND, dim). The same sounds give the same space."""

    mean: FloatArray
    spread: FloatArray
    turn: FloatArray

    @classmethod
    def fit(cls, hands: FloatArray, dim: int = DIM, within: FloatArray | None = None) -> HandSpace:
        """The space of a library's features, (songs, HAND).

        `within` (rows, HAND) are differences between moments of the same sounds, scaled so that
        their squares are on average the variance of a song's features.
        """
        mean, spread = hands.mean(0), hands.std(0)
        spread = np.where(spread > LEAST, spread, np.float32(1)).astype(np.float32)
        rows = _measured(hands, mean, spread).astype(np.float64)
        if within is None or not len(within):
            axes, variances = _axes(rows, dim)
            turn = axes / variances ** (EVENED / 2)
        else:
            evening = _evening(np.clip(within / spread, -FAR, FAR).astype(np.float64))
            turn = evening @ _axes(rows @ evening, dim)[0]
        return cls(mean.astype(np.float32), spread, turn.astype(np.float32))

    def vectors(self, hands: FloatArray) -> FloatArray:
        """Directions in the space, (songs, dim), of length 1 but for a sound that is all usual."""
        rows = _measured(hands, self.mean, self.spread) @ self.turn
        sizes = np.linalg.norm(rows, axis=1, keepdims=True)
        result: FloatArray = (rows / np.maximum(sizes, LEAST)).astype(np.float32)
        return result


def _measured(hands: FloatArray, mean: FloatArray, spread: FloatArray) -> FloatArray:
    rows: FloatArray = np.clip((hands - mean) / spread, -FAR, FAR)
    return rows


def _axes(rows: DoubleArray, dim: int) -> tuple[DoubleArray, DoubleArray]:
    """The directions in which rows differ most, (HAND, kept), and their variances, (kept,)."""
    centred = rows - rows.mean(0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    kept = min(dim, int((sizes > LEAST * max(1.0, sizes[0])).sum()) or 1)
    largest = np.abs(axes[:kept]).argmax(1)
    signs = np.where(axes[np.arange(kept), largest] < 0, -1.0, 1.0)
    return (axes[:kept] * signs[:, None]).T, np.maximum(sizes[:kept] ** 2 / len(rows), LEAST)


def _evening(differences: DoubleArray) -> DoubleArray:
    """Turns features so that differences within sounds are alike in all directions."""
    scatter = differences.T @ differences / len(differences)
    prior = (PRIOR + PRIOR_ROWS / len(differences)) * np.trace(scatter) / len(scatter)
    variances, axes = np.linalg.eigh(scatter + max(prior, LEAST) * np.eye(len(scatter)))
    turned: DoubleArray = axes / np.sqrt(variances)
    return turned
