"""How well sounds are told from each other: excerpts of a song by its others, songs by who made
them. Everything is counted over whole collections, ties against what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray

ROWS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Share:
    """How often it was right among `queries`, and how often chance would be; None without any."""

    value: float | None
    chance: float | None
    queries: int


@dataclass(frozen=True, slots=True)
class Found:
    """Songs found by a label: at the first place, and the mean of average precisions, both with
    what a random order gives."""

    first: Share
    mean_precision: Share


def recall_at_1(
    vectors: FloatArray, song: IndexArray, place: IndexArray, left_out: int = 0
) -> tuple[Share, BoolArray]:
    """The share of excerpts (n, dim), of length 1, whose nearest in the whole collection is of the
    same song, and which they are (n,).

    `place` numbers each song's excerpts in order; those up to `left_out` places away are no
    candidates, nor is what then has no other of its song a query.
    """
    hits = np.zeros(len(vectors), bool)
    chances: list[float] = []
    for first in range(0, len(vectors), ROWS_AT_ONCE):
        rows = np.arange(first, min(first + ROWS_AT_ONCE, len(vectors)))
        same = song[rows, None] == song
        near = same & (np.abs(place[rows, None] - place) <= left_out)
        likeness = np.where(near, -np.inf, vectors[rows] @ vectors.T)
        own = np.where(same, likeness, -np.inf).max(1)
        other = np.where(same, -np.inf, likeness).max(1)
        asked = np.isfinite(own)
        hits[rows] = asked & (own > other)
        candidates = (~near).sum(1)
        chances += ((same & ~near).sum(1) / np.maximum(candidates, 1))[asked].tolist()
    if not chances:
        return Share(None, None, 0), hits
    return Share(float(hits.sum() / len(chances)), float(np.mean(chances)), len(chances)), hits


def spread_excerpts(song: IndexArray, place: IndexArray, centres: Sequence[float]) -> BoolArray:
    """The excerpts nearest to these shares of their songs, (n,); none of a song with fewer."""
    chosen = np.zeros(len(song), bool)
    for each in np.unique(song):
        rows = np.flatnonzero(song == each)
        wanted = {int(share * len(rows)) for share in centres}
        if len(wanted) == len(centres) and len(rows) >= len(centres):
            chosen[rows[np.argsort(place[rows])][sorted(wanted)]] = True
    return chosen


def found_by(
    vectors: FloatArray, labels: Sequence[str], left_out: Sequence[Sequence[str]]
) -> Found:
    """How songs (n, dim), of length 1, find those with the same label.

    No candidates are the song itself and those that share a word, unless it is empty, in one of
    `left_out`: their artists, say, so that nothing is found by its recording. Songs without a
    label, and those that have no other left, are no queries.
    """
    named = np.array([bool(label) for label in labels])
    codes = _codes(labels)
    barred = [(_codes(words), np.array([bool(word) for word in words])) for words in left_out]
    firsts, precisions, chances, means = [], [], [], []
    for row in np.flatnonzero(named):
        open_ = named & (np.arange(len(codes)) != row)
        for words, given in barred:
            open_ &= ~((words == words[row]) & given[row])
        relevant = (codes == codes[row])[open_]
        if not relevant.any():
            continue
        likeness = vectors[open_] @ vectors[row]
        order = np.lexsort((relevant, -likeness))  # of those that tie, the wrong ones are first
        hits = relevant[order]
        firsts.append(float(hits[0]))
        ranks = np.flatnonzero(hits) + 1
        precisions.append(float(np.mean(np.arange(1, len(ranks) + 1) / ranks)))
        chances.append(float(relevant.mean()))
        means.append(chance_precision(int(relevant.sum()), len(relevant)))
    if not firsts:
        return Found(Share(None, None, 0), Share(None, None, 0))
    count = len(firsts)
    return Found(
        Share(float(np.mean(firsts)), float(np.mean(chances)), count),
        Share(float(np.mean(precisions)), float(np.mean(means)), count),
    )


def chance_precision(relevant: int, candidates: int) -> float:
    """The mean average precision of all orders of so many candidates.

    >>> chance_precision(1, 2)  # first or second: (1 + 1/2) / 2
    0.75
    """
    if candidates < 2:
        return 1.0
    harmonic = float(np.sum(1 / np.arange(1, candidates + 1)))
    further = (relevant - 1) / (candidates - 1)
    return (further * (candidates - harmonic) + harmonic) / candidates


def _codes(words: Sequence[str]) -> IndexArray:
    _, codes = np.unique(np.array(words, object).astype(str), return_inverse=True)
    return codes.astype(np.int64)
