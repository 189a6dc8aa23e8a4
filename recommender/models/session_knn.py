"""Session neighbours: earlier sessions that share songs with this one vote for their songs."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IntArray
from recommender.models.base import Expert, Moment

LAST_SONGS = 20
MOST_PLACES = 40
NEIGHBOURS = 60
LONGEST_SESSION = 120


class SessionKnn(Expert):
    """Votes of the most similar sessions, rare shared songs counting more."""

    name = "session_knn"
    columns = ("knn", "knn_best")

    def fill(self, moment: Moment, out: FloatArray) -> None:
        history = self.history
        if history.sessions < 2:
            return
        similar = np.zeros(history.sessions)
        for back, song in enumerate(moment.recent[:LAST_SONGS]):
            places = history.places_of(song, MOST_PLACES)
            if len(places):
                rarity = 0.9**back / np.log(2.0 + len(places))
                similar[np.unique(history.session[places])] += rarity
        similar[-1] = 0
        starts = np.array([*history.session_starts, history.size])
        lengths = np.diff(starts)
        age = (history.size - starts[:-1]) / 10000.0
        similar *= np.exp(-age) / np.sqrt(lengths + 5.0)
        best = np.argsort(-similar, kind="stable")[:NEIGHBOURS]
        best = best[similar[best] > 0].astype(np.int32)
        if len(best):
            self._vote(best, similar, starts, out)

    def _vote(self, best: IntArray, similar: object, starts: object, out: FloatArray) -> None:
        history, weight_of, start = self.history, np.asarray(similar), np.asarray(starts)
        counts = np.minimum(start[best + 1] - start[best], LONGEST_SESSION)
        before = np.cumsum(counts) - counts
        turns = np.repeat(start[best] - before, counts) + np.arange(int(counts.sum()))
        weights = np.repeat(weight_of[best], counts)
        songs = history.song[turns]
        out[0] = np.log1p(8 * np.bincount(songs, weights, minlength=len(self.catalogue)))
        np.maximum.at(out[1], songs, weights.astype(np.float32))
        out[1] = np.log1p(8 * out[1])
