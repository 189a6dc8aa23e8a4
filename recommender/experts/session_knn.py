"""Session neighbours: earlier sessions that share songs with this one vote for their songs."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.groups import ranges
from recommender.data.history import History
from recommender.data.pool import OUTSIDE, Pool
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.once import Once

LAST_SONGS = 20
MOST_PLACES = 40
NEIGHBOURS = 60
LONGEST_SESSION = 120


class SessionKnn(Expert):
    """Votes of the most similar sessions, rare shared songs counting more."""

    name = "session_knn"
    columns = ("knn", "knn_best")
    most = 1500

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._votes = Once(history, self._vote)

    def propose(self, moment: Moment) -> IndexArray:
        return best_first(*self.catalogue.summed(*self._votes(moment)), self.most)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        songs, weights = self._votes(moment)
        if len(songs) == 0:
            return
        out[0] = pool.sums(songs, weights)
        np.log(8 * out[0] + 1, out=out[0])
        slots = pool.slot[songs[::-1]]
        inside = slots != OUTSIDE
        out[1, slots[inside]] = np.log(8 * weights[::-1][inside] + 1)

    def _vote(self, moment: Moment) -> tuple[IntArray, DoubleArray]:
        """The songs of the most similar sessions, the most similar first, and their votes."""
        history = self.history
        if history.sessions < 2:
            return np.zeros(0, np.int32), np.zeros(0)
        similar = self._similar(moment)
        starts = np.append(history.starts[: history.sessions], history.size)
        lengths = starts[1:] - starts[:-1]
        age = (history.size - starts[:-1]) / 10000.0
        similar *= np.exp(-age) / np.sqrt(lengths + 5.0)
        best = np.argsort(-similar, kind="stable")[:NEIGHBOURS]
        best = best[similar[best] > 0]
        counts = np.minimum(lengths[best], LONGEST_SESSION)
        return history.song[ranges(starts[best], counts)], np.repeat(similar[best], counts)

    def _similar(self, moment: Moment) -> DoubleArray:
        """How much of the last songs each session holds; this session none; shape (sessions,)."""
        history = self.history
        turns: list[int] = []
        weights: list[float] = []
        for back, song in enumerate(moment.recent[:LAST_SONGS]):
            places = history.places.get(song, [])[-MOST_PLACES:]
            turns += places
            weights += [0.9**back / np.log(2.0 + len(places))] * len(places)
        sessions = history.session[np.array(turns, np.int64)]
        votes = np.array(weights, np.float64)
        similar: DoubleArray = np.bincount(sessions, votes, history.sessions).astype(np.float64)
        similar[-1] = 0
        return similar
