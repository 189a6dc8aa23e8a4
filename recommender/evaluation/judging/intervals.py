"""Means with 95 % intervals, by a bootstrap that draws whole sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, IndexArray
from recommender.evaluation.judging.errors import JudgingError

DRAWS = 1_000
AT_ONCE = 1 << 22
"""Numbers held at a time while drawing."""

SIDES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and between what it lies in 95 % of bootstrap draws of `sessions` sessions."""

    value: float
    low: float
    high: float
    sessions: int

    def is_apart_from(self, other: Interval) -> bool:
        """Whether the two intervals do not overlap."""
        return self.high < other.low or other.high < self.low


def mean_interval(values: DoubleArray, seed: int = 0) -> Interval:
    """The mean of one value a session, shape (sessions,); raises JudgingError."""
    return ratio_interval(values, np.ones(len(values)), seed)


def ratio_interval(sums: DoubleArray, counts: DoubleArray | IndexArray, seed: int = 0) -> Interval:
    """A rate: what sessions add up to, by how many there were of it, both (sessions,).

    Raises JudgingError when there is nothing to divide by, or for what is not a number.
    """
    checked(sums)
    if not np.sum(counts) > 0:
        raise JudgingError("There is nothing to take a rate of. Give sessions with songs.")
    both = np.stack([sums, np.asarray(counts, np.float64)], axis=1)
    drawn = np.concatenate([times @ both for times in draws(len(sums), seed)])
    return interval_of(float(np.sum(sums) / np.sum(counts)), divided(drawn), len(sums))


def ratio_of_rates(
    upper: tuple[DoubleArray, DoubleArray], lower: tuple[DoubleArray, DoubleArray], seed: int = 0
) -> Interval:
    """One rate by another over the same sessions, each as sums and counts of shape (sessions,)."""
    columns = np.stack([*upper, *lower], axis=1).astype(np.float64)
    totals = np.concatenate([times @ columns for times in draws(len(columns), seed)])
    rates = divided(totals[:, :2]), divided(totals[:, 2:])
    whole = columns.sum(axis=0, keepdims=True)
    value = divided(np.stack([divided(whole[:, :2]), divided(whole[:, 2:])], axis=1))
    return interval_of(float(value[0]), divided(np.stack(rates, axis=1)), len(columns))


def draws(sessions: int, seed: int = 0) -> Iterator[DoubleArray]:
    """How often each session is drawn in DRAWS bootstraps, in pieces of shape (some, sessions).

    The same number of sessions and the same seed, the same draws: rates that are to be compared
    are drawn together.
    """
    rng = np.random.default_rng(seed)
    some = max(1, AT_ONCE // max(1, sessions))
    for start in range(0, DRAWS, some):
        size = (min(some, DRAWS - start), sessions)
        picked = rng.integers(0, sessions, size)
        rows = np.arange(size[0])[:, None] * sessions
        counts = np.bincount((picked + rows).ravel(), minlength=size[0] * sessions)
        yield counts.reshape(size).astype(np.float64)


def interval_of(value: float, drawn: DoubleArray, sessions: int) -> Interval:
    """What was found on all sessions, between the ends of what was drawn, shape (DRAWS,)."""
    found = drawn[np.isfinite(drawn)]
    if not len(found):
        return Interval(value, value, value, sessions)
    low, high = np.percentile(found, SIDES)
    return Interval(value, float(low), float(high), sessions)


def divided(pairs: DoubleArray) -> DoubleArray:
    """The first column by the second, no number where that is 0: (n, 2) to (n,)."""
    there: BoolArray = pairs[:, 1] != 0
    result: DoubleArray = np.full(len(pairs), np.nan)
    np.divide(pairs[:, 0], pairs[:, 1], out=result, where=there)
    return result


def checked(values: DoubleArray) -> None:
    """Raises JudgingError unless there are values, each a finite number."""
    if not len(values):
        raise JudgingError("There are no sessions to judge by. Ask for 1 or more.")
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise JudgingError(
            f"{len(bad)} of {len(values)} sessions have a reward that is not a number, the first "
            f"is session {bad[0] + 1}. Mend what gives the rewards."
        )
