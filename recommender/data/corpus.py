"""Lists of songs as flat arrays that may lie on disk: a million playlists in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from recommender.data.arrays import BoolArray, IndexArray, IntArray
from recommender.data.columns import Column
from recommender.data.vocabulary import UNKNOWN, Vocabulary

CHUNK = 1 << 20

ByteArray = npt.NDArray[np.uint8]


class Feedback(IntEnum):
    """What was done with a song, as the nets read it."""

    PLAYED = 0
    SKIPPED = 1
    LIKED = 2


@dataclass(frozen=True, slots=True)
class Corpus:
    """Playlists or sessions in which each song is a code of the vocabulary, UNKNOWN if outside.

    `songs` holds all lists end to end, list `i` from `starts[i]` to `starts[i + 1]`. `feedback`
    is one `Feedback` a play, `users` and `at_s` (start, seconds since the epoch) one number a
    list; each of them is None where the source has none. `chosen` are the lists that belong to
    this corpus, None for all: splits share one copy of the arrays.
    """

    vocabulary: Vocabulary
    songs: IntArray
    starts: IndexArray
    feedback: ByteArray | None = None
    users: IntArray | None = None
    at_s: IndexArray | None = None
    chosen: IndexArray | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1 if self.chosen is None else len(self.chosen)

    def __getitem__(self, place: int) -> IntArray:
        """The songs of one list, shape (length,)."""
        start, end = self.bounds(place)
        return self.songs[start:end]

    def __iter__(self) -> Iterator[IntArray]:
        return (self[place] for place in range(len(self)))

    def bounds(self, place: int) -> tuple[int, int]:
        """Where a list begins and ends in `songs`."""
        if not 0 <= place < len(self):
            raise IndexError(f"there are {len(self)} lists, none at {place}")
        row = place if self.chosen is None else int(self.chosen[place])
        return int(self.starts[row]), int(self.starts[row + 1])

    def feedback_of(self, place: int) -> ByteArray:
        """One `Feedback` a song of the list, PLAYED where the source has none."""
        start, end = self.bounds(place)
        if self.feedback is None:
            return np.zeros(end - start, np.uint8)
        return self.feedback[start:end]

    @property
    def rows(self) -> IndexArray:
        """The places of this corpus's lists in `starts`."""
        return np.arange(len(self.starts) - 1) if self.chosen is None else self.chosen

    @property
    def lengths(self) -> IndexArray:
        """How many songs each list has, shape (lists,)."""
        sizes = np.diff(self.starts)
        return sizes if self.chosen is None else sizes[self.chosen]

    @property
    def plays(self) -> int:
        """How many songs all lists have together."""
        return int(self.lengths.sum())

    @property
    def transitions(self) -> int:
        """How many songs have one before them in their list."""
        return int(np.maximum(self.lengths - 1, 0).sum())

    def select(self, places: IndexArray | list[int]) -> Corpus:
        """These lists alone, in the given order, over the same arrays."""
        return replace(self, chosen=self.rows[np.asarray(places, np.int64)])

    def counts(self) -> IndexArray:
        """Plays of each song of the vocabulary in these lists, shape (songs,)."""
        total = np.zeros(len(self.vocabulary) + 1, np.int64)
        for songs in self._blocks():
            total += np.bincount(songs + 1, minlength=len(total))
        return total[1:]

    def unknown_plays(self) -> int:
        """How many plays are of songs outside the vocabulary."""
        return int(sum(np.count_nonzero(songs == UNKNOWN) for songs in self._blocks()))

    def own_vocabulary(self) -> Vocabulary:
        """A vocabulary of only the songs in these lists, with their counts."""
        counts = self.counts()
        kept = np.flatnonzero(counts)
        old = self.vocabulary
        return Vocabulary(
            [old.keys[code] for code in kept],
            [old.artists[code] for code in kept],
            [old.titles[code] for code in kept],
            counts[kept].astype(np.int32),
        )

    def with_own_vocabulary(self) -> Corpus:
        """The same lists under a vocabulary of only the songs in them, with their counts."""
        return self.recoded(self.own_vocabulary())

    def recoded(self, vocabulary: Vocabulary) -> Corpus:
        """The same lists under another vocabulary; songs outside it become UNKNOWN."""
        if vocabulary is self.vocabulary:
            return self
        table = np.append(vocabulary.codes(self.vocabulary.keys), np.int32(UNKNOWN))
        songs = Column("i")
        for start in range(0, len(self.songs), CHUNK):
            songs.extend(table[self.songs[start : start + CHUNK]])
        return replace(self, vocabulary=vocabulary, songs=songs.array())

    def _blocks(self) -> Iterator[IntArray]:
        """All songs of the chosen lists, a bounded number at a time."""
        if self.chosen is None:
            for start in range(0, len(self.songs), CHUNK):
                yield self.songs[start : start + CHUNK]
            return
        member: BoolArray = np.zeros(len(self.starts) - 1, bool)
        member[self.chosen] = True
        for first in range(0, len(member), 1 << 16):
            inside = member[first : first + (1 << 16)]
            bounds = self.starts[first : first + len(inside) + 1]
            yield self.songs[bounds[0] : bounds[-1]][np.repeat(inside, np.diff(bounds))]


def corpus_of(lists: list[list[int]] | list[IntArray], vocabulary: Vocabulary) -> Corpus:
    """A corpus in memory from lists of codes, as tests and small callers have them.

    >>> corpus_of([[0, 1], [1]], Vocabulary(["a", "b"])).transitions
    1
    """
    sizes = [len(each) for each in lists]
    parts = [np.asarray(each, np.int32) for each in lists]
    songs = np.concatenate([np.zeros(0, np.int32), *parts])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Corpus(vocabulary, songs, starts)
