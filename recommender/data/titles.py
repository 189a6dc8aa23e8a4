"""Hashed character n-grams of titles, as postings that answer "which titles look like this"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, IntArray

GRAM = 4
BUCKETS = 1 << 18
LONGEST_TITLE = 96


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
    """Cosine similarity of titles by rare shared 4-grams; common grams are left out."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        owner, bucket = grams_of(texts)
        frequency = np.bincount(bucket, minlength=BUCKETS)
        rare = frequency[bucket] <= max(20, self.size // 50)
        owner, bucket = owner[rare], bucket[rare]
        idf = np.log((1 + self.size) / (1 + frequency)).astype(np.float32)
        self._weight: FloatArray = idf * idf
        self._forward: IntArray = bucket
        self._forward_start = _starts(owner, self.size)
        order = np.argsort(bucket, kind="stable")
        self._postings: IntArray = owner[order]
        self._start = _starts(bucket, BUCKETS)
        norm = np.bincount(owner, weights=self._weight[bucket], minlength=self.size)
        self._norm: FloatArray = np.sqrt(np.maximum(norm, 1.0)).astype(np.float32)

    def similar(self, text_number: int) -> tuple[IntArray, FloatArray]:
        """Text numbers (with repeats) and what each adds to the cosine with `text_number`."""
        first, last = self._forward_start[text_number], self._forward_start[text_number + 1]
        buckets = self._forward[first:last]
        if len(buckets) == 0:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        counts = (self._start[buckets + 1] - self._start[buckets]).astype(np.int64)
        slots = _ranges(self._start[buckets], counts)
        owners = self._postings[slots]
        weights = np.repeat(self._weight[buckets], counts)
        return owners, weights / (self._norm[owners] * self._norm[text_number])


def _starts(keys: IntArray, size: int) -> IndexArray:
    """Where each key's run begins in a grouped array; one more entry than keys."""
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=size), out=starts[1:])
    return starts


def _ranges(starts: IndexArray, counts: IndexArray) -> IndexArray:
    """The numbers `starts[i] .. starts[i] + counts[i] - 1` of all runs, one after another."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
