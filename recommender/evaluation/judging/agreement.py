"""Whether two simulators put policies into the same order, and how sure that is.

Kendall, "The treatment of ties in ranking problems", Biometrika 1945 (tau-b); Spearman's rho is
the correlation of the ranks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import DoubleArray
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.intervals import Interval, checked, draws, interval_of


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike two simulators rank `policies` by their mean returns.

    `tau` and `rho` go from -1 (the other way round) to 1 (the same). `same_first` is the share of
    bootstrap draws in which both have the same policy first.
    """

    policies: int
    tau: Interval
    rho: Interval
    same_first: float


def agreement(
    one: Mapping[str, DoubleArray], other: Mapping[str, DoubleArray], seed: int = 0
) -> Agreement:
    """From the returns per session of each policy, by its name, in two simulators.

    Sessions are drawn within each simulator, the same ones for all policies, as they were played
    with the same listeners. Raises JudgingError with fewer than two policies in common.
    """
    names = [name for name in one if name in other]
    if len(names) < 2:
        raise JudgingError("Two or more policies are needed in both simulators to compare orders.")
    means = [_drawn(side, names, seed + turn) for turn, side in enumerate((one, other))]
    wholes = [np.array([[np.mean(side[name]) for name in names]]) for side in (one, other)]
    sessions = min(len(one[names[0]]), len(other[names[0]]))
    tau = interval_of(float(kendall(*wholes)[0]), kendall(*means), sessions)
    rho = interval_of(float(spearman(*wholes)[0]), spearman(*means), sessions)
    same = float(np.mean(means[0].argmax(axis=1) == means[1].argmax(axis=1)))
    return Agreement(len(names), tau, rho, same)


def kendall(one: DoubleArray, other: DoubleArray) -> DoubleArray:
    """Kendall's tau-b of each row of two arrays (n, policies), shape (n,).

    >>> kendall(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 3.0, 2.0]])).round(3).tolist()
    [0.333]
    """
    first, second = np.triu_indices(one.shape[1], 1)
    a, b = np.sign(one[:, first] - one[:, second]), np.sign(other[:, first] - other[:, second])
    return _quotient((a * b).sum(axis=1), np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1)))


def spearman(one: DoubleArray, other: DoubleArray) -> DoubleArray:
    """Spearman's rho of each row of two arrays (n, policies), ties share their ranks: (n,)."""
    a, b = _ranks(one), _ranks(other)
    return _quotient((a * b).sum(axis=1), np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1)))


def _ranks(values: DoubleArray) -> DoubleArray:
    """The place of each in its row, counted from the middle, equals sharing theirs."""
    less = np.sign(values[:, :, None] - values[:, None, :])
    result: DoubleArray = less.sum(axis=2) / 2
    return result


def _drawn(side: Mapping[str, DoubleArray], names: list[str], seed: int) -> DoubleArray:
    """Mean returns in each bootstrap draw, shape (DRAWS, policies)."""
    lengths = {len(side[name]) for name in names}
    if len(lengths) > 1:
        raise JudgingError("The policies of one simulator were played in unlike many sessions.")
    for name in names:
        checked(side[name])
    returns = np.stack([side[name] for name in names], axis=1)
    sums = [times @ returns / len(returns) for times in draws(len(returns), seed)]
    return np.concatenate(sums)


def _quotient(above: DoubleArray, below: DoubleArray) -> DoubleArray:
    """No number where all policies are equal in one of the two."""
    result: DoubleArray = np.full(len(above), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result
