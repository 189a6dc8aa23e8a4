"""How the songs sound, compared with this session and with what was heard before it.

A listener is the mean of what they heard, as in van den Oord, Dieleman and Schrauwen, "Deep
content-based music recommendation" (NIPS 2013): a song that nobody has played is judged as well.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from recommender.audio.hearing import Hearing
from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.history import History
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment, best_first, session_plays
from recommender.experts.trained import Trained
from recommender.vectors.song_vectors import MISSING, SongVectors

SESSION_SONGS = 24
FADE = 0.85
"""What a song of the session weighs beside the one after it."""

LONG_PLAYS = 2000
HALF_LIFE = 500.0
"""Plays before this session that make up the taste, and after how many one weighs half."""

LIKED = 3.0
"""So many plays weighs a like."""

BY_SESSION, BY_TASTE = 200, 100
WIDER = 4
"""So many times more songs are looked through where an index names the nearest."""

SPREADS = 3.0
LEAST, MOST = -1.0, 2.0
"""So many of the library's spreads count as 1 in the columns, which stay within these bounds."""

NEAR = 0.7
"""From so many spreads on two songs sound alike in words."""

SAMPLE = 5_000
WHOLE = 4
"""A pool of more than one song in so many is computed as a whole, which gathers no rows."""

TINY = 1e-6


class Likes(Protocol):
    """Who knows what was liked."""

    @property
    def liked(self) -> FloatArray:
        """Above 0 for liked songs, below for disliked ones, shape (songs,)."""


