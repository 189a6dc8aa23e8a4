"""Session neighbours: earlier sessions that share songs with this one vote for their songs."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.experts.base import Expert, Moment

LAST_SONGS = 20
MOST_PLACES = 40
NEIGHBOURS = 60
LONGEST_SESSION = 120


class SessionKnn(Expert):
    """Votes of the most similar sessions, rare shared songs counting more."""

    name = "session_knn"
    columns = ("knn", "knn_best")

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        history = self.history
        if history.sessions < 2:
            return
        similar = self._similar(moment)
        starts = np.append(history.starts[: history.sessions], history.size)
        lengths = starts[1:] - starts[:-1]
        age = (history.size - starts[:-1]) / 10000.0
        similar *= np.exp(-age) / np.sqrt(lengths + 5.0)
        best = np.argsort(-similar, kind="stable")[:NEIGHBOURS]
        best = best[similar[best] > 0]
        if len(best) == 0:
            return
        counts = np.minimum(lengths[best], LONGEST_SESSION)
        before = np.cumsum(counts) - counts
        turns = np.repeat(starts[best] - before, counts) + np.arange(int(counts.sum()))
        weights = np.repeat(similar[best], counts)
        self._vote(turns, weights, out)

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

    def _vote(self, turns: IndexArray, weights: DoubleArray, out: FloatArray) -> None:
        songs = self.history.song[turns]
        out[0] = np.bincount(songs, weights, len(self.catalogue))
        np.log(8 * out[0] + 1, out=out[0])
        out[1, songs[::-1]] = np.log(8 * weights[::-1] + 1)
