"""Judged by skips and diversity on recorded sessions, with what each figure means written out.

After the first half of a session the songs of its second half are judged, whose outcome is known;
the slates are of three. Relevance and diversity are weighed as in Carbonell and Goldstein, "The use
of MMR, diversity-based reranking", SIGIR 1998.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.halves import Halves
from recommender.evaluation.judging.intervals import (
    Interval,
    mean_interval,
    ratio_interval,
    ratio_of_rates,
)
from recommender.simulation.sessions import not_heard

SLATE = 3
HEARD_COSTS = 10.0
"""More than any value, so that songs already heard come last."""
EQUALS = 1e-6
"""Values closer than that may change places: the jitter that decides between equals."""

MEANINGS = {
    "slate": (
        "(a) Of each second half, the share skipped of three songs, against all songs of the same "
        "half; each session counts the same. The agent's are those it would put on, chosen as the "
        "slates of (d) are; the others' are valued highest. It tells songs within a session apart."
    ),
    "recommended": (
        "(b) Of all songs of the second halves, the share skipped of those valued above the median "
        "of the sessions learnt from, against all; each song counts the same. It mostly tells "
        "sessions apart."
    ),
    "skips_found": (
        "(c) Of all skipped songs, the share that was valued below that median (recall); of those "
        "valued below, the share that was skipped (precision), beside the share of all (base)."
    ),
    "diversity": (
        "(d) Of slates of three from all songs learnt from, the mean of the three pairwise cosine "
        "distances (1 - cosine of co-listening vectors, in per cent: 0 the same place, 100 nothing "
        "in common), against the first three songs played in the second half where the sessions "
        "learnt from know all three."
    ),
}


@dataclass(frozen=True, slots=True)
class Against:
    """What is recommended against what was played, and the one by the other."""

    recommended: Interval
    played: Interval
    ratio: Interval


@dataclass(frozen=True, slots=True)
class SkipsFound:
    """How well skips are identified; `flagged` is the share of all songs that are held to be."""

    recall: Interval
    precision: Interval
    base: Interval
    flagged: Interval


@dataclass(frozen=True, slots=True)
class SkipJudgement:
    """All figures of one way to value songs."""

    slate: Against
    recommended: Against
    skips_found: SkipsFound


@dataclass(frozen=True, slots=True)
class Diversity:
    """Of slates of three: the mean pairwise distance (1 - cosine); different songs among all songs
    of all slates, as a share; and different artists in three, None where artists are not known."""

    distance: Against
    distinct: float
    distinct_played: float
    artists: float | None
    artists_played: float | None


def judge_skips(
    values: DoubleArray, halves: Halves, threshold: float, seed: int = 0
) -> SkipJudgement:
    """The skips of what is valued highly, `values` (sessions, most) as `halves` has songs.

    Songs above `threshold` are recommended. Raises JudgingError for values that are no numbers.
    """
    own = jittered(values, halves.there, seed)
    skipped, there = halves.skipped, halves.there
    above: BoolArray = there & (own > threshold)
    below: BoolArray = there & ~above
    counts = [mask.sum(axis=1).astype(np.float64) for mask in (there, above, below)]
    skips = [(skipped & mask).sum(axis=1).astype(np.float64) for mask in (there, above, below)]
    pooled = Against(
        ratio_interval(skips[1], counts[1], seed), ratio_interval(skips[0], counts[0], seed),
        ratio_of_rates((skips[1], counts[1]), (skips[0], counts[0]), seed),
    )  # fmt: skip
    found = SkipsFound(
        ratio_interval(skips[2], skips[0], seed), ratio_interval(skips[2], counts[2], seed),
        ratio_interval(skips[0], counts[0], seed), ratio_interval(counts[2], counts[0], seed),
    )  # fmt: skip
    best = np.argsort(-own, axis=1, kind="stable")[:, :SLATE]
    return SkipJudgement(judge_slates(best, halves, seed), pooled, found)


def judge_slates(columns: IndexArray, halves: Halves, seed: int = 0) -> Against:
    """The skips of three songs of each second half, columns (sessions, 3), a share a session."""
    ours = np.take_along_axis(halves.skipped, columns, axis=1).mean(axis=1)
    theirs = halves.skipped.sum(axis=1) / halves.there.sum(axis=1)
    one = np.ones(len(halves))
    return Against(
        mean_interval(ours, seed), mean_interval(theirs, seed),
        ratio_of_rates((ours, one), (theirs, one), seed),
    )  # fmt: skip


def median_of(values: DoubleArray, halves: Halves, seed: int = 0) -> float:
    """Above it lies half of what is there: a threshold, to be found on sessions learnt from."""
    return float(np.median(jittered(values, halves.there, seed)[halves.there]))


def jittered(values: DoubleArray, there: BoolArray, seed: int) -> DoubleArray:
    """Values with equals put into an order by chance, minus infinity where there is no song."""
    if values.shape != there.shape or not np.isfinite(values[there]).all():
        raise JudgingError(
            "Some songs have a value that is not a number. Mend what values them, or train anew."
        )
    spread = max(1.0, float(np.abs(values[there]).max(initial=0.0)))
    chance = np.random.default_rng(seed).random(values.shape)
    result: DoubleArray = np.where(there, values + EQUALS * spread * chance, -np.inf)
    return result


def last_known(halves: Halves) -> DoubleArray:
    """Persistence: every song goes as the last one went, 1 finished and 0 skipped."""
    finished = (halves.known.heard[:, -1] >= 2).astype(np.float64)
    return np.tile(finished[:, None], (1, halves.songs.shape[1]))


def slates_of(
    songs: IndexArray, values: DoubleArray, vectors: FloatArray, halves: Halves, weight: float
) -> IndexArray:
    """Three of each session's candidates, songs and values (sessions, n), -1 where there is none:
    their columns, (sessions, 3).

    Each next song has the highest value, scaled to 0 to 1 over the candidates, times 1 - `weight`
    less `weight` times its largest cosine with those before it. Songs already heard stay out as
    long as there are others.
    """
    if songs.shape[1] < SLATE or not 0 <= weight <= 1:
        raise JudgingError("A slate takes three candidates or more, and a weight from 0 to 1.")
    scaled = _scaled(values, songs >= 0)
    scaled = np.where(not_heard(halves.known, songs), scaled, scaled - HEARD_COSTS)
    places = vectors[songs]
    nearest = np.full(songs.shape, -1.0)
    rows = np.arange(len(songs))
    chosen: list[IndexArray] = []
    for turn in range(SLATE):
        scores = (1 - weight) * scaled - (weight * nearest if turn else 0)
        for earlier in chosen:
            scores[rows, earlier] = -np.inf
        best: IndexArray = scores.argmax(axis=1)
        chosen.append(best)
        cosine = np.einsum("nkd,nd->nk", places, places[rows, best])
        nearest = np.maximum(nearest, cosine)
    return np.stack(chosen, axis=1)


def _scaled(values: DoubleArray, there: BoolArray) -> DoubleArray:
    """Values from 0 to 1 in each row, minus infinity where there is no song."""
    low = np.where(there, values, np.inf).min(axis=1, keepdims=True)
    high = np.where(there, values, -np.inf).max(axis=1, keepdims=True)
    known = np.where(there, values, low)
    result: DoubleArray = np.where(there, (known - low) / np.maximum(high - low, 1e-12), -np.inf)
    return result


def diversity_of(
    slates: IndexArray, halves: Halves, vectors: FloatArray, artists: IndexArray | None,
    seed: int = 0,
) -> Diversity:  # fmt: skip
    """Slates (sessions, 3) against the first three songs played; `artists` is one a song."""
    played = halves.songs[:, :SLATE]
    in_place: BoolArray = np.any(vectors[played] != 0, axis=2)
    known: BoolArray = np.all(halves.there[:, :SLATE] & in_place, axis=1)
    if not known.any():
        raise JudgingError("No three songs in a row are known from the sessions learnt from.")
    ours, theirs = np.ones(len(slates)), known.astype(np.float64)
    far, far_played = _distance(vectors[slates]), theirs * _distance(vectors[played])
    against = Against(
        mean_interval(far, seed), ratio_interval(far_played, theirs, seed),
        ratio_of_rates((far, ours), (far_played, theirs), seed),
    )  # fmt: skip
    mine, others = slates, played[known]
    return Diversity(
        against, len(np.unique(mine)) / mine.size, len(np.unique(others)) / others.size,
        _different(mine, artists), _different(others, artists),
    )  # fmt: skip


def _distance(places: FloatArray) -> DoubleArray:
    """The mean of 1 - cosine over the pairs of three unit vectors (n, 3, dim): (n,)."""
    pairs = [(0, 1), (0, 2), (1, 2)]
    cosines = np.stack([np.einsum("nd,nd->n", places[:, a], places[:, b]) for a, b in pairs])
    result: DoubleArray = 1 - cosines.astype(np.float64).mean(axis=0)
    return result


def _different(slates: IndexArray, artists: IndexArray | None) -> float | None:
    if artists is None:
        return None
    return float(np.mean([len(set(row.tolist())) for row in artists[slates]]))
