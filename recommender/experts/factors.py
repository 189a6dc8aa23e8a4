"""Factors: which songs lie near this session, and near the listener's taste, in few numbers."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.history import History
from recommender.data.pool import Pool
from recommender.data.vocabulary import UNKNOWN
from recommender.experts.base import Expert, Moment, best_first, session_plays
from recommender.experts.once import Once
from recommender.experts.trained import Trained
from recommender.models.counting import weighed
from recommender.models.factors import Factors as SongFactors
from recommender.models.factors import similarity

REACH = 30
FADE = 0.9
SKIPPED = -0.3
"""What a skipped song weighs in its session, where the latest song weighs 1."""

LONG_PLAYS = 2000
HALF_LIFE = 500.0
"""Plays before this session that make up the taste, and after how many one weighs half."""

LONG_WEIGHT = 30.0
"""What they weigh together: had each its full weight, all songs heard would be liked alike."""


class Factors(Expert):
    """Likeness to this session, to the plays before it and to the last song.

    `fac_session` folds in the songs of this session, the latest most; `fac_long` the plays before
    it, fading, so that the two are kept apart; `fac_last` is the cosine to the last song that was
    not skipped. A song without a vector has its artist's mean, or zeros. All of it follows from
    the log, so that an undo needs nothing of its own.
    """

    name = "factors"
    columns = ("fac_session", "fac_long", "fac_last")
    most = 500

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._factors: SongFactors | None = None
        self._place: IntArray = np.zeros(0, np.int32)
        self._song: IndexArray = np.zeros(0, np.int64)
        self._artist_place: IntArray = np.zeros(0, np.int32)
        self._artist_of: IndexArray = np.zeros(0, np.int64)
        self._long: tuple[IntArray, FloatArray] | None = None
        self._likeness = Once(history, self._compare)

    def adopt(self, trained: Trained | None) -> None:
        """Go by these vectors from now on, or by none."""
        self._factors = None if trained is None else trained.factors
        self._long = None
        self._likeness = Once(self.history, self._compare)
        self.grow()

    def grow(self) -> None:
        """Find the vector of every song of the catalogue, and the artists of all vectors."""
        if self._factors is None:
            return
        index_of, catalogue = self.catalogue.index_of, self.catalogue
        found = [index_of.get(song_id, UNKNOWN) for song_id in self._factors.ids.tolist()]
        self._song = np.array(found, np.int64)
        there = np.flatnonzero(self._song != UNKNOWN)
        self._place = np.full(len(catalogue), UNKNOWN, np.int32)
        self._place[self._song[there]] = there
        artists, codes = np.unique(catalogue.artist[self._song[there]], return_inverse=True)
        self._artist_place = np.full(catalogue.artists, UNKNOWN, np.int32)
        self._artist_place[artists] = np.arange(len(artists))
        self._artist_of = np.full(len(found), len(artists), np.int64)
        self._artist_of[there] = codes

    def directions(self, songs: IndexArray) -> FloatArray | None:
        """The vectors of these songs at length 1, zeros for one without, (songs, dim); None before
        there are any."""
        if self._factors is None:
            return None
        places = self._place[songs]
        known = places != UNKNOWN
        found = np.zeros((len(songs), self._factors.dim), np.float32)
        lengths = np.maximum(self._factors.norms[places[known]], np.finfo(np.float32).tiny)
        found[known] = self._factors.vectors[places[known]] / lengths[:, None]
        return found

    def propose(self, moment: Moment) -> IndexArray:
        """The songs nearest to this session, or to the taste before its first song."""
        if self._factors is None:
            return super().propose(moment)
        near = self._likeness(moment)
        amounts = near[0] if near[0].any() else near[1]
        there = np.flatnonzero((self._song != UNKNOWN) & (amounts > 0))
        return best_first(self._song[there], amounts[there], self.most)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        """Write the columns of the pool's songs, and their artists' means where they have none."""
        if self._factors is None:
            return
        near = self._likeness(moment)
        places = self._place[pool.songs]
        known = places != UNKNOWN
        out[:, known] = near[:, places[known]]
        rest = np.flatnonzero(~known)
        artists = self._artist_place[self.catalogue.artist[pool.songs[rest]]]
        rest, artists = rest[artists != UNKNOWN], artists[artists != UNKNOWN]
        counts = np.bincount(self._artist_of)
        for row, values in enumerate(near):
            sums = np.bincount(self._artist_of, values)
            out[row, rest] = sums[artists] / counts[artists]

    def _compare(self, moment: Moment) -> FloatArray:
        """Every vector's likeness to the session, the taste and the last song, (3, vectors)."""
        factors = self._factors
        assert factors is not None
        queries = np.zeros((3, factors.dim), np.float32)
        queries[0] = self._session(moment, factors)
        queries[1] = self._taste(moment, factors)
        last = int(self._place[moment.anchor]) if moment.anchor >= 0 else UNKNOWN
        near = similarity(queries, factors.vectors, factors.norms)
        if last != UNKNOWN:
            near[2] = similarity(factors.vectors[last], factors.vectors, factors.norms, "cosine")
        return near

    def _session(self, moment: Moment, factors: SongFactors) -> FloatArray:
        """The vector of this session's songs, (dim,), the latest weighing most."""
        session, skipped = session_plays(self.history, moment, REACH)
        places = self._place[session]
        weights = np.where(skipped, SKIPPED, 1.0) * FADE ** np.arange(len(session))
        known = places != UNKNOWN
        songs, first = np.unique(places[known], return_index=True)
        return factors.fold_in(songs, weights[known][first])

    def _taste(self, moment: Moment, factors: SongFactors) -> FloatArray:
        """The vector of the plays before this session, (dim,); kept until these change."""
        history = self.history
        turns = slice(max(0, moment.mood_turn - LONG_PLAYS), moment.mood_turn)
        played = np.where(history.skipped[turns], UNKNOWN, self._place[history.song[turns]])
        if self._long is None or not np.array_equal(self._long[0], played):
            faded: DoubleArray = 0.5 ** (np.arange(len(played))[::-1] / HALF_LIFE)
            known = played != UNKNOWN
            sums = weighed(played[known], faded[known], len(factors.ids))
            songs = np.flatnonzero(sums)
            weights = sums[songs] * LONG_WEIGHT / max(LONG_WEIGHT, sums.sum())
            self._long = (played, factors.fold_in(songs, weights))
        return self._long[1]
