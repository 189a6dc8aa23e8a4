"""Words with a vector each, and the pieces of words for those that were never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import FloatArray, IntArray
from recommender.data.titles import grams_of

PIECED = 0.5
"""What a word is worth whose vector is only put together from its pieces."""

SHARED = 2
"""A piece of fewer words than this says nothing of other words, and is not kept."""

MARKED = " "
"""Words with this in them stand for an artist or a genre; they have no pieces."""


class Lexicon:
    """Words under rows: `matrix` (words, dim) of length 1, `rarity` (words,) their weights.

    `pieces` (pieces, dim) are means over the words that hold a hashed 4-gram, `hashes` (pieces,)
    say which, in order, and `piece_rarity` (pieces,) their weights.
    """

    def __init__(self, words: Sequence[str], arrays: Mapping[str, NDArray[Any]]) -> None:
        self.words = list(words)
        self.matrix = arrays["words"]
        self.rarity: FloatArray = arrays["rarity"]
        self.hashes: IntArray = arrays["hashes"]
        self.pieces = arrays["pieces"]
        self.piece_rarity: FloatArray = arrays["piece_rarity"]
        if not len(self.words) == len(self.matrix) == len(self.rarity):
            raise ValueError("words, vectors and weights must be equally many")

    @classmethod
    def of(cls, words: Sequence[str], matrix: FloatArray, rarity: FloatArray) -> Self:
        """A lexicon of these words, (words, dim), with the pieces of those that are spelt."""
        spelt = np.array([row for row, word in enumerate(words) if MARKED not in word], np.int64)
        owner, bucket = grams_of([words[row] for row in spelt.tolist()])
        hashes, piece, held = np.unique(bucket, return_inverse=True, return_counts=True)
        order = np.argsort(piece, kind="stable")
        equal = np.ones(len(piece), np.float32)
        sums = _gathered(piece[order], spelt[owner[order]], equal, matrix, len(hashes))
        kept = held >= SHARED
        means = unit(sums[kept])
        weight = np.log((1 + len(spelt)) / held[kept]).astype(np.float32)
        arrays: dict[str, NDArray[Any]] = {
            "words": matrix.astype(np.float16),
            "rarity": rarity.astype(np.float32),
            "hashes": hashes[kept].astype(np.int32),
            "pieces": means.astype(np.float16),
            "piece_rarity": weight,
        }
        return cls(words, arrays)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `Lexicon(words, arrays)` needs."""
        return {
            "words": self.matrix,
            "rarity": self.rarity,
            "hashes": self.hashes,
            "pieces": self.pieces,
            "piece_rarity": self.piece_rarity,
        }

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self.matrix.shape[1])

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    def means(self, texts: Sequence[Sequence[str]]) -> FloatArray:
        """The mean of each text's words, the rare ones weighing more; (texts, dim), length 1 or 0.

        A word that is not here is put together from its pieces, if these are known.
        """
        owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        flat = [word for text in texts for word in text]
        rows = np.fromiter((self._row_of.get(word, -1) for word in flat), np.int64, len(flat))
        known = rows >= 0
        sums = _gathered(owner[known], rows[known], self.rarity[rows[known]], self.matrix,
                         len(texts))  # fmt: skip
        strange = np.flatnonzero(~known)
        if len(strange):
            new: dict[str, int] = {}
            places = [new.setdefault(flat[place], len(new)) for place in strange.tolist()]
            rarest = PIECED * float(self.rarity.max(initial=1.0))
            weights = np.full(len(places), rarest, np.float32)
            sums += _gathered(owner[strange], np.array(places), weights, self._pieced(list(new)),
                              len(texts))  # fmt: skip
        return unit(sums)

    def _pieced(self, words: Sequence[str]) -> FloatArray:
        """Vectors of words from their pieces, (words, dim), zeros where no piece is known."""
        spelt = [word if MARKED not in word else "" for word in words]
        owner, bucket = grams_of(spelt)
        if not len(self.hashes):
            return np.zeros((len(words), self.dim), np.float32)
        place = np.minimum(np.searchsorted(self.hashes, bucket), len(self.hashes) - 1)
        known = self.hashes[place] == bucket
        place, owner = place[known], owner[known]
        return unit(_gathered(owner, place, self.piece_rarity[place], self.pieces, len(words)))


def _gathered(
    owner: NDArray[Any], rows: NDArray[Any], weights: FloatArray, matrix: NDArray[Any], size: int
) -> FloatArray:
    """Weighted sums of the matrix's rows for each of `size` owners, in order; (size, dim)."""
    sums = np.zeros((size, matrix.shape[1]), np.float32)
    if len(owner):
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        given = matrix[rows].astype(np.float32) * weights[:, None]
        sums[owner[first]] = np.add.reduceat(given, first, axis=0)
    return sums


def unit(rows: FloatArray) -> FloatArray:
    """Rows of length 1; rows that are all but nothing become zeros."""
    sizes = np.linalg.norm(rows, axis=1, keepdims=True)
    found: FloatArray = np.divide(rows, sizes, out=np.zeros_like(rows), where=sizes > 1e-6)
    return found
