"""Groups: the songs of an artist, an album or a genre, found without looking at all songs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import IndexArray, IntArray


class Groups:
    """Songs sorted by a code below `size`, and within it by `order`; the later key counts more."""

    def __init__(self, codes: IntArray, size: int, *order: NDArray[Any]) -> None:
        by_code: IndexArray = np.lexsort((*order, codes))
        self.songs: IntArray = by_code.astype(np.int32)
        self.starts = starts_of(codes, size)

    def of(self, code: int) -> IntArray:
        """The songs under the code."""
        return self.songs[self.starts[code] : self.starts[code + 1]]

    def in_turn(self, codes: IndexArray, most: int, per_place: int = 2) -> IndexArray:
        """The songs of several codes, at most `most` of each, the first codes' first.

        A song further on in its code comes after the first song of `per_place` codes more.
        """
        first = self.starts[codes]
        counts = np.minimum(self.starts[codes + 1] - first, most)
        within = ranges(np.zeros_like(first), counts)
        place = np.repeat(np.arange(len(codes)), counts) + per_place * within
        found = self.songs[np.repeat(first, counts) + within]
        result: IndexArray = found[np.argsort(place, kind="stable")].astype(np.int64)
        return result


def starts_of(keys: IntArray, size: int) -> IndexArray:
    """Where each key's run begins in a grouped array; one more entry than keys."""
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=size), out=starts[1:])
    return starts


def ranges(starts: IndexArray, counts: IndexArray) -> IndexArray:
    """The numbers `starts[i] .. starts[i] + counts[i] - 1` of all runs, one after another."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
