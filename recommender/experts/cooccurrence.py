"""Decayed session co-occurrence: songs heard close to the last few songs, in either direction."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.experts.base import Expert, Moment

REACH = 15
MOST_PLACES = 32
LAST_SONGS = 10
SECOND_SONGS, SECOND_PLACES = 60, 8
SECOND_OFFSETS: IntArray = np.array([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5], np.int32)
LASTING, FRESH = 8000.0, 600.0
OFFSETS: IntArray = np.array([d for d in range(-REACH, REACH + 1) if d], np.int32)
CLOSENESS: FloatArray = (1.0 / np.sqrt(np.abs(OFFSETS))).astype(np.float32)


class Cooccurrence(Expert):
    """For each of the last songs, the neighbours of its earlier plays in their sessions."""

    name = "cooccurrence"
    columns = ("near", "near_fresh", "near_current", "near_forward", "near_breadth",
               "near_two")  # fmt: skip

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        places, back, busy = self._places(moment)
        if len(places) == 0:
            return
        size = len(self.catalogue)
        songs, place, step = self._around(places, OFFSETS)
        age = (places - self.history.size).astype(np.float32)
        base = np.float32(0.85) ** back
        old = base * np.exp(age / np.float32(LASTING)) / np.sqrt(busy + 2)
        weights = old[place] * CLOSENESS[step]
        fresh = (base * np.exp(age / np.float32(FRESH)))[place] * CLOSENESS[step]
        forward = step >= REACH
        contexts = back[place]
        current = int(np.searchsorted(contexts, 1))
        out[0] = np.bincount(songs, weights, size)
        out[1] = np.bincount(songs, fresh, size)
        out[2] = np.bincount(songs[:current], weights[:current], size)
        out[3] = np.bincount(songs[forward], weights[forward], size)
        np.log(3 * out[:4] + 1, out=out[:4])
        flags = np.zeros((LAST_SONGS, size), np.int8)
        flags[contexts, songs] = 1
        out[4] = np.add.reduce(flags, axis=0, dtype=np.int8)
        out[4] *= 0.25
        self._second(moment, out)

    def _second(self, moment: Moment, out: FloatArray) -> None:
        """Neighbours of neighbours: for lists so long that two of their songs seldom met."""
        history = self.history
        known = np.flatnonzero(out[0])
        if len(known) > SECOND_SONGS:
            known = known[np.argpartition(-out[0, known], SECOND_SONGS)[:SECOND_SONGS]]
        found = [history.places[song][-SECOND_PLACES:] for song in known.tolist()]
        counts = np.array([len(places) for places in found], np.int64)
        places = np.array([place for group in found for place in group], np.int32)
        songs, place, _ = self._around(places, SECOND_OFFSETS)
        share = np.repeat(out[0, known] / np.sqrt(counts + 2), counts)
        out[5] = np.bincount(songs, share[place], len(self.catalogue))
        out[5] /= np.sqrt(history.plays + 1)
        np.log(out[5] + 1, out=out[5])

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
