"""The pool: the songs that are considered at one moment, out of a catalogue of any size."""

from __future__ import annotations

from typing import Self

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, IntArray

OUTSIDE = -1


class Pool:
    """Songs under consideration. `songs` are dense indexes, shape (pool,), each once.

    `slot` says for every song of the catalogue where it stands in the pool, `OUTSIDE` if nowhere,
    shape (songs,): columns over the pool are filled at the cost of the pool, not of the catalogue.
    """

    def __init__(self, songs: IndexArray, slot: IntArray) -> None:
        self.songs, self.slot = songs, slot

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

    def sums(self, songs: IntArray | IndexArray, weights: FloatArray | None = None) -> FloatArray:
        """How often each song of the pool is among `songs`, or its weights' sum; shape (pool,)."""
        slots = self.slot[songs]
        inside = slots != OUTSIDE
        held = None if weights is None else weights[inside]
        sums: FloatArray = np.bincount(slots[inside], held, len(self)).astype(np.float32)
        return sums

    def slots(self, songs: IntArray | IndexArray) -> IntArray:
        """Where those of `songs` that are in the pool stand; the others are left out."""
        slots = self.slot[songs]
        inside: IntArray = slots[slots != OUTSIDE]
        return inside
