"""Gradient-boosted trees over what the past and the songs say."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.skips.base import check
from recommender.skips.features import rows_of
from recommender.skips.sessions import LONGEST, Halves, SessionLog
from recommender.skips.songs import SongStatistics

ROWS = 150_000
"""Most rows to learn from; what is above is left out by chance, the halves last."""

FIRST_CUT, LAST_CUT = 4, 14
FAR = 0.3
"""How much less a song counts that is far ahead: its weight is steps to the power of minus this."""


class Boosting:
    """Trained on sessions cut in half and at other places, which makes several of each."""

    name = "boosting"

    def __init__(
        self, seed: int = 0, extra: FloatArray | None = None, rows: int = ROWS, trees: int = 250
    ) -> None:
        self.seed, self.extra, self.rows, self.trees = seed, extra, rows, trees

    def fit(self, log: SessionLog) -> None:
        """Learn from every prefix, up to `rows` songs."""
        check(log)
        self.songs = SongStatistics.of(log, self.extra)
        which, known = cuts(log, self.rows, self.seed)
        chosen = log.take(which)
        figures = self.songs.figures(log.songs, log)[which]
        rows = rows_of(chosen.halves(known), figures)
        skipped = chosen.skipped()[rows.sessions, rows.places]
        self.told: BoolArray = np.asarray(~np.isnan(rows.features).all(0))
        ahead = rows.places - known[rows.sessions] + 1
        self.trees_ = HistGradientBoostingClassifier(
            max_iter=self.trees, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=50,
            l2_regularization=10.0, max_features=0.2, early_stopping=False,
            random_state=self.seed,
        ).fit(rows.features[:, self.told], skipped, ahead.astype(np.float64) ** -FAR)  # fmt: skip

    def probabilities(self, halves: Halves) -> DoubleArray:
        """The trees' chances."""
        result = np.zeros(halves.songs.shape)
        if len(halves):
            rows = rows_of(halves, self.songs.figures(halves.songs))
            chances = self.trees_.predict_proba(rows.features[:, self.told])
            result[rows.sessions, rows.places] = chances[:, 1]
        return result

    def predict(self, halves: Halves) -> BoolArray:
        """What is likelier than not."""
        return self.probabilities(halves) > 0.5


def cuts(log: SessionLog, rows: int, seed: int) -> tuple[IndexArray, IndexArray]:
    """Sessions, some several times, with how much of each is known; about `rows` places in all."""
    lengths, places = log.lengths, np.arange(LONGEST)
    halved: BoolArray = places == (lengths // 2)[:, None]
    elsewhere: BoolArray = (places >= FIRST_CUT) & (places <= LAST_CUT)
    possible: BoolArray = (halved | elsewhere) & (places < lengths[:, None])
    which, known = np.nonzero(possible)
    half = halved[which, known]
    chance = np.random.default_rng(seed).random(len(which))
    order = np.argsort(chance - half)
    enough = int(np.searchsorted(np.cumsum((lengths[which] - known)[order]), rows)) + 1
    kept = np.sort(order[:enough])
    return which[kept], known[kept]
