"""The board: the experts' candidates, and their columns side by side, at one moment."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

import numpy as np

from recommender.audio.hearing import Hearing
from recommender.data.arrays import FloatArray
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.artists import Artists
from recommender.experts.base import Expert, Moment
from recommender.experts.clock import Clock
from recommender.experts.content import Content
from recommender.experts.cooccurrence import Cooccurrence
from recommender.experts.factors import Factors
from recommender.experts.markov import Markov
from recommender.experts.novelty import Novelty
from recommender.experts.popularity import Popularity
from recommender.experts.recency import Recency
from recommender.experts.rocchio import Rocchio
from recommender.experts.sequence import Sequence
from recommender.experts.session_knn import SessionKnn
from recommender.experts.skips import Skips
from recommender.experts.sound import Sound
from recommender.experts.staying import Staying
from recommender.experts.text import Text
from recommender.experts.trained import Trained
from recommender.pipeline.candidates import MOST, Candidates, Proposal, candidates

EXPERTS: tuple[type[Expert], ...] = (
    Markov, Cooccurrence, SessionKnn, Artists, Popularity, Recency, Clock, Novelty, Content,
    Sequence, Text, Sound, Factors, Skips, Staying, Rocchio,
)  # fmt: skip
COLUMNS: tuple[str, ...] = tuple(name for expert in EXPERTS for name in expert.columns)
OWNER: tuple[str, ...] = tuple(expert.name for expert in EXPERTS for _ in expert.columns)
ROW: dict[str, int] = {name: row for row, name in enumerate(COLUMNS)}

Kind = TypeVar("Kind", bound=Expert)


class Board:
    """All experts over one history; `without` names those that stay silent for good.

    `most` is how many songs are scored at the utmost, `candidates` how the last pool came about.
    """

    def __init__(self, history: History, without: Collection[str] = ()) -> None:
        self.history = history
        self.experts = tuple(kind(history) for kind in EXPERTS)
        self.without = frozenset(without)
        self.silent = self.without
        self.most = MOST
        self.candidates = Candidates(Pool.whole(0), {})
        self._whole = (-1, self.candidates.pool)
        self._matrix: FloatArray = np.zeros(0, np.float32)

    def expert(self, kind: type[Kind]) -> Kind:
        """The expert of this kind."""
        return next(expert for expert in self.experts if isinstance(expert, kind))

    def mute(self, names: Collection[str]) -> None:
        """Let these experts, and those of `without`, propose and say nothing from now on."""
        self.silent = self.without | frozenset(names)

    def load(self) -> None:
        """Let every expert learn from the whole log at once."""
        for expert in self.experts:
            expert.load()

    def grow(self) -> None:
        """Make room for songs that joined the catalogue."""
        for expert in self.experts:
            expert.grow()

    def adopt(self, trained: Trained | None) -> None:
        """Hand every expert what a training gave, None to go on without."""
        for expert in self.experts:
            expert.adopt(trained)

    def hear(self, hearing: Hearing | None) -> None:
        """Go by these sounds from now on, or by none."""
        self.expert(Sound).hear(hearing)

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Let every expert learn from one play, before it joins the log."""
        for expert in self.experts:
            expert.observe(play, ledger)

    def pool(self, moment: Moment, also: Collection[int] = ()) -> Pool:
        """The songs that the experts propose now, and those in `also`."""
        self.candidates = self._candidates(moment, also)
        return self.candidates.pool

    def _candidates(self, moment: Moment, also: Collection[int]) -> Candidates:
        catalogue = self.history.catalogue
        if len(catalogue) <= self.most:
            if self._whole[0] != catalogue.revision:
                self._whole = (catalogue.revision, Pool.whole(len(catalogue)))
            return Candidates(self._whole[1], {})
        if catalogue.present <= self.most:
            there = np.union1d(np.flatnonzero(catalogue.active), np.array(list(also), np.int64))
            return Candidates(Pool.of(there, len(catalogue)), {})
        speaking = [expert for expert in self.experts if expert.name not in self.silent]
        proposals = [Proposal(each.name, each.propose(moment), each.most) for each in speaking]
        return candidates(self.history, proposals, also, moment.turn, self.most)

    def fill(self, moment: Moment, pool: Pool) -> FloatArray:
        """All columns, shape (columns, pool); the array is written again by the next call."""
        room = len(COLUMNS) * len(pool)
        if len(self._matrix) < room:
            self._matrix = np.zeros(room, np.float32)
        matrix = self._matrix[:room].reshape(len(COLUMNS), len(pool))
        matrix.fill(0)
        row = 0
        for expert in self.experts:
            last = row + len(expert.columns)
            if expert.name not in self.silent:
                expert.fill(moment, pool, matrix[row:last])
            row = last
        return matrix
