"""Hit rate and reciprocal rank over exact ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import FloatArray


def rank_of(scores: FloatArray, target: int) -> int:
    """The target's place among all songs, 1 for the best; ties count against it.

    >>> rank_of(np.array([3.0, 2.0, 2.0], np.float32), 1)
    3
    """
    return int(np.count_nonzero(scores >= scores[target]))


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over `targets` plays. HR@k: the share of plays whose song was among the first k."""

    targets: int
    hr_1: float
    hr_10: float
    hr_20: float
    mrr: float


def figures_of(ranks: Sequence[int]) -> Figures:
    """The figures of a list of ranks; all zero for an empty list."""
    if not ranks:
        return Figures(0, 0.0, 0.0, 0.0, 0.0)
    array = np.asarray(ranks, np.float64)
    hr_1, hr_10, hr_20 = (float(np.mean(array <= most)) for most in (1, 10, 20))
    return Figures(len(ranks), hr_1, hr_10, hr_20, float(np.mean(1 / array)))


def mean_of(figures: Sequence[Figures]) -> Figures:
    """The plain mean over users, each counting the same; users without targets are left out."""
    some = [each for each in figures if each.targets]
    if not some:
        return Figures(0, 0.0, 0.0, 0.0, 0.0)
    hr_1, hr_10, hr_20, mrr = (
        float(np.mean([getattr(each, name) for each in some]))
        for name in ("hr_1", "hr_10", "hr_20", "mrr")
    )
    return Figures(sum(each.targets for each in some), hr_1, hr_10, hr_20, mrr)
