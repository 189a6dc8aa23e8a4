"""How well a model ranks the next song: exact ranks over its whole vocabulary, and their figures.

Every song of a list from the second on is a target, repeats included. A tie counts against the
model; a target outside its vocabulary is a miss.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.corpus import Corpus
from recommender.data.vocabulary import UNKNOWN
from recommender.models.base import SequenceModel

CUTS = (1, 5, 10, 50, 500)
TOP = 10
GROUP = 2_000
CELLS = 20_000_000
"""The most transitions, and the most scores (80 MB), that are held at a time."""

TELL = 100_000

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model reached on some lists.

    `accuracy` has for each k the share of targets at rank k or better, `mrr` the mean of 1 / rank;
    both are over all `transitions`, of which `unknown` have a target outside the vocabulary and
    count as missed. `log_likelihood` is the mean log of the target's chance, in nats, over the
    known ones alone. `coverage` is the share of the vocabulary that was in any top ten,
    `popularity` the mean place of the songs in them by plays, 0 the least played, 1 the most.
    Shares are not numbers (NaN) when there was nothing to rank.
    """

    lists: int
    transitions: int
    unknown: int
    accuracy: dict[int, float]
    mrr: float
    log_likelihood: float
    coverage: float
    popularity: float

    def as_dict(self) -> dict[str, float]:
        """The figures under stable names, such as `accuracy@5`."""
        return {
            **{f"accuracy@{cut}": value for cut, value in self.accuracy.items()},
            "mrr": self.mrr,
            "log_likelihood": self.log_likelihood,
            "coverage": self.coverage,
            "popularity": self.popularity,
            "lists": self.lists,
            "transitions": self.transitions,
            "unknown": self.unknown,
        }


class Paced:
    """A `Progress` that says now and then how many of all transitions are ranked."""

    def __init__(self, report: Callable[[str], None], transitions: int) -> None:
        self._report, self._all, self._told = report, transitions, 0

    def __call__(self, transitions: int) -> None:
        """Say so if enough have been ranked since the last word."""
        if transitions >= self._told + TELL:
            self._told = transitions
            self._report(f"ranked {transitions:,} of {self._all:,} songs")


def ranks(rows: FloatArray, targets: IntArray) -> DoubleArray:
    """The rank of each row's target, shape (n,), from rows (n, songs); infinite where UNKNOWN.

    A score that is no number (NaN) counts against the model as well.

    >>> ranks(np.float32([[0.1, 0.7, 0.2], [0.5, 0.5, 0.0]]), np.array([2, 0])).tolist()
    [2.0, 2.0]
    """
    found = np.full(len(targets), math.inf)
    for place in np.flatnonzero(targets != UNKNOWN):
        row = rows[place]
        found[place] = len(row) - np.count_nonzero(row < row[targets[place]])
    return found


def sample(corpus: Corpus, lists: int, seed: int = 0) -> Corpus:
    """So many lists drawn evenly, the same for the same seed; the corpus itself if it has fewer."""
    if lists >= len(corpus):
        return corpus
    drawn = np.random.default_rng(seed).choice(len(corpus), lists, replace=False)
    return corpus.select(np.sort(drawn))


