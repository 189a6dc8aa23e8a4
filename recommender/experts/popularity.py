"""Decayed personal popularity: what this person has played, lately and over all."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.tally import Tally

DAY_S = 86400.0
SKIP_AMOUNT = 0.35


class Popularity(Expert):
    """Plays per song under several half-lives, in plays and in days."""

    name = "popularity"
    columns = ("pop_400", "pop_30", "pop_3000", "pop_all", "pop_day", "pop_week", "pop_month")
    most = 1500
    arrays = ("by_turn.value", "by_turn.last", "by_day.value", "by_day.last")

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.by_turn = Tally((400.0, 30.0, 3000.0, 1e9), len(self.catalogue))
        self.by_day = Tally((0.7, 6.0, 40.0), len(self.catalogue))

    def load(self) -> None:
        size = self.history.size
        songs, turns = self.history.song[:size], np.arange(size, dtype=np.float64)
        amounts = np.where(self.history.skipped[:size], SKIP_AMOUNT, 1.0).astype(np.float32)
        self.by_turn.load(songs, turns, amounts)
        self.by_day.load(songs, self.history.at_s[:size] / DAY_S, amounts)

    def grow(self) -> None:
        self.by_turn.grow(len(self.catalogue))
        self.by_day.grow(len(self.catalogue))

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        amount = SKIP_AMOUNT if play.skipped else 1.0
        self.by_turn.add(play.song, self.history.size, amount, ledger)
        self.by_day.add(play.song, play.at_s / DAY_S, amount, ledger)

    def propose(self, moment: Moment) -> IndexArray:
        """The songs played most, lately or over all."""
        heard = self.history.heard
        counts = np.zeros((4, len(heard)), np.float32)
        self.by_turn.read(moment.turn, counts, heard)
        return best_first(heard, np.log(2 * counts + 1).sum(axis=0), self.most)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        slots = np.flatnonzero(self.history.plays[pool.songs])
        heard = pool.songs[slots]
        rows = np.zeros((7, len(heard)), np.float32)
        self.by_turn.read(moment.turn, rows[:4], heard)
        self.by_day.read(moment.now_s / DAY_S, rows[4:], heard)
        out[:, slots] = np.log(2 * rows + 1)
