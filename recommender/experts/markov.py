"""Markov with back-off: what came next the last times this very sequence was heard."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.experts.base import Expert, Moment

MOST_PLACES = 100
LONGEST_MATCH = 5


class Markov(Expert):
    """Successors of the current song, weighted by age and by how much of the past agrees."""

    name = "markov"
    columns = ("next", "next_fresh", "next_share", "next_match", "next_last", "next_gap",
               "next_skipped", "previous", "next_old2")  # fmt: skip

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        if not moment.recent:
            return
        history = self.history
        places = history.places_of(moment.current, MOST_PLACES)
        self._before(places[places > 0].astype(np.int64), out[7])
        self._skip_gram(moment, out)
        known: IndexArray = places[places + 1 < history.size].astype(np.int64)
        if len(known):
            self._successors(moment, known, out)

    def _successors(self, moment: Moment, places: IndexArray, out: FloatArray) -> None:
        history = self.history
        after = history.song[places + 1]
        age = (history.size - places).astype(np.float64)
        faded = np.exp(-age / 6000.0)
        length = self._match(moment, places)
        self._count(after, faded, out[0], 2.0)
        self._count(after, np.exp(-age / 500.0), out[1], 2.0)
        self._count(after, faded / (1.0 + faded.sum()), out[2], 3.0)
        self._count(after, faded * (4.0 ** np.minimum(length, LONGEST_MATCH) - 1), out[3], 0.5)
        out[4, after[-1]] = 1
        skipped = history.skipped[places + 1]
        self._count(after[skipped], faded[skipped], out[6], 2.0)

    def _count(self, songs: IntArray, weights: object, row: FloatArray, scale: float) -> None:
        """Add `log(1 + scale * weight)` per distinct song to the row."""
        np.add.at(row, songs, np.asarray(weights, np.float32))
        touched = np.unique(songs)
        row[touched] = np.log1p(scale * row[touched])

    def _before(self, places: IndexArray, row: FloatArray) -> None:
        """Songs that came just before these places."""
        songs = self.history.song[places - 1]
        self._count(songs, np.exp((places - self.history.size) / 6000.0), row, 2.0)

    def _skip_gram(self, moment: Moment, out: FloatArray) -> None:
        """Songs that came two or three plays after the last few songs."""
        size = self.history.size
        for row, back, step in ((5, 0, 2), (8, 1, 2), (5, 0, 3)):
            if len(moment.recent) > back:
                places = self.history.places_of(moment.recent[back], MOST_PLACES)
                places = places[places + step < size].astype(np.int64)
                if len(places):
                    songs = self.history.song[places + step]
                    faded = np.exp((places - size) / 6000.0) / (1 if step == 2 else 2)
                    np.add.at(out[row], songs, faded.astype(np.float32))
        for row in (5, 8):
            touched = np.flatnonzero(out[row])
            out[row, touched] = np.log1p(2 * out[row, touched])

    def _match(self, moment: Moment, places: IndexArray) -> IndexArray:
        """How many plays before each place agree with the plays before now."""
        length = np.ones(len(places), np.int64)
        alive = np.ones(len(places), bool)
        for back in range(1, min(LONGEST_MATCH, len(moment.recent))):
            before = places - back
            alive &= before >= 0
            alive &= self.history.song[np.maximum(before, 0)] == moment.recent[back]
            if not alive.any():
                break
            length += alive
        return length