class Sound(Expert):
    """Likeness in sound to this session, to the last song and to the plays before this session.

    Each is a cosine, measured by what is usual in the library, so that it says the same whatever
    made the vectors. Songs that were skipped are no examples; songs of the session, and songs that
    were not listened to, have zeros. The same columns again, under `cold_`, fade as a song is
    played: sound leads while nothing else is known. All of it follows from the log and the likes,
    so that an undo needs nothing of its own.
    """

    name = "sound"
    columns = (
        "sound_session", "sound_last", "sound_long", "cold_session", "cold_last", "cold_long",
    )  # fmt: skip
    most = BY_SESSION + BY_TASTE

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.likes: Likes | None = None
        self._vectors: SongVectors | None = None
        self._is_adopted = False
        self._row: IndexArray = np.zeros(0, np.int64)
        self._song: IndexArray = np.zeros(0, np.int64)
        self._usual: FloatArray = np.zeros(0, np.float32)
        self._varies: FloatArray = np.zeros((0, 0), np.float32)
        self._long: tuple[IndexArray, IndexArray, FloatArray | None] | None = None

    def hear(self, hearing: Hearing | None) -> None:
        """Go by these sounds from now on, or by none."""
        self._vectors = None if hearing is None or not len(hearing.songs) else hearing.songs
        self._is_adopted = False
        self.grow()

    def adopt(self, trained: Trained | None) -> None:
        """Go by a training's sounds; without any, those it gave before are laid aside."""
        sound = None if trained is None else trained.sound
        if sound is not None or self._is_adopted:
            self.hear(sound)
            self._is_adopted = sound is not None

    def grow(self) -> None:
        """Find the vector of every song of the catalogue, and what is usual among them."""
        self._long = None
        if self._vectors is None:
            return
        songs = self.catalogue.songs
        ids = np.fromiter((song.song_id for song in songs), np.int64, len(songs))
        self._row = self._vectors.rows(ids)
        there = np.flatnonzero(self._row != MISSING)
        self._song = np.full(len(self._vectors), MISSING, np.int64)
        self._song[self._row[there]] = there
        sampled = self._matrix(self._row[there][:: max(1, len(there) // SAMPLE)])
        count = max(1, len(sampled))
        self._usual = sampled.sum(0) / np.float32(count)
        self._varies = sampled.T @ sampled / np.float32(count)
        self._varies -= np.outer(self._usual, self._usual)

    def propose(self, moment: Moment) -> IndexArray:
        """Songs never played: those nearest to the session, then those nearest to the taste."""
        found: list[int] = []
        if self._vectors is not None:
            session, taste = self._session(moment), self._taste(moment)
            for query, most in ((session, BY_SESSION), (taste, BY_TASTE)):
                if query is not None:
                    found += self._new_near(query, self._vectors, most).tolist()
        return np.array(list(dict.fromkeys(found)), np.int64)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        """Write the columns of the pool's songs."""
        queries = self._queries(moment)
        if self._vectors is None or not queries.any():
            return
        rows = self._row[pool.songs]
        known = np.flatnonzero(rows != MISSING)
        out[:3, known] = self._measured(queries, rows[known])
        here = np.unique(np.append(moment.session, moment.anchor))
        out[:3, pool.slots(here[here >= 0])] = 0
        out[3:] = out[:3] / (1 + self.history.plays[pool.songs])

    def nearest(self, song: int, others: IndexArray) -> int:
        """Which of the other songs sounds most like `song`, MISSING when none sounds alike."""
        if self._vectors is None or self._row[song] == MISSING:
            return MISSING
        others = others[(self._row[others] != MISSING) & (others != song)]
        if not len(others):
            return MISSING
        near = self._measured(self._matrix(self._row[[song]]), self._row[others])[0]
        best = int(near.argmax())
        return int(others[best]) if near[best] * SPREADS >= NEAR else MISSING

    def examples(self, moment: Moment) -> IndexArray:
        """The session's songs that were not skipped, newest first; the last song if none was."""
        session, skipped = session_plays(self.history, moment, SESSION_SONGS)
        kept: IndexArray = session[~skipped].astype(np.int64)
        if not len(kept) and moment.anchor >= 0:
            return np.array([moment.anchor], np.int64)
        return kept

    def _matrix(self, rows: IndexArray) -> FloatArray:
        assert self._vectors is not None
        found: FloatArray = self._vectors.matrix[rows].astype(np.float32)
        return found

    def _measured(self, queries: FloatArray, rows: IndexArray) -> FloatArray:
        """How far the rows are nearer to each query than is usual, (queries, rows)."""
        assert self._vectors is not None
        matrix = self._vectors.matrix
        if matrix.dtype == np.float32 and WHOLE * len(rows) > len(matrix):
            near = (queries @ matrix.T)[:, rows]
        else:
            near = queries @ self._matrix(rows).T
        varies = np.einsum("ij,jk,ik->i", queries, self._varies, queries)
        spread = np.sqrt(np.maximum(varies, 0)) * np.float32(SPREADS)
        above = near - (queries @ self._usual)[:, None]
        scaled = np.divide(above, spread[:, None], out=np.zeros_like(above),
                           where=spread[:, None] > TINY)  # fmt: skip
        result: FloatArray = np.clip(scaled, LEAST, MOST)
        return result

    def _new_near(self, query: FloatArray, vectors: SongVectors, most: int) -> IndexArray:
        """The songs never played that are nearest to a query, best first."""
        if vectors.matrix.dtype == np.float32:
            near: FloatArray = vectors.matrix @ query
            songs = np.flatnonzero((self.history.plays == 0) & self.catalogue.active)
            songs = songs[self._row[songs] != MISSING]
            return best_first(songs, near[self._row[songs]], most)
        rows, _ = vectors.nearest_rows(query, WIDER * most, "cosine", np.zeros(0, np.int64))
        found = self._song[rows]
        found = found[found != MISSING]
        new: IndexArray = found[self.history.plays[found] == 0][:most]
        return new

    def _queries(self, moment: Moment) -> FloatArray:
        """Session, last song and taste, (3, dim); zeros for what is not known."""
        if self._vectors is None:
            return np.zeros((3, 0), np.float32)
        queries = np.zeros((3, self._vectors.dim), np.float32)
        last = self._mean(self._row[[moment.anchor]], np.ones(1)) if moment.anchor >= 0 else None
        for row, query in enumerate((self._session(moment), last, self._taste(moment))):
            if query is not None:
                queries[row] = query
        return queries

    def _session(self, moment: Moment) -> FloatArray | None:
        songs = self.examples(moment)
        return self._mean(self._row[songs], FADE ** np.arange(len(songs)))

    def _taste(self, moment: Moment) -> FloatArray | None:
        """The mean of the plays before this session and of the likes; kept until these change."""
        history = self.history
        turns = slice(max(0, moment.mood_turn - LONG_PLAYS), moment.mood_turn)
        played = np.where(history.skipped[turns], MISSING, self._row[history.song[turns]])
        liked = np.zeros(0, np.int64)
        if self.likes is not None:
            liked = self._row[np.flatnonzero(self.likes.liked > 0)]
            disliked = self._row[np.flatnonzero(self.likes.liked < 0)]
            played[np.isin(played, disliked)] = MISSING
        kept = self._long
        if kept is None or not (np.array_equal(kept[0], played) and np.array_equal(kept[1], liked)):
            faded = 0.5 ** (np.arange(len(played))[::-1] / HALF_LIFE)
            weights = np.append(faded, np.full(len(liked), LIKED))
            self._long = (played, liked, self._mean(np.append(played, liked), weights))
            kept = self._long
        return kept[2]

    def _mean(self, rows: IndexArray, weights: FloatArray | np.ndarray) -> FloatArray | None:
        """The direction of these rows together, (dim,), None when none of them is known."""
        known = rows != MISSING
        if not known.any():
            return None
        mean: FloatArray = weights[known].astype(np.float32) @ self._matrix(rows[known])
        size = float(np.linalg.norm(mean))
        return mean / np.float32(size) if size > TINY else None
