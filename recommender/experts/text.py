"""What is written of the songs, compared with this session; silent until words were learnt."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.history import History
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment, session_plays
from recommender.experts.trained import Trained
from recommender.vectors.song_vectors import MISSING, SongVectors
from recommender.vectors.text import TextVectors

PROPOSED = 200
SESSION_SONGS = 24
FADE = 0.85
"""What a song of the session weighs beside the one after it."""

WHOLE = 4
"""A pool of more than one song in so many is computed as a whole, which gathers no rows."""


class Text(Expert):
    """Cosines of text vectors: with the session's faded mean, and with its last song.

    Songs that were skipped are no examples; songs of the session have zeros. `text_cold` is
    `text_session` for songs never heard. Nothing is kept but the vectors: an undo needs nothing.
    """

    name = "text"
    columns = ("text_session", "text_last", "text_cold")
    most = PROPOSED

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._text: TextVectors | None = None
        self._vectors: SongVectors | None = None
        self._row: IndexArray = np.zeros(0, np.int64)
        self._song: IndexArray = np.zeros(0, np.int64)

    def adopt(self, trained: Trained | None) -> None:
        """Go by these vectors from now on, or by none."""
        self._text = None if trained is None else trained.text
        self._vectors = None if self._text is None else self._text.songs
        self.grow()

    def grow(self) -> None:
        """Find the vector of every song of the catalogue; new songs get theirs from their tags."""
        if self._text is None or self._vectors is None:
            return
        songs = self.catalogue.songs
        ids = np.fromiter((song.song_id for song in songs), np.int64, len(songs))
        strange = np.flatnonzero(self._vectors.rows(ids) == MISSING)
        if len(strange):
            new = self._text.vectors_for([songs[place] for place in strange.tolist()])
            self._vectors = self._vectors.joined(ids[strange], new)
        self._row = self._vectors.rows(ids)
        self._song = np.full(len(self._vectors), MISSING, np.int64)
        self._song[self._row] = np.arange(len(ids))

    def propose(self, moment: Moment) -> IndexArray:
        """The songs nearest to the session, or to the last song when the session has none."""
        mean = self._mean(moment)
        if mean is None or self._vectors is None:
            return super().propose(moment)
        heard = self._row[self._examples(moment)]
        rows, _ = self._vectors.nearest_rows(mean, PROPOSED, "cosine", heard)
        songs = self._song[rows]
        there: IndexArray = songs[songs != MISSING]
        return there

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        """Write the columns of the pool's songs."""
        mean = self._mean(moment)
        if mean is None or self._vectors is None:
            return
        last = self._vectors.matrix[self._row[moment.anchor]].astype(np.float32)
        wanted = np.stack([mean, last], axis=1)
        matrix, rows = self._vectors.matrix, self._row[pool.songs]
        if matrix.dtype == np.float32 and WHOLE * len(rows) > len(matrix):
            out[:2] = (matrix @ wanted).T[:, rows]
        else:
            out[:2] = (matrix[rows].astype(np.float32) @ wanted).T
        there = pool.slots(np.unique(np.append(moment.session, moment.anchor)))
        out[:2, there] = 0
        out[2] = out[0] * (self.history.plays[pool.songs] == 0)

    def _examples(self, moment: Moment) -> IndexArray:
        """The session's songs that were not skipped, newest first; the last song if none was."""
        session, skipped = session_plays(self.history, moment, SESSION_SONGS)
        kept: IndexArray = session[~skipped].astype(np.int64)
        if not len(kept) and moment.anchor >= 0:
            return np.array([moment.anchor], np.int64)
        return kept

    def _mean(self, moment: Moment) -> FloatArray | None:
        """The direction of the session, (dim,), None when nothing is known of it."""
        if self._vectors is None or moment.anchor < 0:
            return None
        songs = self._examples(moment)
        weights = (FADE ** np.arange(len(songs))).astype(np.float32)
        mean: FloatArray = weights @ self._vectors.matrix[self._row[songs]].astype(np.float32)
        size = float(np.linalg.norm(mean))
        return mean / np.float32(size) if size > 1e-6 else None
