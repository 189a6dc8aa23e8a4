"""The figures of the Sequential Skip Prediction Challenge (WSDM Cup 2019).

Of a session of L songs the first half (rounded down) is known; the rest, T songs, is predicted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray

DRAWS = 2_000


def average_accuracy(right: Sequence[bool] | BoolArray) -> float:
    """Accuracy over the first i predictions, summed where the i-th is right, divided by T.

    >>> round(average_accuracy([True, True, True, False, True]), 2)
    0.76
    """
    hits = np.asarray(right, dtype=np.float64)
    if not len(hits):
        raise ValueError("there is no prediction to judge")
    upto = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((upto * hits).mean())


@dataclass(frozen=True, slots=True)
class SkipScores:
    """Mean average accuracy and the share of right first predictions, with 95 % intervals."""

    sessions: int
    maa: float
    maa_interval: tuple[float, float]
    first: float
    first_interval: tuple[float, float]


def per_session(
    skipped: BoolArray, predicted: BoolArray, asked: BoolArray
) -> tuple[DoubleArray, DoubleArray]:
    """Each session's average accuracy, and 1 where its first prediction is right.

    All of shape (sessions, places); `asked` says which places were predicted.
    """
    right = [s[a] == p[a] for s, p, a in zip(skipped, predicted, asked, strict=True)]
    accuracies = np.array([average_accuracy(each) for each in right])
    return accuracies, np.array([float(each[0]) for each in right])


def scores(skipped: BoolArray, predicted: BoolArray, asked: BoolArray, seed: int = 0) -> SkipScores:
    """The means over sessions, with intervals from a bootstrap that draws whole sessions."""
    accuracies, firsts = per_session(skipped, predicted, asked)
    count = len(accuracies)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(count, np.full(count, 1 / count), DRAWS)
    return SkipScores(
        count, float(accuracies.mean()), _interval(drawn @ accuracies / count),
        float(firsts.mean()), _interval(drawn @ firsts / count),
    )  # fmt: skip


def _interval(means: DoubleArray) -> tuple[float, float]:
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)
