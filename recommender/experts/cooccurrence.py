"""Decayed session co-occurrence: songs heard close to the last few songs, in either direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.history import History
from recommender.data.pool import OUTSIDE, Pool
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.once import Once

REACH = 15
MOST_PLACES = 32
LAST_SONGS = 10
SECOND_SONGS, SECOND_PLACES = 60, 8
SECOND_OFFSETS: IntArray = np.array([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5], np.int32)
LASTING, FRESH = 8000.0, 600.0
OFFSETS: IntArray = np.array([d for d in range(-REACH, REACH + 1) if d], np.int32)
CLOSENESS: FloatArray = (1.0 / np.sqrt(np.abs(OFFSETS))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Near:
    """What was heard close to the last songs: songs with repeats, and what each hit weighs.

    `contexts` says which of the last songs a hit is close to; `known` are the distinct songs and
    their `strength`; `second` and `shares` the hits close to those.
    """

    songs: IntArray
    weights: FloatArray
    fresh: FloatArray
    forward: BoolArray
    contexts: IntArray
    known: IndexArray
    strength: FloatArray
    second: IntArray
    shares: DoubleArray


class Cooccurrence(Expert):
    """For each of the last songs, the neighbours of its earlier plays in their sessions."""

    name = "cooccurrence"
    columns = ("near", "near_fresh", "near_current", "near_forward", "near_breadth",
               "near_two")  # fmt: skip
    most = 1500

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._near = Once(history, self._look)

    def propose(self, moment: Moment) -> IndexArray:
        near = self._near(moment)
        if near is None:
            return super().propose(moment)
        second = near.shares / np.sqrt(self.history.plays[near.second] + 1)
        known, sums = self.catalogue.summed(near.second, second)
        songs = np.concatenate([near.known, known])
        amounts = np.concatenate([near.strength, np.log1p(sums)])
        return best_first(*self.catalogue.summed(songs, amounts), self.most)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        near = self._near(moment)
        if near is None:
            return
        songs, forward = near.songs, near.forward
        current = int(np.searchsorted(near.contexts, 1))
        out[0] = pool.sums(songs, near.weights)
        out[1] = pool.sums(songs, near.fresh)
        out[2] = pool.sums(songs[:current], near.weights[:current])
        out[3] = pool.sums(songs[forward], near.weights[forward])
        np.log(3 * out[:4] + 1, out=out[:4])
        flags = np.zeros((LAST_SONGS, len(pool)), np.int8)
        slots = pool.slot[songs]
        inside = slots != OUTSIDE
        flags[near.contexts[inside], slots[inside]] = 1
        out[4] = np.add.reduce(flags, axis=0, dtype=np.int8)
        out[4] *= 0.25
        out[5] = pool.sums(near.second, near.shares)
        out[5] /= np.sqrt(self.history.plays[pool.songs] + 1)
        np.log(out[5] + 1, out=out[5])

    def _look(self, moment: Moment) -> Near | None:
        places, back, busy = self._places(moment)
        if len(places) == 0:
            return None
        songs, place, step = self._around(places, OFFSETS)
        age = (places - self.history.size).astype(np.float32)
        base = np.float32(0.85) ** back
        old = base * np.exp(age / np.float32(LASTING)) / np.sqrt(busy + 2)
        weights = old[place] * CLOSENESS[step]
        fresh = (base * np.exp(age / np.float32(FRESH)))[place] * CLOSENESS[step]
        known, sums = self.catalogue.summed(songs, weights)
        order = np.argsort(known)
        known = known[order]
        strength = np.log(3 * sums[order].astype(np.float32) + 1)
        second, shares = self._second(known, strength)
        return Near(
            songs, weights, fresh, step >= REACH, back[place], known, strength, second, shares
        )

    def _second(self, known: IndexArray, strength: FloatArray) -> tuple[IntArray, DoubleArray]:
        """Neighbours of neighbours: for lists so long that two of their songs seldom met."""
        history = self.history
        if len(known) > SECOND_SONGS:
            best = np.argpartition(-strength, SECOND_SONGS)[:SECOND_SONGS]
            known, strength = known[best], strength[best]
        found = [history.places[song][-SECOND_PLACES:] for song in known.tolist()]
        counts = np.array([len(places) for places in found], np.int64)
        places = np.array([place for group in found for place in group], np.int32)
        songs, place, _ = self._around(places, SECOND_OFFSETS)
        share: DoubleArray = np.repeat(strength / np.sqrt(counts + 2), counts)[place]
        return songs, share

    def _around(
        self, places: IntArray, offsets: IntArray
    ) -> tuple[IntArray, IndexArray, IndexArray]:
        """Songs at these offsets from the places in the same session; which place, which offset."""
        start, end = self.history.session_bounds(places)
        turns = places[:, None] + offsets
        flat = np.flatnonzero((turns >= start[:, None]) & (turns < end[:, None]))
        place = flat // len(offsets)
        songs = self.history.song[turns.ravel()[flat]]
        return songs, place, flat - place * len(offsets)

    def _places(self, moment: Moment) -> tuple[IntArray, IntArray, FloatArray]:
        """Earlier plays of the last songs, how far back each song is, and how often it came."""
        found = []
        for back, song in enumerate(moment.recent[:LAST_SONGS]):
            places = self.history.places.get(song, [])[-MOST_PLACES:]
            while places and places[-1] >= self.history.size - 1 - back:
                places = places[:-1]
            found.append(places)
        counts = [len(places) for places in found]
        back_of = np.repeat(np.arange(len(found), dtype=np.int32), counts)
        flat = np.array([place for places in found for place in places], np.int32)
        return flat, back_of, np.repeat(np.array(counts, np.float32), counts)
