"""The diary: how well each week was foretold, and by which experts, kept play by play."""

from __future__ import annotations

import numpy as np

from recommender.api import ExpertWeight, Week
from recommender.data.arrays import DoubleArray, FloatArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.evaluation.metrics import rank_of
from recommender.pipeline.board import EXPERTS, OWNER
from recommender.pipeline.ranker import Scored

FIRST = 10
WEEKS = 104
WEEK_S = 7 * 86_400
MONDAY_S = 4 * 86_400
"""The first Monday after the epoch."""

FAVOURITE_HALF_LIFE = 400.0
"""In plays: a song counts half as much among the favourites after so many others."""

SHARE_FADE = 1 - 1 / 500
NAMES = tuple(expert.name for expert in EXPERTS)
_OWNER = np.array([NAMES.index(name) for name in OWNER], np.int64)


class Diary:
    """Written before each play is learnt, so that every figure is of a play really foretold.

    `weeks` (4, WEEKS) holds a week's start, plays, hits and the favourites' hits, each week in a
    column of its own until another takes it two years later; `shares` (experts,) what the experts
    lately added to the scores of the songs that were played.
    """

    def __init__(self, songs: int) -> None:
        self.weeks: DoubleArray = np.zeros((4, WEEKS), np.float64)
        self.shares: DoubleArray = np.zeros(len(NAMES), np.float64)
        self.favour: DoubleArray = np.full(songs, -np.inf)

    def load(self, history: History) -> None:
        """Count the favourites from a log; weeks and shares stay as they are."""
        self.favour = np.full(len(history.catalogue), -np.inf)
        size = history.size
        songs, kept = history.song[:size], ~history.skipped[:size]
        turns = np.arange(size)[kept]
        faded = np.exp2((turns - size) / FAVOURITE_HALF_LIFE)
        sums = np.bincount(songs[kept], faded, len(self.favour))
        heard = sums > 0
        self.favour[heard] = np.log2(sums[heard]) + size / FAVOURITE_HALF_LIFE

    def grow(self, songs: int) -> None:
        """Make room for songs that joined the catalogue."""
        self.favour = grown(self.favour, songs, -np.inf)

    def write(
        self, scored: Scored, play: LoggedPlay, weights: FloatArray, turn: int, ledger: Ledger
    ) -> None:
        """Note one play that comes at `turn`; `scored` and `weights` are from before it.

        A song that was turned down came because it was foretold: it counts neither way.
        """
        if play.skipped:
            return
        slot = int(scored.pool.slot[play.song])
        hit = slot >= 0 and rank_of(scored.scores, slot) <= FIRST
        own = self.favour[play.song]
        favourite = np.isfinite(own) and rank_of(self.favour, play.song) <= FIRST
        self._count(play.at_s, bool(hit), bool(favourite), ledger)
        if slot >= 0:
            self._credit(scored.gains(play.song, weights), ledger)
        grown_by_one = np.logaddexp2(own, turn / FAVOURITE_HALF_LIFE)
        ledger.put(self, "favour", play.song, grown_by_one)

    def _count(self, at_s: float, hit: bool, favourite: bool, ledger: Ledger) -> None:
        number = int((at_s - MONDAY_S) // WEEK_S)
        start_s = number * WEEK_S + MONDAY_S
        place = number % WEEKS
        week = self.weeks[:, place]
        so_far = week[1:] if week[0] == start_s else np.zeros(3)
        new = np.concatenate([[start_s], so_far + np.array((1.0, hit, favourite))])
        ledger.put(self, "weeks", (slice(None), place), new)

    def _credit(self, gains: FloatArray, ledger: Ledger) -> None:
        added = np.maximum(np.bincount(_OWNER, gains, len(NAMES)), 0)
        total = added.sum()
        if total > 0:
            mean = SHARE_FADE * self.shares + (1 - SHARE_FADE) * added / total
            ledger.put(self, "shares", slice(None), mean)

    def as_weeks(self) -> tuple[Week, ...]:
        """The weeks that have plays, in order of time."""
        held = self.weeks[:, self.weeks[1] > 0]
        return tuple(
            Week(start_s, int(plays), hits / plays, favourites / plays)
            for start_s, plays, hits, favourites in held[:, np.argsort(held[0])].T.tolist()
        )

    def as_weights(self) -> tuple[ExpertWeight, ...]:
        """The experts' shares, which add up to 1, the largest first; empty before the first play.

        Experts that added nothing are there with a share of 0.
        """
        total = float(self.shares.sum())
        if total <= 0:
            return ()
        order = np.argsort(-self.shares, kind="stable").tolist()
        return tuple(ExpertWeight(NAMES[each], float(self.shares[each]) / total) for each in order)
