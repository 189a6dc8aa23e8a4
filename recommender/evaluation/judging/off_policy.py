"""What another policy would have been worth, from lists that were shown and what came of them.

Inverse propensity scoring weighs each outcome with how much likelier the other policy makes the
choice that was logged (Horvitz and Thompson, JASA 1952); its self-normalised form divides by the
weights (Swaminathan and Joachims, "The self-normalized estimator for counterfactual learning",
NIPS 2015). Both lean on the logged probabilities: the weights' mean tells when these are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import DoubleArray, IndexArray
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.intervals import (
    Interval,
    checked,
    divided,
    draws,
    interval_of,
    mean_interval,
)

NONE = -1
"""What was chosen when none of the shown songs was."""

LEAST_EFFECTIVE = 100.0
"""With fewer effective choices nothing is said."""

LEAST_SESSIONS = 10
"""With fewer there is nothing to draw intervals from."""

OFF_BY = 0.2
"""So far from 1 may the weights' mean be before the logged probabilities are doubted."""


@dataclass(frozen=True, slots=True)
class LoggedChoice:
    """A list that was shown, and what followed.

    `songs` and `probabilities`, the chance that each row is what comes next, have shape (rows,);
    they may leave room for what is not in the list. `chosen` is a row, or NONE. `session` tells
    choices that hang together.
    """

    songs: IndexArray
    probabilities: DoubleArray
    chosen: int
    reward: float
    session: int = 0


Target = Callable[[LoggedChoice], DoubleArray]
"""Another policy: the chance with which it would put on each shown row, shape (rows,)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a policy would be worth a choice, by two estimators, beside what was logged.

    `effective` is (sum of weights)^2 / sum of their squares, of `choices`. `weights_mean` is 1
    where the logged probabilities are right. Weights above `clip` were cut to it, None for none;
    `cut` is the share of them. `note` is empty, or says in a sentence why not to trust it.
    """

    choices: int
    logged: Interval
    ips: Interval
    snips: Interval
    effective: float
    weights_mean: Interval
    clip: float | None
    cut: float
    note: str


def estimate(
    choices: Sequence[LoggedChoice], target: Target, clip: float | None = None, seed: int = 0
) -> Estimate:
    """The value of `target` a choice; intervals draw whole sessions. Raises JudgingError."""
    if clip is not None and not clip > 0:
        raise JudgingError(f"Weights cannot be cut at {clip}; give a number above 0, such as 10.")
    rewards = np.array([each.reward for each in choices], np.float64)
    checked(rewards)
    full = np.array([_weight(each, target) for each in choices], np.float64)
    weights = full if clip is None else np.minimum(full, clip)
    columns = np.stack([weights * rewards, weights, np.ones(len(weights)), rewards], axis=1)
    by_session = _summed(columns, np.array([each.session for each in choices], np.int64))
    drawn = np.concatenate([times @ by_session for times in draws(len(by_session), seed)])
    whole = columns.sum(axis=0, keepdims=True)
    sessions = len(by_session)

    def rate(above: int, below: int) -> Interval:
        value = divided(whole[:, [above, below]])[0]
        return interval_of(float(value), divided(drawn[:, [above, below]]), sessions)

    effective = effective_size(weights)
    mean = rate(1, 2)
    return Estimate(
        len(choices), rate(3, 2), rate(0, 2), rate(0, 1), effective, mean, clip,
        float(np.mean(full > weights)), _note(effective, mean, clip),
    )  # fmt: skip


def effective_size(weights: DoubleArray) -> float:
    """How many choices of equal weight would tell as much; 0 when all weights are.

    >>> effective_size(np.array([2.0, 2.0, 0.0]))
    2.0
    """
    squares = float(np.square(weights).sum())
    return float(weights.sum() ** 2 / squares) if squares > 0 else 0.0


def uniform(choice: LoggedChoice) -> DoubleArray:
    """Puts on any of the shown rows, each as likely."""
    rows = len(choice.songs)
    return np.full(rows, 1 / max(1, rows))


def greedy(choice: LoggedChoice) -> DoubleArray:
    """Always puts on the first row."""
    result: DoubleArray = np.zeros(len(choice.songs))
    result[:1] = 1.0
    return result


def by_plays(plays: IndexArray) -> Target:
    """Puts on the shown song that is played most, of plays (songs,); the upper one of equals."""

    def target(choice: LoggedChoice) -> DoubleArray:
        result: DoubleArray = np.zeros(len(choice.songs))
        if len(result):
            result[int(np.argmax(plays[choice.songs]))] = 1.0
        return result

    return target


def _weight(choice: LoggedChoice, target: Target) -> float:
    if choice.chosen == NONE:
        return 0.0
    if not 0 <= choice.chosen < len(choice.songs):
        raise JudgingError(f"Row {choice.chosen + 1} was chosen of {len(choice.songs)} shown.")
    probability = float(choice.probabilities[choice.chosen])
    if not 0 < probability <= 1:
        raise JudgingError(
            f"A song was chosen that was shown with the probability {probability:g}; what can be "
            "chosen needs one above 0 and at most 1."
        )
    return float(target(choice)[choice.chosen]) / probability


def _summed(columns: DoubleArray, sessions: IndexArray) -> DoubleArray:
    """Sums over the choices of each session, shape (sessions, columns)."""
    _, codes = np.unique(sessions, return_inverse=True)
    result: DoubleArray = np.zeros((int(codes.max()) + 1, columns.shape[1]))
    np.add.at(result, codes, columns)
    return result


def _note(effective: float, mean: Interval, clip: float | None) -> str:
    if effective < LEAST_EFFECTIVE:
        return (
            f"The choices count like {effective:.0f} of this policy's own, too few to say anything "
            f"by ({LEAST_EFFECTIVE:.0f} are the least). Gather more, or judge a policy nearer to "
            "the one that was logged."
        )
    if mean.sessions < LEAST_SESSIONS:
        return (
            f"The choices are of {mean.sessions} sessions, too few to draw intervals from "
            f"({LEAST_SESSIONS} are the least). Gather more."
        )
    if clip is None and (mean.high < 1 - OFF_BY or mean.low > 1 + OFF_BY):
        return (
            f"The weights' mean is {mean.value:.2f} and ought to be 1: the logged probabilities "
            "are not the chances with which songs were chosen, and the estimates lean on them."
        )
    return ""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Rows shown with about the same probability: its mean beside how often they were chosen."""

    rows: int
    stated: float
    chosen: Interval


def calibration(choices: Sequence[LoggedChoice], bins: int = 10) -> list[Reliability]:
    """The shown rows by their probability, in `bins` groups of equal size, least likely first."""
    stated = np.concatenate([np.zeros(0), *(each.probabilities for each in choices)])
    chosen = np.concatenate([
        np.zeros(0), *(np.arange(len(each.songs)) == each.chosen for each in choices)
    ])  # fmt: skip
    groups = np.array_split(np.argsort(stated, kind="stable"), bins)
    return [
        Reliability(len(rows), float(stated[rows].mean()), mean_interval(chosen[rows]))
        for rows in groups
        if len(rows)
    ]
