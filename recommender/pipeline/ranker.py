"""The ranker: the experts' columns combined by weights that the listener's plays teach."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment, moment_of
from recommender.experts.rocchio import Rocchio
from recommender.pipeline.blend import Blend
from recommender.pipeline.board import COLUMNS, EXPERTS, OWNER, Board
from recommender.pipeline.linear import GatedLinear, sample
from recommender.pipeline.mood import SIGNALS, Mood
from recommender.pipeline.network import Network
from recommender.pipeline.priors import LEAST, PRIOR

HARDEST = 150
OTHERS = 100
SHORTLIST = 400
DEEP = sum(owner != Rocchio.name for owner in OWNER)
"""The network sees the columns before the last expert's: reactions are too rare to teach it."""

COUNTS = "counts"
LATE: IndexArray = np.flatnonzero(
    np.isin(OWNER, [kind.name for kind in EXPERTS if kind.adopt is not Expert.adopt])
)
"""Columns that are zero until a training has been adopted, or sounds were heard."""


@dataclass(frozen=True)
class Scored:
    """The pool's songs scored at one moment; the arrays belong to the ranker and change with the
    next.

    `scores` (pool,), `matrix` (columns, pool), `signals` the mood, `first` the linear stage's
    scores, `shortlist` the slots of the pool that the network ranked, `deep` its scores of them.
    """

    moment: Moment
    pool: Pool
    scores: FloatArray
    matrix: FloatArray
    signals: FloatArray
    first: FloatArray
    shortlist: IndexArray
    deep: FloatArray

    @property
    def songs(self) -> IndexArray:
        """The songs that were scored, dense indexes of shape (pool,)."""
        return self.pool.songs

    @cached_property
    def usual(self) -> FloatArray:
        """The shortlist's mean of each column, shape (columns,): songs are measured against it."""
        mean: FloatArray = self.matrix[:, self.shortlist].mean(axis=1)
        return mean

    def gains(self, song: int, weights: FloatArray) -> FloatArray:
        """What each column adds to a song of the pool above the usual one, shape (columns,)."""
        result: FloatArray = weights * (self.matrix[:, self.pool.slot[song]] - self.usual)
        return result


class Ranker:
    """Board, mood, linear stage and network over one history."""

    def __init__(
        self, history: History, without: Collection[str] = (), deep: bool = True, seed: int = 0
    ) -> None:
        self.history = history
        self.board = Board(history, without)
        self.mood = Mood()
        self.linear = GatedLinear(COLUMNS, len(SIGNALS), PRIOR, least=LEAST)
        self.network = Network(DEEP, len(SIGNALS), seed, LATE) if deep else None
        self.blend = Blend()
        self.seed = seed
        self.learnt = 0

    def score(
        self, started: int | None = None, now_s: float | None = None, also: Collection[int] = ()
    ) -> Scored:
        """Score the candidates for what comes next, and the songs in `also`."""
        history = self.history
        if now_s is None:
            now_s = float(history.at_s[history.size - 1]) if history.size else 0.0
        moment = moment_of(history, started, now_s)
        pool = self.board.pool(moment, also)
        matrix = self.board.fill(moment, pool)
        signals = self.mood.signals(moment)
        first = self.linear.effective(signals) @ matrix
        count = min(SHORTLIST, len(first))
        shortlist = np.argpartition(-first, count - 1)[:count] if count else np.zeros(0, np.int64)
        scores = deep = first
        if self.network is not None and count:
            deep = self.network.score(matrix[:DEEP, shortlist], first[shortlist], signals)
            scores = first.copy()
            scores[shortlist] = self.blend.mix(first[shortlist], deep)
        return Scored(moment, pool, scores, matrix, signals, first, shortlist, deep)

    def learn(
        self, scored: Scored, song: int, amount: float, ledger: Ledger, listed: bool = False
    ) -> None:
        """Teach the weights that `song` came next; a negative amount means it was not wanted.

        `listed` says that the list chose it, not a hand.
        A song that nobody proposed teaches nothing: it would not have been in the list.
        """
        if song not in scored.pool:
            return
        slot = int(scored.pool.slot[song])
        rng = np.random.default_rng((self.seed, self.learnt))
        first, shortlist = scored.first, scored.shortlist
        count = min(HARDEST, len(shortlist))
        best = shortlist[np.argpartition(-first[shortlist], count - 1)[:count]]
        places, offsets = sample(first, slot, best, OTHERS, rng)
        columns = scored.matrix[:, places]
        self.linear.learn(columns, offsets, 0, scored.signals, amount, ledger)
        if self.network is not None and amount > 0:
            self.network.learn(scored.matrix[:DEEP], first, shortlist, scored.scores, slot,
                               scored.signals, amount, rng, ledger)  # fmt: skip
            for place in np.flatnonzero(shortlist == slot)[:1]:
                self.blend.learn(first[shortlist], scored.deep, int(place), ledger)
        self.mood.observe(scored.matrix, slot, song, self.history, scored.moment, listed, ledger)
        ledger.assign(self, "learnt", self.learnt + 1)

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Let the experts take in the play, then log it."""
        self.board.observe(play, ledger)
        self.history.append(play, ledger)

    @property
    def steps(self) -> int:
        """How many steps the network has taken."""
        return self.network.steps if self.network is not None else 0

    def resume(self, learnt: int, steps: int) -> None:
        """Go on counting where a checkpoint stopped; the network rehearses only what follows."""
        self.learnt = learnt
        if self.network is not None:
            self.network.resume(steps)

    def counts(self) -> IndexArray:
        """How many plays have taught the weights, and how many steps the network has taken."""
        return np.array([self.learnt, self.steps], np.int64)

    def taught(self) -> list[tuple[str, object, str]]:
        """Every array that plays have taught: its name in a checkpoint, owner, attribute."""
        named: list[tuple[str, object, str]] = [
            ("linear.weights", self.linear, "weights"),
            ("linear.power", self.linear, "power"),
            ("mood.state", self.mood, "state"),
            ("blend.loss", self.blend, "loss"),
        ]
        if self.network is not None:
            named += [(f"network.{name}", self.network, name) for name in self.network.saved]
        return named

    def stacker(self) -> dict[str, NDArray[Any]]:
        """A copy of what plays have taught, and how much of it there was."""
        arrays = {name: getattr(owner, held).copy() for name, owner, held in self.taught()}
        return {**arrays, COUNTS: self.counts()}

    def take(self, stacker: Mapping[str, NDArray[Any]]) -> bool:
        """Go on with these weights if more plays taught them than those that are here.

        Weights of other columns than this ranker's are left.
        """
        places = self.taught()
        fits = all(
            name in stacker and stacker[name].shape == getattr(owner, held).shape
            for name, owner, held in places
        )
        if not fits or COUNTS not in stacker or stacker[COUNTS][0] <= self.learnt:
            return False
        for name, owner, held in places:
            setattr(owner, held, stacker[name].astype(getattr(owner, held).dtype))
        self.resume(*(int(count) for count in stacker[COUNTS]))
        return True
