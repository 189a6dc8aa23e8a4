"""What the counting models share: lists in blocks, sums by pair of songs, states."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.corpus import Corpus, Feedback
from recommender.data.vocabulary import UNKNOWN
from recommender.models.base import FitContext, Fitted, SequenceModel, refuse_empty
from recommender.training.settings import TrainSettings

PLAYS_AT_ONCE = 1 << 20
PARTS_AT_ONCE = 8

Heard = tuple[int, ...]
"""The last songs of a list, the latest last: the state of every counting model."""

Sums = tuple[IndexArray, DoubleArray]
"""Keys in rising order, and what was summed under each."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lists end to end: `songs` and the number of each song's list, shapes (plays,)."""

    songs: IntArray
    lists: IndexArray

    def apart(self, distance: int) -> tuple[IndexArray, IndexArray]:
        """The pairs of known songs of one list that lie `distance` apart: earlier and later."""
        earlier, later = self.songs[:-distance], self.songs[distance:]
        pairs = self.lists[:-distance] == self.lists[distance:]
        pairs &= (earlier != UNKNOWN) & (later != UNKNOWN)
        return earlier[pairs].astype(np.int64), later[pairs].astype(np.int64)


def blocks(corpus: Corpus) -> Iterator[Block]:
    """A corpus's lists, about a million plays at a time."""
    places = iter(range(len(corpus)))
    while group := list(_some(corpus, places)):
        parts = [corpus[place] for place in group]
        lists = np.repeat(np.array(group, np.int64), [len(part) for part in parts])
        yield Block(np.concatenate(parts), lists)


def _some(corpus: Corpus, places: Iterator[int]) -> Iterator[int]:
    plays = 0
    while plays < PLAYS_AT_ONCE and (place := next(places, None)) is not None:
        start, end = corpus.bounds(place)
        plays += end - start
        yield place


def weighed(
    places: IndexArray | IntArray, weights: FloatArray | DoubleArray, size: int
) -> DoubleArray:
    """The sum of the weights at each place, shape (size,)."""
    return np.bincount(places, weights, size).astype(np.float64, copy=False)


def summed(parts: Iterable[tuple[IndexArray, float | DoubleArray]]) -> Sums:
    """What each key weighs in all parts together; a part is keys, and a weight or one for each."""
    total: Sums = np.zeros(0, np.int64), np.zeros(0)
    parts = iter(parts)
    while some := list(islice(parts, PARTS_AT_ONCE)):
        keys = np.concatenate([total[0], *(keys for keys, _ in some)])
        weights = [np.broadcast_to(np.float64(weight), own.shape) for own, weight in some]
        kept, place = np.unique(keys, return_inverse=True)
        total = kept, weighed(place, np.concatenate([total[1], *weights]), len(kept))
    return total


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse matrix: row `i` is `columns` and `values` from `starts[i]` to `starts[i + 1]`."""

    starts: IndexArray
    columns: IntArray
    values: FloatArray

    @classmethod
    def of(cls, sums: Sums, rows: int, width: int) -> Rows:
        """The matrix whose entries are the sums under the keys `row * width + column`."""
        keys, values = sums
        starts = np.searchsorted(keys, np.arange(rows + 1, dtype=np.int64) * width)
        return cls(
            starts.astype(np.int64), (keys % width).astype(np.int32), values.astype(np.float32)
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> IndexArray:
        """How many entries each row has, shape (rows,)."""
        return np.diff(self.starts)

    @property
    def row_of(self) -> IndexArray:
        """The row of each entry, shape (entries,)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)

    def totals(self) -> DoubleArray:
        """The sum of each row, shape (rows,)."""
        return weighed(self.row_of, self.values, len(self))

    def row(self, place: int) -> tuple[IntArray, FloatArray]:
        """The columns and values of one row."""
        inside = slice(self.starts[place], self.starts[place + 1])
        return self.columns[inside], self.values[inside]

    def entries(self, rows: IndexArray) -> tuple[IndexArray, IndexArray]:
        """The places of all entries of some rows, and for each which of `rows` it is in."""
        starts = self.starts[rows]
        lengths = self.starts[rows + 1] - starts
        which = np.repeat(np.arange(len(rows)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(which)) + (starts - before)[which], which

    def arrays(self, name: str) -> dict[str, np.ndarray[Any, Any]]:
        """The three arrays, under names that begin with `name`."""
        parts = {"starts": self.starts, "columns": self.columns, "values": self.values}
        return {f"{name}.{part}": np.asarray(array) for part, array in parts.items()}

    @classmethod
    def restored(cls, name: str, arrays: dict[str, np.ndarray[Any, Any]]) -> Rows:
        """What `arrays` gave; raises KeyError where a part is missing."""
        return cls(*(arrays[f"{name}.{part}"] for part in ("starts", "columns", "values")))


class CountingModel(SequenceModel[Heard]):
    """A model that counts `train` once and reads the last `reach` songs of a list."""

    seeded: ClassVar[bool] = False

    @property
    @abstractmethod
    def reach(self) -> int:
        """How many of the last songs matter."""

    @abstractmethod
    def count(self, train: Corpus) -> None:
        """Learn from `train`; its vocabulary is this model's already."""

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        """Count `train`; raises TrainingError where it holds no known song."""
        began = time.perf_counter()
        refuse_empty(train)
        self.vocabulary = train.vocabulary
        self.count(train)
        return Fitted(time.perf_counter() - began)

    def start(self) -> Heard:
        """No song."""
        return ()

    def observe(self, state: Heard, song: int, feedback: int = Feedback.PLAYED) -> Heard:
        """One more song; a code outside the vocabulary is an unknown song."""
        known = song if 0 <= song < len(self.vocabulary) else UNKNOWN
        return (*state, known)[-self.reach :] if self.reach else ()


def smoothed(counts: IndexArray | DoubleArray, plus: float = 0.5) -> DoubleArray:
    """Each song's share of the plays, had each been played `plus` times more."""
    shares: DoubleArray = (counts + plus) / (counts + plus).sum()
    return shares
