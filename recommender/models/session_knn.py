"""Session neighbours: lists that share songs with this one vote for what stands around those.

Ludewig and Jannach, "Evaluation of session-based recommendation algorithms", UMUAI 28, 2018
(V-SKNN: rare and late songs count more); Garg, Gupta, Malhotra, Vig and Shroff, "Sequence and time
aware neighborhood for session-based recommendations: STAN", SIGIR 2019 (votes that fade with the
distance from the shared song; here from every shared song, not from the latest alone, and weaker
for songs before it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.corpus import Corpus
from recommender.data.vocabulary import UNKNOWN
from recommender.models.base import Options
from recommender.models.counting import CountingModel, Heard, Rows, smoothed, weighed
from recommender.models.repeats import Repeats

RARE = 5.0


@dataclass(frozen=True, slots=True)
class SessionKnnOptions(Options):
    """Which lists are neighbours, and how they vote.

    The last `reach` songs are looked up, each counting `fade` times as much as the one after it,
    divided by the power `rare` of its plays; of a song's plays at most about `most` are looked
    at. A list is as near as what it shares, divided by the power `length` of its length, and the
    nearest `neighbours` vote with the power `near` of that. Around each shared song the `after`
    songs behind it and the `before` ones ahead get a vote, `decay` to the power of the distance,
    those ahead `backward` times of it, divided by the power `popular` of their plays. `backoff`
    is the share that popularity keeps; songs heard at most `rest` songs ago are held to the rate
    of such repeats.
    """

    neighbours: int = 300
    reach: int = 20
    fade: float = 0.9
    rare: float = 0.3
    most: int = 1000
    length: float = 0.5
    near: float = 0.8
    after: int = 20
    before: int = 10
    decay: float = 0.9
    backward: float = 0.4
    popular: float = 0.4
    backoff: float = 0.1
    rest: int = 12

    def __post_init__(self) -> None:
        for name in ("neighbours", "reach", "most", "after"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give 1 or more.")
        for name in ("before", "backward", "rest"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; give 0 or more.")
        for name in ("fade", "decay"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give above 0 and at most 1.")
        if not 0 < self.backoff < 1:
            raise ValueError(f"backoff is {self.backoff}; give a share between 0 and 1.")


class SessionKnn(CountingModel):
    """Votes of the nearest lists of the training."""

    name = "session_knn"
    title = "Session neighbours"
    Options: ClassVar[type[Any]] = SessionKnnOptions

    def __init__(self, options: SessionKnnOptions | None = None) -> None:
        super().__init__(options)
        self._lists = (np.zeros(0, np.int32), np.zeros(1, np.int64))
        self._repeats = Repeats(np.zeros(0, np.float32))

    @property
    def reach(self) -> int:
        """How many of the last songs are looked up, or rest."""
        return int(max(self.options.reach, self.options.rest))

    def count(self, train: Corpus) -> None:
        """Keep the lists, and where each song is in them."""
        lengths = train.lengths
        songs = np.concatenate([np.zeros(0, np.int32), *train])
        self._repeats = Repeats.counted(train, self.options.rest)
        self._keep(songs, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    def _keep(self, songs: IntArray, starts: IndexArray) -> None:
        """Lay out lists with gaps between them, so that no vote leaves its list."""
        self._lists = songs, starts
        size, lengths = len(self.vocabulary), np.diff(starts)
        gap = max(self.options.after, self.options.before)
        owners = np.repeat(np.arange(len(lengths)), lengths)
        places = np.arange(len(songs)) + gap * (owners + 1)
        self._laid = np.full(len(songs) + gap * (len(lengths) + 1), size, np.int64)
        self._laid[places] = np.where(songs == UNKNOWN, size, songs)
        kept = _spread(songs, size, self.options.most)
        songs = songs[kept]
        starts = np.searchsorted(songs, np.arange(size + 1)).astype(np.int64)
        self._plays = Rows(starts, owners[kept].astype(np.int32), np.zeros(0, np.float32))
        self._places = places[kept]
        counts = np.bincount(self._lists[0] + 1, minlength=size + 1)[1:]
        self._shares = smoothed(counts).astype(np.float32)
        self._rare = (counts + 1.0) ** -self.options.rare
        self._popular = (counts + RARE) ** -self.options.popular
        self._length = (lengths + RARE) ** -self.options.length
        after, before = np.arange(1, self.options.after + 1), np.arange(1, self.options.before + 1)
        self._offsets = np.concatenate([after, -before])
        fading = self.options.decay ** (abs(self._offsets) - 1.0)
        self._kernel = fading * np.where(self._offsets > 0, 1.0, self.options.backward)

    def log_probabilities(self, state: Heard) -> FloatArray:
        """Natural log of each song's share of the votes, held and smoothed, shape (songs,)."""
        votes = self._votes(state)
        total = votes.sum()
        row = self._shares.copy()
        if total > 0:
            row *= self.options.backoff
            row += (votes * ((1 - self.options.backoff) / total)).astype(np.float32)
        np.log(row, out=row)
        self._repeats.hold(row, state)
        return row

    def _votes(self, state: Heard) -> DoubleArray:
        """The neighbours' votes, shape (songs,)."""
        last = np.array(state[-self.options.reach :][::-1], np.int64)
        known = np.flatnonzero(last != UNKNOWN)
        last = last[known]
        entries, which = self._plays.entries(last)
        owners = self._plays.columns[entries]
        weights = (self.options.fade**known * self._rare[last])[which]
        lists, member = np.unique(owners, return_inverse=True)
        near = np.bincount(member, weights, len(lists)) * self._length[lists]
        if len(lists) > self.options.neighbours:
            near[near < np.partition(near, -self.options.neighbours)[-self.options.neighbours]] = 0
        weights = weights * (near**self.options.near)[member]
        voting = np.flatnonzero(weights)
        entries, weights = entries[voting], weights[voting]
        songs = self._laid[self._places[entries][:, None] + self._offsets]
        shares = (weights[:, None] * self._kernel).ravel()
        votes = weighed(songs.ravel(), shares, len(self._shares) + 1)[:-1]
        votes *= self._popular
        return votes

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The lists, and the rates of repeats."""
        songs, starts = self._lists
        return {"songs": songs, "starts": starts, "repeats": self._repeats.rates}

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over the lists."""
        self._repeats = Repeats(arrays["repeats"])
        self._keep(arrays["songs"], arrays["starts"])


def _spread(songs: IntArray, size: int, most: int) -> IndexArray:
    """Places of known songs ordered by song, of each at most about `most`, evenly spread."""
    order = np.argsort(songs, kind="stable")
    order = order[songs[order] != UNKNOWN]
    counts = np.bincount(songs[order], minlength=size)
    turn = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = np.minimum(most / np.maximum(counts, 1), 1)[songs[order]]
    chosen = np.floor(turn * share) != np.floor((turn - 1) * share)
    kept: IndexArray = order[chosen]
    return kept