def measure(model: SequenceModel[Any], corpus: Corpus, progress: Progress | None = None) -> Figures:
    """Rank every transition of the lists; `progress` is told the transitions done so far.

    Songs of the corpus outside the model's vocabulary become UNKNOWN. Memory is bounded: at most
    `CELLS` scores at a time, whatever the length of the lists.
    """
    corpus = corpus.recoded(model.vocabulary)
    songs = len(model.vocabulary)
    total = _Sums(model.vocabulary.counts)
    for places in _groups(corpus, max(1, min(GROUP, CELLS // max(songs, 1)))):
        for rows, targets in _scored(model, corpus, places):
            total.add(rows, targets)
            if progress is not None:
                progress(total.transitions)
    return total.figures(len(corpus))


def _groups(corpus: Corpus, most: int) -> Iterator[list[int]]:
    """Places of lists of like lengths, with at most so many transitions together if it can be."""
    lengths = corpus.lengths
    group: list[int] = []
    held = 0
    for place in np.argsort(lengths, kind="stable"):
        size = int(lengths[place]) - 1
        if size < 1:
            continue
        if group and held + size > most:
            yield group
            group, held = [], 0
        group.append(int(place))
        held += size
    if group:
        yield group


def _scored(
    model: SequenceModel[Any], corpus: Corpus, places: list[int]
) -> Iterator[tuple[FloatArray, IntArray]]:
    """Rows of scores with their targets; a list that is too long for one go comes in pieces."""
    most = max(1, CELLS // max(len(model.vocabulary), 1))
    lists = [corpus[place] for place in places]
    said = None if corpus.feedback is None else [corpus.feedback_of(place) for place in places]
    if sum(len(each) - 1 for each in lists) <= most:
        targets = np.concatenate([each[1:] for each in lists])
        yield model.score_lists(lists, said), targets
        return
    for place in places:
        yield from _in_pieces(model, corpus, place, most)


def _in_pieces(
    model: SequenceModel[Any], corpus: Corpus, place: int, most: int
) -> Iterator[tuple[FloatArray, IntArray]]:
    songs, said = corpus[place], corpus.feedback_of(place)
    state = model.start()
    for first in range(0, len(songs) - 1, most):
        targets = songs[first + 1 : first + 1 + most]
        rows = np.empty((len(targets), len(model.vocabulary)), np.float32)
        for turn in range(len(targets)):
            state = model.observe(state, int(songs[first + turn]), int(said[first + turn]))
            rows[turn] = model.log_probabilities(state)
        yield rows, targets


@dataclass
class _Sums:
    """The figures while they are added up; `counts` are each song's plays."""

    counts: IntArray
    transitions: int = 0
    unknown: int = 0
    hits: IndexArray = field(default_factory=lambda: np.zeros(len(CUTS), np.int64))
    reciprocal: float = 0.0
    log_chance: float = 0.0

    def __post_init__(self) -> None:
        self.proposed: IndexArray = np.zeros(len(self.counts), np.int64)

    def add(self, rows: FloatArray, targets: IntArray) -> None:
        """Count rows (n, songs) with their targets (n,)."""
        rank = ranks(rows, targets)
        known: BoolArray = targets != UNKNOWN
        self.transitions += len(targets)
        self.unknown += int(np.count_nonzero(~known))
        self.hits += (rank[:, None] <= np.array(CUTS)).sum(0)
        self.reciprocal += float((1 / rank).sum())
        chances = rows[np.flatnonzero(known), targets[known]]
        self.log_chance += float(chances.sum(dtype=np.float64))
        if rows.size:
            scores = torch.from_numpy(np.require(rows, requirements=["C", "W"]))
            best = scores.topk(min(TOP, rows.shape[1]), sorted=False).indices
            self.proposed += np.bincount(best.numpy().ravel(), minlength=len(self.counts))

    def figures(self, lists: int) -> Figures:
        """The means, of `lists` lists."""
        known = self.transitions - self.unknown
        return Figures(
            lists=lists,
            transitions=self.transitions,
            unknown=self.unknown,
            accuracy={
                cut: _share(float(hits), self.transitions)
                for cut, hits in zip(CUTS, self.hits, strict=True)
            },
            mrr=_share(self.reciprocal, self.transitions),
            log_likelihood=_share(self.log_chance, known),
            coverage=_share(float(np.count_nonzero(self.proposed)), len(self.counts)),
            popularity=_share(
                float(self.proposed @ _places(self.counts)), int(self.proposed.sum())
            ),
        )


def _places(counts: IntArray) -> DoubleArray:
    """Each song's place by plays from 0 to 1, (songs,); songs played equally often share one.

    >>> _places(np.array([5, 1, 1])).tolist()
    [1.0, 0.25, 0.25]
    """
    ordered = np.sort(counts)
    first = np.searchsorted(ordered, counts, "left")
    last = np.searchsorted(ordered, counts, "right") - 1
    places: DoubleArray = (first + last) / 2 / max(len(counts) - 1, 1)
    return places


def _share(part: float, whole: int) -> float:
    return part / whole if whole else math.nan
