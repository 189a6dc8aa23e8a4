"""Staying: how likely a song that is put on now is played to the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IntArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import OUTSIDE, Pool
from recommender.data.vocabulary import UNKNOWN
from recommender.experts.base import Expert, Moment, moment_of
from recommender.experts.trained import Trained
from recommender.skips.staying import NOW, REACH, SONG, Facts, Feature, Vectors
from recommender.skips.staying_odds import OnlineOdds, chance_of
from recommender.skips.staying_steps import StayingSteps
from recommender.skips.staying_words import finish_sentence

READ = 600
"""So many of the latest plays teach the weights when a log is read at once."""

FEWEST = 20
"""Under so many plays nothing is said of the chance."""

NET = Feature(0.7, 0.1, 0.0, 1.5)
FIRST_SONG, LAST_SONG = len(NOW), len(NOW) + len(SONG)
ALIKE = LAST_SONG - 1
"""The features are those of the moment, of the song, and what the net says; the net sees all but
the last of the song, which rests on vectors that know plays to come."""

SPREAD = 2.0
"""Nats that count as 1 in the column."""

TRUTH = (Feature(0.0, 0.02), Feature(1.0, 0.02, 0.2))


class Lessons(NamedTuple):
    """Plays as they stood before they were known: `features` (plays, ALIKE), whether each was
    `finished`, the `odds` that it was, as log-odds without a net, and its `session`."""

    features: FloatArray
    finished: BoolArray
    odds: DoubleArray
    session: IntArray


class Staying(Expert):
    """`stay` is how far the log-odds of being played to the end are above those of a usual song.

    The weights of the session's and the song's features are learnt play by play, and so is how
    far they can be believed: `truth` draws too bold odds nearer to the usual. A net from a
    training adds to the log-odds; its state follows from the plays in `kept`, so that an undo
    needs nothing of its own.
    """

    name = "staying"
    columns = ("stay",)
    arrays = (
        "facts.artists", "facts.hours", "facts.last", "odds.weights", "odds.precision",
        "truth.weights", "truth.precision", "kept",
    )  # fmt: skip

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.facts = Facts(history)
        self.odds = _odds_of([*NOW.values(), *SONG.values(), NET])
        self.truth = _odds_of(TRUTH)
        self.kept: FloatArray = np.zeros((REACH, ALIKE + 1), np.float32)
        self._slot: IntArray = np.full(len(self.catalogue), OUTSIDE, np.int32)
        self._net: StayingSteps | None = None
        self._trained: Trained | None = None
        self._state: tuple[FloatArray, FloatArray] | None = None

    def load(self) -> None:
        """Count all plays, and learn the weights from the latest."""
        self.lessons(READ)

    def lessons(self, most: int) -> Lessons | None:
        """Learn from the whole log anew, the weights from the latest `most` plays; gives these as
        they stood before, None for none. A net takes no part in it: it would know them."""
        log, net = self.history, self._net
        size = log.size
        first = max(0, size - most)
        self.history = self.facts.history = _until(log, first)
        self.odds.forget()
        self.truth.forget()
        self.facts.load()
        self._net, self.kept = None, np.zeros_like(self.kept)
        told = [self._next(log, turn) for turn in range(first, size)]
        self.history = self.facts.history = log
        self._net = net
        if not told:
            return None
        features, odds = zip(*told, strict=True)
        return Lessons(
            np.array(features)[:, :ALIKE].astype(np.float32), ~log.skipped[first:size],
            np.array(odds), log.session[first:size].copy(),
        )  # fmt: skip

    def _next(self, log: History, turn: int) -> tuple[DoubleArray, float]:
        """Learn the log's play at `turn`, and log it here."""
        at_s, before_s = float(log.at_s[turn]), float(log.at_s[turn - 1]) if turn else 0.0
        same = turn > 0 and log.session[turn] == log.session[turn - 1]
        play = LoggedPlay(
            int(log.song[turn]), at_s, max(0.0, at_s - before_s) if same else 0.0,
            bool(log.skipped[turn]), bool(log.quick[turn]), bool(log.listed[turn]),
        )  # fmt: skip
        ledger = Ledger(keep=False)
        learnt = self._learn(play, ledger)
        self.history.append(play, ledger)
        return learnt

    def grow(self) -> None:
        """Make room, and find every song's vector."""
        self.facts.grow()
        self._slot = grown(self._slot, len(self.catalogue), OUTSIDE)
        factors = self._trained.factors if self._trained is not None else None
        if factors is None:
            self.facts.vectors = None
            return
        index_of = self.catalogue.index_of
        place = np.full(len(self.catalogue) + 1, UNKNOWN, np.int32)
        place[[index_of.get(song_id, -1) for song_id in factors.ids.tolist()]] = np.arange(
            len(factors.ids)
        )
        place = place[:-1]
        lengths: FloatArray = np.maximum(factors.norms, np.finfo(np.float32).tiny)
        rows: FloatArray = factors.vectors / lengths[:, None]
        self.facts.vectors = Vectors(place, rows)

    def adopt(self, trained: Trained | None) -> None:
        """Go on with this net and these vectors, or with none."""
        self._trained = trained
        self._net = trained.staying if trained is not None else None
        self._state = None
        if self._net is not None and self._net.dim != ALIKE:
            self._net = None
        self.grow()

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Learn whether the song was played to the end."""
        self._learn(play, ledger)

    def _learn(self, play: LoggedPlay, ledger: Ledger) -> tuple[DoubleArray, float]:
        """Take a play in; gives its features and log-odds as they were before."""
        moment = moment_of(self.history, None, play.at_s - play.heard_s)
        features = self._features(moment, [play.song], play.listed, play.at_s)
        odds = self.odds.log_odds(features)
        finished = not play.skipped
        self.truth.learn(np.append(1.0, odds), finished, ledger)
        self.odds.learn(features[:, 0], finished, ledger)
        row = np.append(features[:ALIKE, 0], 1 if finished else -1).astype(np.float32)
        before = self.kept if moment.live else np.zeros_like(self.kept)
        ledger.assign(self, "kept", np.concatenate([before[1:], row[None]]))
        self.facts.count(play, ledger)
        return features[:, 0], float(odds[0])

    def _features(
        self, moment: Moment, songs: Sequence[int], listed: bool, clock_s: float
    ) -> DoubleArray:  # fmt: skip
        """All features of a few songs, shape (features, songs), at no cost of the catalogue."""
        dense = np.array(songs, np.int64)
        self._slot[dense] = np.arange(len(dense))
        asked = self.facts.asked(moment)
        out = np.zeros((LAST_SONG + 1, len(dense)))
        out[:FIRST_SONG] = self.facts.now(moment, asked, listed, clock_s)[:, None]
        pool = Pool(dense, self._slot)
        out[FIRST_SONG:LAST_SONG] = self.facts.songs(moment, asked, pool, clock_s)
        self._slot[dense] = OUTSIDE
        if self._net is not None:
            weights, level = self._net.weights(self._read(moment))
            out[LAST_SONG] = weights @ out[:ALIKE] + level
        return out

    def _read(self, moment: Moment) -> FloatArray:
        """The net's state after the session's plays."""
        assert self._net is not None
        rows = self.kept[self.kept[:, -1] != 0] if moment.live else self.kept[:0]
        if self._state is not None and np.array_equal(self._state[0], rows):
            return self._state[1]
        if self._state is not None and len(rows) and np.array_equal(self._state[0], rows[:-1]):
            state, unread = self._state[1], rows[-1:]
        else:
            state, unread = self._net.start(), rows
        for row in unread:
            state = self._net.observe(state, row[:-1], row[-1] > 0)
        self._state = (rows, state)
        return state

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        """Write the column of the pool's songs."""
        if self.history.size == 0:
            return
        asked = self.facts.asked(moment)
        weights = self.odds.weights[FIRST_SONG:LAST_SONG].astype(np.float32)
        if self._net is not None:
            own, _ = self._net.weights(self._read(moment))
            weights[:-1] += np.float32(self.odds.weights[LAST_SONG]) * own[FIRST_SONG:]
        weights /= np.float32(SPREAD)
        above = self.facts.weighed(weights, moment, asked, pool, moment.now_s)
        np.clip(above, -1.5, 1.5, out=out[0])

    def chances(
        self, moment: Moment, songs: Sequence[int], listed: bool = True
    ) -> DoubleArray | None:  # fmt: skip
        """The chance of each dense song, put on now, to be played to the end, each within 0 and 1,
        shape (songs,); None before there are plays enough to tell."""
        if self.history.size < FEWEST or not len(songs):
            return None
        return chance_of(self._believed(self._features(moment, songs, listed, moment.now_s)))

    def reason(self, moment: Moment, song: int) -> str:
        """What speaks most for this chance, or against it where it is less than even."""
        features = self._features(moment, [song], True, moment.now_s)
        likely = bool(self._believed(features)[0] >= 0)
        gains = self.odds.weights * features[:, 0]
        return finish_sentence(self.facts, song, gains, likely, moment.live, moment.now_s)

    def _believed(self, features: DoubleArray) -> DoubleArray:
        """The log-odds at features of shape (features, songs), as far as they can be believed."""
        odds = self.odds.log_odds(features)
        return self.truth.log_odds(np.stack([np.ones(len(odds)), odds]))


def _odds_of(features: Sequence[Feature]) -> OnlineOdds:
    """The belief to begin with."""
    prior, variance, lowest, highest = np.array(features).T
    return OnlineOdds(prior, variance, lowest, highest)


def _until(log: History, turn: int) -> History:
    """A log of its own that holds the plays before a turn."""
    history = History(log.catalogue)
    history.load_sessions(
        log.song[:turn], log.at_s[:turn], log.skipped[:turn], log.quick[:turn],
        np.diff(log.session[:turn], prepend=-1) > 0, max(256, turn), log.listed[:turn],
    )  # fmt: skip
    return history
