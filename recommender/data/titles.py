"""Hashed character n-grams of titles, as postings that answer "which titles look like this"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.data.groups import ranges

GRAM = 4
BUCKETS = 1 << 18
LONGEST_TITLE = 96
MOST_POSTINGS = 4_000
"""A gram of more titles than this says nothing, however many titles there are."""

SLAB = 50_000
KEPT = 48


def grams_of(texts: Sequence[str]) -> tuple[IntArray, IntArray]:
    """Distinct `(text number, bucket)` pairs of all the texts' 4-grams, ordered by text."""
    parts = [f"  {text[:LONGEST_TITLE].lower()} ".encode("utf-8", "replace") for text in texts]
    lengths = np.array([len(part) for part in parts], dtype=np.int64)
    data = np.frombuffer(b"".join(parts), dtype=np.uint8).astype(np.uint64)
    if len(data) < GRAM:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    owner = np.repeat(np.arange(len(parts)), lengths)
    key = np.zeros(len(data) - GRAM + 1, dtype=np.uint64)
    for place in range(GRAM):
        key = (key << np.uint64(8)) | data[place : place + len(key)]
    inside = owner[: len(key)] == owner[GRAM - 1 :]
    mixed = (key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    pairs = (owner[: len(key)][inside] << 18) | (mixed[inside] % BUCKETS).astype(np.int64)
    pairs.sort()
    if len(pairs):  # np.unique hashes, which takes fifty times as long here
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])]
    return (pairs >> 18).astype(np.int32), (pairs & (BUCKETS - 1)).astype(np.int32)


class TitleIndex:
    """Cosine similarity of titles by rare shared 4-grams; common grams are left out.

    The texts are held as they were given and must not change.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        self._texts = texts
        pairs = _by_bucket(texts)
        frequency = np.bincount(pairs >> 32, minlength=BUCKETS)
        common = frequency > min(max(20, self.size // 50), MOST_POSTINGS)
        pairs = pairs[~common[pairs >> 32]]
        frequency[common] = 0
        idf = np.log((1 + self.size) / (1 + frequency)).astype(np.float32)
        self._weight: FloatArray = np.where(common, np.float32(0), idf * idf)
        self._start: IndexArray = np.concatenate([[0], np.cumsum(frequency)])
        self._postings: IntArray = (pairs & 0xFFFFFFFF).astype(np.int32)
        norm = np.bincount(self._postings, self._weight[pairs >> 32], self.size)
        self._norm: FloatArray = np.sqrt(np.maximum(norm, 1.0)).astype(np.float32)
        self._kept: dict[int, tuple[IntArray, FloatArray]] = {}

    def similar(self, text_number: int) -> tuple[IntArray, FloatArray]:
        """Text numbers (with repeats) and what each adds to the cosine with `text_number`.

        The last few answers are kept.
        """
        if text_number not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[text_number] = self._similar(text_number)
        return self._kept[text_number]

    def _similar(self, text_number: int) -> tuple[IntArray, FloatArray]:
        _, buckets = grams_of([self._texts[text_number]])
        counts = self._start[buckets + 1] - self._start[buckets]
        owners = self._postings[ranges(self._start[buckets], counts)]
        weights = np.repeat(self._weight[buckets], counts)
        return owners, weights / (self._norm[owners] * self._norm[text_number])


def _by_bucket(texts: Sequence[str]) -> IndexArray:
    """All pairs of grams as `bucket << 32 | text number`, sorted."""
    parts = [np.zeros(0, np.int64)]
    for first in range(0, len(texts), SLAB):
        owner, bucket = grams_of(texts[first : first + SLAB])
        parts.append(bucket.astype(np.int64) << 32 | (owner.astype(np.int64) + first))
    pairs: IndexArray = np.concatenate(parts)
    pairs.sort()
    return pairs
