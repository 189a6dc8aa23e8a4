"""N-grams of songs with back-off: what followed the last one, two or three songs.

Interpolated absolute discounting: Ney, Essen and Kneser, "On structuring probabilistic dependences
in stochastic language modelling", Computer Speech & Language 8, 1994.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.data.corpus import Corpus
from recommender.data.vocabulary import UNKNOWN
from recommender.models.base import Options
from recommender.models.counting import Block, CountingModel, Heard, Rows, blocks, smoothed, summed


@dataclass(frozen=True, slots=True)
class MarkovOptions(Options):
    """`order` is how many songs back it reads.

    Every count gives `discount` of its first 1 away, to the songs that followed the context which
    is one song shorter; the shortest context is none, and leaves popularity.
    """

    order: int = 2
    discount: float = 0.85

    def __post_init__(self) -> None:
        if not 1 <= self.order <= 3:
            raise ValueError(f"order is {self.order}; give 1, 2 or 3.")
        if not 0 < self.discount < 1:
            raise ValueError(f"discount is {self.discount}; give a number between 0 and 1.")


class Markov(CountingModel):
    """Interpolated n-grams over the popularity of songs.

    The grams are a tree laid flat: level 1 has a row for each song, with the songs that followed
    it; each entry of a level is a longer context, and so a row of the next level.
    """

    name = "markov"
    title = "Markov chain"
    Options: ClassVar[type[Any]] = MarkovOptions

    def __init__(self, options: MarkovOptions | None = None) -> None:
        super().__init__(options)
        self._shares: DoubleArray = np.zeros(0)
        self._levels: list[Rows] = []
        self._totals: list[DoubleArray] = []

    @property
    def reach(self) -> int:
        """The longest context."""
        return int(self.options.order)

    def count(self, train: Corpus) -> None:
        """Count the songs that followed each context of 1 to `order` songs."""
        self._shares = smoothed(train.counts())
        self._levels = []
        songs = len(self.vocabulary)
        rows = songs
        for _ in range(self.options.order):
            level = Rows.of(summed((keys, 1.0) for keys in self._keys(train)), rows, songs)
            self._levels.append(level)
            rows = len(level.columns)
        self._totals = [level.totals() for level in self._levels]

    def _keys(self, train: Corpus) -> Iterator[IndexArray]:
        """`row * songs + next song` of each place with a context one longer than those known."""
        songs = len(self.vocabulary)
        for block in blocks(train):
            rows = self._contexts(block)
            place = np.flatnonzero(rows >= 0)
            yield rows[place] * songs + block.songs[place + len(self._levels) + 1]

    def _contexts(self, block: Block) -> IndexArray:
        """The row of the context that begins at each place, -1 where none or nothing follows."""
        longest = len(self._levels) + 1
        heard = block.songs.astype(np.int64)
        size = max(len(heard) - longest, 0)
        whole = block.lists[:size] == block.lists[longest:]
        for after in range(longest + 1):
            whole &= heard[after : after + size] != UNKNOWN
        rows = np.full(size, -1, np.int64)
        place = np.flatnonzero(whole)
        found = heard[place]
        for after, level in enumerate(self._levels, 1):
            keys = level.row_of * len(self.vocabulary) + level.columns
            found = np.searchsorted(keys, found * len(self.vocabulary) + heard[place + after])
        rows[place] = found
        return rows

    def _row(self, context: Heard) -> int:
        """The row of a context in the level of its length, -1 where it never was."""
        row = context[0]
        for song, level in zip(context[1:], self._levels, strict=False):
            if row < 0:
                break
            columns, _ = level.row(row)
            place = int(np.searchsorted(columns, song))
            known = place < len(columns) and columns[place] == song
            row = int(level.starts[row]) + place if known else -1
        return row

    def log_probabilities(self, state: Heard) -> FloatArray:
        """Natural log of each song's chance after the last `order` songs, shape (songs,)."""
        chances = self._shares.copy()
        for length, level in enumerate(self._levels, 1):
            if len(state) < length or state[-length] == UNKNOWN:
                break
            row = self._row(state[-length:])
            if row < 0 or not (total := self._totals[length - 1][row]):
                break
            followers, counts = level.row(row)
            chances *= self.options.discount * len(followers) / total
            chances[followers] += (counts - self.options.discount) / total
        logs: FloatArray = np.log(chances, dtype=np.float32, casting="same_kind")
        return logs

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Popularity, and each level's rows."""
        named = {"shares": self._shares}
        for length, level in enumerate(self._levels, 1):
            named |= level.arrays(f"after{length}")
        return named

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over what was counted."""
        self._shares = arrays["shares"]
        lengths = range(1, self.options.order + 1)
        self._levels = [Rows.restored(f"after{length}", arrays) for length in lengths]
        self._totals = [level.totals() for level in self._levels]
