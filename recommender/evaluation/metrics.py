"""Hit rate and reciprocal rank over exact ranks, their intervals, and how skips rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray

DRAWS = 1_000


def rank_of(scores: FloatArray | DoubleArray, target: int) -> int:
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
    hr_100: float
    mrr: float


NAMES = ("hr_1", "hr_10", "hr_20", "hr_100", "mrr")


def per_play(ranks: Sequence[int] | IndexArray) -> FloatArray:
    """What each play adds to the figures, shape (plays, 5), in the order of `NAMES`."""
    array = np.asarray(ranks, np.float64)
    columns = [*(array <= most for most in (1, 10, 20, 100)), 1 / np.maximum(array, 1)]
    return np.stack(columns, axis=1).astype(np.float32)


def figures_of(ranks: Sequence[int] | IndexArray) -> Figures:
    """The figures of a list of ranks; all zero for an empty list."""
    if not len(ranks):
        return Figures(0, 0.0, 0.0, 0.0, 0.0, 0.0)
    means = per_play(ranks).astype(np.float64).mean(axis=0).tolist()
    return Figures(len(ranks), *means)


def mean_of(figures: Sequence[Figures]) -> Figures:
    """The plain mean over users, each counting the same; users without targets are left out."""
    some = [each for each in figures if each.targets]
    if not some:
        return figures_of([])
    means = (float(np.mean([getattr(each, name) for each in some])) for name in NAMES)
    return Figures(sum(each.targets for each in some), *means)


def intervals(
    ranks: Sequence[IndexArray], sessions: Sequence[IndexArray], seed: int = 0
) -> dict[str, tuple[float, float]]:
    """95 % intervals of the users' mean figures, by a bootstrap that draws whole sessions.

    `ranks` and `sessions` hold an array a user, of the same length. Within each user as many
    sessions are drawn with replacement as there are: plays of one session hang together, so single
    plays would make the interval too narrow. A user's figure is a ratio, which few sessions of
    unlike length would shift; it is taken as linear in the draw.
    """
    rng = np.random.default_rng(seed)
    means = np.zeros((DRAWS, len(NAMES)))
    users = [(r, s) for r, s in zip(ranks, sessions, strict=True) if len(r)]
    for user_ranks, user_sessions in users:
        _, codes = np.unique(user_sessions, return_inverse=True)
        count = int(codes.max()) + 1
        sums = np.stack([np.bincount(codes, column, count) for column in per_play(user_ranks).T])
        plays, figure = np.bincount(codes, minlength=count), sums.sum(axis=1) / len(user_ranks)
        drawn = rng.multinomial(count, np.full(count, 1 / count), DRAWS)
        apart = sums - figure[:, None] * plays
        means += figure + drawn @ apart.T / len(user_ranks)
    low, high = np.percentile(means / max(1, len(users)), (2.5, 97.5), axis=0)
    return {name: (float(low[n]), float(high[n])) for n, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class FinishFigures:
    """How well it was foretold, before each play, whether it would be played to the end.

    `auc` is the chance that of a finished and a skipped play the finished one was given more, ties
    counting half; `log_loss` the mean of minus the natural log of the chance given to what came,
    `log_loss_of_share` that of always saying the share that was finished; `calibration_error` how
    far the mean chance in each tenth lies from the share that was finished there, weighed by plays
    (the expected calibration error).
    """

    plays: int
    finished: float
    auc: float
    log_loss: float
    log_loss_of_share: float
    calibration_error: float


def finish_figures(chances: DoubleArray, skipped: BoolArray) -> FinishFigures | None:
    """Chances of each play to be finished, NaN where none was given, against what came; None
    without both finished and skipped plays."""
    given = ~np.isnan(chances)
    chances, finished = chances[given], ~skipped[given]
    share = float(finished.mean()) if len(finished) else 0.0
    if not 0 < share < 1:
        return None
    low, high = np.sort(chances[~finished]), chances[finished]
    below = np.searchsorted(low, high, side="left") + np.searchsorted(low, high, side="right")
    auc = float(below.mean()) / 2 / len(low)
    of_what_came = np.where(finished, chances, 1 - chances)
    tenth = np.minimum((10 * chances).astype(np.int64), 9)
    apart = np.abs(np.bincount(tenth, chances - finished, 10)).sum() / len(chances)
    return FinishFigures(
        len(chances), share, auc, -float(np.log(of_what_came).mean()),
        -float(share * np.log(share) + (1 - share) * np.log(1 - share)), float(apart),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SkipFigures:
    """How songs that were skipped ranked before they played, against songs that were not.

    Ranks are shares of the library, 0 the best. `auc` is the chance that of a finished and a
    skipped song the finished one stood higher, ties counting half; 0.5 tells nothing.
    """

    skipped: int
    finished: int
    rank_skipped: float
    rank_finished: float
    auc: float


def skip_figures(ranks: IndexArray, skipped: BoolArray, songs: int) -> SkipFigures:
    """Skipped songs against finished ones; ranks are exact, 1 to `songs`."""
    share = (ranks - 1) / max(1, songs - 1)
    low, high = share[skipped], share[~skipped]
    if not len(low) or not len(high):
        return SkipFigures(len(low), len(high), 0.0, 0.0, 0.5)
    below = np.searchsorted(np.sort(low), high, side="right")
    same = below - np.searchsorted(np.sort(low), high, side="left")
    auc = 1 - (below.sum() - same.sum() / 2) / (len(low) * len(high))
    return SkipFigures(len(low), len(high), float(low.mean()), float(high.mean()), float(auc))
