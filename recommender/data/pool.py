"""The pool: the songs that are considered at one moment, out of a catalogue of any size."""

from __future__ import annotations

from typing import Self

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray

OUTSIDE = -1


class Pool:
    """Songs under consideration. `songs` are dense indexes, shape (pool,), each once.

    `slot` says for every song of the catalogue where it stands in the pool, `OUTSIDE` if nowhere,
    shape (songs,): columns over the pool are filled at the cost of the pool, not of the catalogue.
    """

    def __init__(self, songs: IndexArray, slot: IntArray) -> None:
        self.songs, self.slot = songs, slot
        self._parts: tuple[IntArray, Pool, IntArray] | None = None

    @classmethod
    def of(cls, songs: IndexArray, catalogue_size: int) -> Self:
        """A pool of these songs, in this order."""
        slot = np.full(catalogue_size, OUTSIDE, np.int32)
        slot[songs] = np.arange(len(songs), dtype=np.int32)
        return cls(songs, slot)

    @classmethod
    def whole(cls, catalogue_size: int) -> Self:
        """A pool of all songs, in their order."""
        return cls.of(np.arange(catalogue_size), catalogue_size)

    def __len__(self) -> int:
        return len(self.songs)

    def __contains__(self, song: object) -> bool:
        return isinstance(song, int | np.integer) and bool(self.slot[song] != OUTSIDE)

    def sums(
        self, songs: IntArray | IndexArray, weights: FloatArray | DoubleArray | None = None
    ) -> FloatArray:
        """How often each song of the pool is among `songs`, or its weights' sum; shape (pool,)."""
        slots = self.slot[songs]
        if len(self) == len(self.slot):
            return np.bincount(slots, weights, len(self)).astype(np.float32)
        inside = slots != OUTSIDE
        held = None if weights is None else weights[inside]
        sums: FloatArray = np.bincount(slots[inside], held, len(self)).astype(np.float32)
        return sums

    def slots(self, songs: IntArray | IndexArray) -> IntArray:
        """Where those of `songs` that are in the pool stand; the others are left out."""
        slots = self.slot[songs]
        inside: IntArray = slots[slots != OUTSIDE]
        return inside

    def artists(self, artist_of: IntArray, artists: int) -> tuple[Pool, IntArray]:
        """The pool's artists, as a pool of their own, and which of them each song is by; (pool,).

        `artist_of` says it of every song of the catalogue; the answer is kept.
        """
        if self._parts is None or self._parts[0] is not artist_of:
            names, of = distinct(artist_of[self.songs], np.full(artists, OUTSIDE, np.int32))
            self._parts = (artist_of, Pool.of(names, artists), of)
        return self._parts[1], self._parts[2]


def distinct(keys: IntArray | IndexArray, table: IntArray) -> tuple[IndexArray, IntArray]:
    """The distinct keys, each once, and for every key which of them it is; no sorting.

    `table` is room that is written over, longer than the largest key: what stands in it is never
    read, so one table does for many calls.
    """
    places = np.arange(len(keys), dtype=np.int32)
    table[keys] = places
    found = keys[table[keys] == places].astype(np.int64)
    table[found] = places[: len(found)]
    return found, table[keys]
