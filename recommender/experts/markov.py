"""Markov with back-off: what came next the last times this very sequence was heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.history import History
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.once import Once

MOST_PLACES = 100
LONGEST_MATCH = 5
Hits = tuple[IntArray, DoubleArray]
"""Songs, with repeats, and a weight for each."""


@dataclass(frozen=True, slots=True)
class Around:
    """The songs around the current song's earlier plays: after it, before it, two or three on.

    `gap` follows the current song, `older` the one before it.
    """

    after: IntArray
    faded: DoubleArray
    fresh: DoubleArray
    match: DoubleArray
    skipped: BoolArray
    before: Hits
    gap: Hits
    older: Hits


class Markov(Expert):
    """Successors of the current song, weighted by age and by how much of the past agrees."""

    name = "markov"
    columns = ("next", "next_fresh", "next_share", "next_match", "next_last", "next_gap",
               "next_skipped", "previous", "next_old2")  # fmt: skip
    most = 600

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._around = Once(history, self._look)

    def propose(self, moment: Moment) -> IndexArray:
        if not moment.recent:
            return super().propose(moment)
        found = self._around(moment)
        hits = (
            (found.after, 2 * (found.faded + found.match)), found.before, found.gap, found.older,
        )  # fmt: skip
        songs = np.concatenate([songs for songs, _ in hits])
        weights = np.concatenate([weights for _, weights in hits])
        return best_first(*self.catalogue.summed(songs, weights), self.most)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        if not moment.recent:
            return
        found = self._around(moment)
        after, faded, skipped = found.after, found.faded, found.skipped
        for row, (songs, weights), scale in (
            (0, (after, faded), 2.0), (1, (after, found.fresh), 2.0),
            (2, (after, faded / (1.0 + faded.sum())), 3.0), (3, (after, found.match), 0.5),
            (5, found.gap, 2.0), (6, (after[skipped], faded[skipped]), 2.0),
            (7, found.before, 2.0), (8, found.older, 2.0),
        ):  # fmt: skip
            if len(songs):
                sums = pool.sums(songs, weights)
                hit = np.flatnonzero(sums)
                out[row, hit] = np.log1p(np.float32(scale) * sums[hit])
        out[4, pool.slots(after[-1:])] = 1

    def _look(self, moment: Moment) -> Around:
        history = self.history
        places = history.places_of(moment.current, MOST_PLACES).astype(np.int64)
        known = places[places + 1 < history.size]
        age = (history.size - known).astype(np.float64)
        faded = np.exp(-age / 6000.0)
        length = np.minimum(self._match(moment, known), LONGEST_MATCH)
        earlier = places[places > 0]
        before = (history.song[earlier - 1], np.exp((earlier - history.size) / 6000.0))
        two, three = self._later(moment, 0, 2), self._later(moment, 0, 3)
        gap = (np.concatenate([two[0], three[0]]), np.concatenate([two[1], three[1] / 2]))
        return Around(
            history.song[known + 1], faded, np.exp(-age / 500.0), faded * (4.0**length - 1),
            history.skipped[known + 1], before, gap, self._later(moment, 1, 2),
        )  # fmt: skip

    def _later(self, moment: Moment, back: int, step: int) -> Hits:
        """Songs that came `step` plays after earlier plays of the song `back` plays ago."""
        if len(moment.recent) <= back:
            return np.zeros(0, np.int32), np.zeros(0)
        size = self.history.size
        places = self.history.places_of(moment.recent[back], MOST_PLACES).astype(np.int64)
        places = places[places + step < size]
        return self.history.song[places + step], np.exp((places - size) / 6000.0)

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
