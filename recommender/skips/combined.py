"""Boosting and the sequence model together, each fitted on several parts of the sessions."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.skips.base import SkipError, SkipModel, check
from recommender.skips.boosting import ROWS, Boosting
from recommender.skips.deciding import correlations, decide
from recommender.skips.sequence import EPOCHS, Sequence
from recommender.skips.sessions import Halves, SessionLog

PARTS = 4
Members = tuple[SkipModel, SkipModel]
SURE = 1e-4
"""Chances nearer to 0 or 1 than this are taken for this."""


class Combined:
    """Members learn from all parts but one, and are weighed where they have not learnt.

    What is new is judged by the mean of all members' log odds. How skips hang together, which the
    answers for the metric need, is measured on the parts left out as well.
    """

    name = "combined"

    def __init__(
        self, seed: int = 0, extra: FloatArray | None = None, rows: int = ROWS,
        trees: int = 250, epochs: int = EPOCHS, parts: int = PARTS, workers: int = 1,
    ) -> None:  # fmt: skip
        self.seed, self.extra, self.parts, self.workers = seed, extra, parts, workers
        self.rows, self.trees, self.epochs = rows, trees, epochs

    def fit(self, log: SessionLog) -> None:
        """Fit the members, then their weights and the correlations."""
        check(log)
        if len(log) < 10 * self.parts:
            raise SkipError(
                f"{len(log)} sessions are too few to weigh models on; give {10 * self.parts} "
                "or more, or use --model boosting."
            )
        part = np.random.default_rng(self.seed).permutation(len(log)) % self.parts
        logs = [log.take(np.flatnonzero(part != at)) for at in range(self.parts)]
        self.members = self._fitted(logs)
        halves = log.halves()
        odds = np.zeros((*log.songs.shape, 2))
        for at, members in enumerate(self.members):
            left_out: IndexArray = np.flatnonzero(part == at)
            odds[left_out] = _odds(members, halves.take(left_out))
        asked, skipped = halves.asked(), log.skipped()
        self.weights = LogisticRegression(C=1e3).fit(odds[asked], skipped[asked])
        self.correlation = correlations(self._weighed(odds, asked), skipped, asked)

    def _fitted(self, logs: list[SessionLog]) -> list[Members]:
        """The members of each part, fitted side by side as far as there are workers."""
        members = [self._members(at) for at in range(self.parts)]
        if self.workers == 1:
            return [_fit(some, log) for some, log in zip(members, logs, strict=True)]
        with ProcessPoolExecutor(self.workers, get_context("spawn")) as pool:
            return list(pool.map(_fit_alone, members, logs))

    def _members(self, at: int) -> Members:
        seed = self.seed * 1_000 + at
        return (
            Boosting(seed, self.extra, self.rows, self.trees),
            Sequence(seed, self.extra, self.epochs),
        )

    def probabilities(self, halves: Halves) -> DoubleArray:
        """The chances of all members, weighed."""
        odds = np.mean([_odds(members, halves) for members in self.members], axis=0)
        return self._weighed(odds, halves.asked())

    def predict(self, halves: Halves) -> BoolArray:
        """The answers that are expected to do best by the metric."""
        return decide(self.probabilities(halves), halves, self.correlation)

    def _weighed(self, odds: DoubleArray, asked: BoolArray) -> DoubleArray:
        result = np.zeros(asked.shape)
        if asked.any():
            result[asked] = self.weights.predict_proba(odds[asked])[:, 1]
        return result


def _fit(members: Members, log: SessionLog) -> Members:
    for member in members:
        member.fit(log)
    return members


def _fit_alone(members: Members, log: SessionLog) -> Members:
    """The same in a process of its own, on one core."""
    torch.set_num_threads(1)
    with threadpool_limits(1):
        return _fit(members, log)


def _odds(members: Members, halves: Halves) -> DoubleArray:
    """The members' log odds, shape (sessions, 20, members)."""
    chances = [np.clip(member.probabilities(halves), SURE, 1 - SURE) for member in members]
    return np.stack([np.log(each / (1 - each)) for each in chances], axis=2)
