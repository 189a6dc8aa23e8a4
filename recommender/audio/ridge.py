"""Ridge regression from hand-made features: the linear measure of what a sound tells.

Hoerl and Kennard, "Ridge regression", Technometrics 1970. The strength is the one that foretells
the songs of artists that were left out best. Needs numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray

FOLDS = 5
STRENGTHS = 10.0 ** np.arange(-1.0, 5.1, 0.5)
"""What is added to the diagonal, in units in which a feature's variance is 1 a song."""

FAR = 4.0
"""Features further from the mean than so many deviations are taken to be that far."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """`mean` and `spread` (HAND,) measure the features, `weight` (HAND, dim) and `offset` (dim,)
    turn them into targets."""

    mean: FloatArray
    spread: FloatArray
    weight: FloatArray
    offset: FloatArray

    @classmethod
    def fit(cls, hands: FloatArray, targets: FloatArray, strength: float) -> Ridge:
        """The targets (songs, dim) from features (songs, HAND)."""
        mean, spread = measure(hands)
        rows = standardised(hands, mean, spread).astype(np.float64)
        weight, offset = _solved(rows, targets.astype(np.float64), [strength])[0]
        return cls(mean, spread, weight.astype(np.float32), offset.astype(np.float32))

    def predict(self, hands: FloatArray) -> FloatArray:
        """Targets of songs with these features, (songs, dim)."""
        result: FloatArray = standardised(hands, self.mean, self.spread) @ self.weight + self.offset
        return result


def ridge(hands: FloatArray, targets: FloatArray, groups: IndexArray) -> tuple[Ridge, FloatArray]:
    """The regression, and what regressions without a song's artist foretell of it, (songs, dim).

    `groups` (songs,) numbers the artists.
    """
    fold = folds(groups, FOLDS)
    held = np.zeros((len(STRENGTHS), *targets.shape))
    for number in np.unique(fold):
        left, out = fold != number, fold == number
        if not left.any():
            left = out
        mean, spread = measure(hands[left])
        rows = standardised(hands, mean, spread).astype(np.float64)
        answers = _solved(rows[left], targets[left].astype(np.float64), STRENGTHS)
        for place, (weight, offset) in enumerate(answers):
            held[place, out] = rows[out] @ weight + offset
    errors = np.square(held - targets).sum((1, 2))
    best = int(errors.argmin())
    return Ridge.fit(hands, targets, float(STRENGTHS[best])), held[best].astype(np.float32)


def folds(groups: IndexArray, count: int) -> IndexArray:
    """A fold for each song, (songs,), about equally large, with all songs of an artist in one."""
    _, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    fold_of = np.zeros(len(sizes), np.int64)
    filled = np.zeros(count, np.int64)
    for group in np.argsort(-sizes, kind="stable"):
        fold_of[group] = filled.argmin()
        filled[fold_of[group]] += sizes[group]
    return fold_of[places]


def measure(hands: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The features' mean and deviation, both (HAND,); 1 for one that never differs."""
    mean, spread = hands.mean(0), hands.std(0)
    return mean, np.where(spread > 1e-6, spread, np.float32(1)).astype(np.float32)


def standardised(hands: FloatArray, mean: FloatArray, spread: FloatArray) -> FloatArray:
    """Features in deviations from the mean, none of them further than FAR."""
    result: FloatArray = np.clip((hands - mean) / spread, -FAR, FAR)
    return result


def _solved(
    rows: DoubleArray, targets: DoubleArray, strengths: DoubleArray | list[float]
) -> list[tuple[DoubleArray, DoubleArray]]:
    """Weights (HAND, dim) and offset (dim,) for each strength."""
    middle, usual = rows.mean(0), targets.mean(0)
    centred = rows - middle
    sizes, axes = np.linalg.eigh(centred.T @ centred)
    wanted = axes.T @ (centred.T @ (targets - usual))
    answers = []
    for strength in strengths:
        weight = axes @ (wanted / (np.maximum(sizes, 0)[:, None] + strength))
        answers.append((weight, usual - middle @ weight))
    return answers
