"""Decayed co-occurrence: songs that stand near the songs of this list in other lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.corpus import ByteArray, Corpus
from recommender.data.vocabulary import UNKNOWN
from recommender.models.base import Options
from recommender.models.counting import (
    CountingModel,
    Heard,
    Rows,
    blocks,
    smoothed,
    summed,
    weighed,
)
from recommender.models.repeats import Repeats

RARE = 5.0


@dataclass(frozen=True, slots=True)
class CooccurrenceOptions(Options):
    """How pairs of songs are counted, and how a list's songs add up.

    Two songs of a list count `decay` to the power of their distance, up to `window` songs; the
    earlier one as what comes before the later one `backward` times as much as the other way
    round. A song's votes are divided by the power `share` of their sum, a vote by the power
    `popular` of the plays of the song it is for. The last `reach` songs vote, each `fade` times
    as much as the one after it. `backoff` is the share that popularity keeps. Songs heard at most
    `rest` songs ago are held to the rate of such repeats.
    """

    window: int = 20
    decay: float = 0.9
    backward: float = 0.3
    share: float = 0.5
    popular: float = 0.5
    reach: int = 30
    fade: float = 0.9
    backoff: float = 0.1
    rest: int = 12

    def __post_init__(self) -> None:
        for name in ("window", "reach"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give 1 or more.")
        for name in ("decay", "fade"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give above 0 and at most 1.")
        if not 0 < self.backoff < 1:
            raise ValueError(f"backoff is {self.backoff}; give a share between 0 and 1.")
        if self.backward < 0 or self.rest < 0:
            raise ValueError("backward and rest cannot be below 0.")


class Cooccurrence(CountingModel):
    """The votes of the last songs, each for the songs around it in the training's lists."""

    name = "cooccurrence"
    title = "Co-occurrence"
    Options: ClassVar[type[Any]] = CooccurrenceOptions

    def __init__(self, options: CooccurrenceOptions | None = None) -> None:
        super().__init__(options)
        self._shares: FloatArray = np.zeros(0, np.float32)
        self._votes = Rows.of(summed([]), 0, 1)
        self._repeats = Repeats(np.zeros(0, np.float32))

    @property
    def reach(self) -> int:
        """How many of the last songs vote, or rest."""
        return int(max(self.options.reach, self.options.rest))

    def count(self, train: Corpus) -> None:
        """Sum the pairs of songs, and divide them as the options say."""
        songs = len(self.vocabulary)
        plays = train.counts()
        votes = Rows.of(summed(self._pairs(train, songs)), songs, songs)
        given = votes.totals()[votes.row_of] ** -self.options.share
        taken = (plays[votes.columns] + RARE) ** -self.options.popular
        weighed = (votes.values * given * taken).astype(np.float32)
        self._votes = Rows(votes.starts, votes.columns, weighed)
        self._shares = smoothed(plays).astype(np.float32)
        self._repeats = Repeats.counted(train, self.options.rest)

    def _pairs(self, train: Corpus, songs: int) -> Iterator[tuple[IndexArray, float]]:
        for block in blocks(train):
            for distance in range(1, self.options.window + 1):
                earlier, later = block.apart(distance)
                weight = self.options.decay ** (distance - 1)
                yield earlier * songs + later, weight
                if self.options.backward:
                    yield later * songs + earlier, weight * self.options.backward

    def log_probabilities(self, state: Heard) -> FloatArray:
        """Natural log of each song's share of the votes, held and smoothed, shape (songs,)."""
        last = np.array(state[-self.options.reach :][::-1], np.int64)
        known = np.flatnonzero(last != UNKNOWN)
        places, which = self._votes.entries(last[known])
        weights = self._votes.values[places] * (self.options.fade**known)[which]
        votes = weighed(self._votes.columns[places], weights, len(self._shares))
        rows = votes[None].astype(np.float32)
        self._to_logs(rows, [state])
        row: FloatArray = rows[0]
        return row

    def score_list(self, songs: IntArray, feedback: ByteArray | None = None) -> FloatArray:
        """`log_probabilities` after each song but the last, shape (length - 1, songs)."""
        reach, fade = self.options.reach, self.options.fade
        votes = np.zeros(len(self._shares))
        rows = np.empty((max(len(songs) - 1, 0), len(votes)), np.float32)
        states = []
        state = self.start()
        for place, row in enumerate(rows):
            state = self.observe(state, int(songs[place]))
            states.append(state)
            votes *= fade
            self._vote(votes, state[-1], 1.0)
            if place >= reach:
                self._vote(votes, int(songs[place - reach]), -(fade**reach))
            row[:] = votes
        self._to_logs(rows, states)
        return rows

    def _vote(self, votes: DoubleArray, song: int, weight: float) -> None:
        if 0 <= song < len(self._votes):
            columns, values = self._votes.row(song)
            votes[columns] += weight * values

    def _to_logs(self, rows: FloatArray, states: list[Heard]) -> None:
        """Turn votes (states, songs) into log-probabilities, in place."""
        totals = rows.sum(1, keepdims=True)
        kept = np.where(totals > 0, self.options.backoff, 1.0).astype(np.float32)
        rows *= (1 - kept) / np.where(totals > 0, totals, 1)
        rows += kept * self._shares
        np.log(rows, out=rows)
        for row, state in zip(rows, states, strict=True):
            self._repeats.hold(row, state)

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Popularity, the votes by song, and the rates of repeats."""
        own = {"shares": self._shares, "repeats": self._repeats.rates}
        return own | self._votes.arrays("votes")

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over what was counted."""
        self._shares = arrays["shares"]
        self._votes = Rows.restored("votes", arrays)
        self._repeats = Repeats(arrays["repeats"])
