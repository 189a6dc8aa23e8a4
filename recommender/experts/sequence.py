"""What a net that read the listener's own sessions expects next; silent until one was trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from recommender.api import ReactionKind
from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.data.corpus import Feedback
from recommender.data.history import History
from recommender.data.pool import Pool
from recommender.data.vocabulary import UNKNOWN
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.trained import Trained
from recommender.models.base import SequenceModel

LONGEST_SESSION = 256
"""A session that goes on for longer is read as several: its beginning says nothing any more."""

SPREAD = 4.0
"""Nats that count as 1 in the columns, so that they are about as large as the others."""

FLOOR = -1.0
LEADING = 10.0

TURNED_DOWN = frozenset({ReactionKind.LESS, ReactionKind.NOT_NOW})


class Reactions(Protocol):
    """What was said of the songs; `liked` is above 0 for liked songs, shape (songs,)."""

    @property
    def liked(self) -> FloatArray:
        """The lasting opinions."""

    def words_of_session(self) -> Mapping[int, ReactionKind]:
        """What was said last, of the moment, of each dense song in the session of the last play."""


def read_from(start: int, size: int) -> int:
    """The turn from which a session that began at `start` is read, of a log of `size` plays."""
    return start + max(0, size - 1 - start) // LONGEST_SESSION * LONGEST_SESSION


def reads_feedback(options: Any) -> bool:
    """Whether a model tells a skip from a play; one that does not is not told of skips."""
    return bool(getattr(options, "feedback", False))


def feedback_of(
    model: SequenceModel[Any], skipped: bool, liked: bool, word: ReactionKind | None
) -> Feedback | None:
    """As what a model is told of a song; None for one of which it is not told.

    A song that was turned down in this session counts as skipped, one that more was asked of as
    liked; a model that reads no feedback is told of neither skips nor refusals.
    """
    if skipped or word in TURNED_DOWN:
        return Feedback.SKIPPED if reads_feedback(model.options) else None
    return Feedback.LIKED if liked or word is ReactionKind.MORE else Feedback.PLAYED


class Sequence(Expert):
    """A sequence model's chances of each song, given the session so far.

    `seq` is the log of how much likelier than by chance a song is, `seq_lead` is 1 for the
    likeliest song and falls to a half at the tenth place. Songs outside the model's vocabulary
    have zeros. The model's state follows from the log and the reactions alone: the steps of the
    session are kept and read on from, so that an undo needs nothing of its own.
    """

    name = "sequence"
    columns = ("seq", "seq_lead")
    most = 300

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.reactions: Reactions | None = None
        """What the session is read with; without it only plays and skips count."""
        self._model: SequenceModel[Any] | None = None
        self._codes: IntArray = np.zeros(0, np.int32)
        self._songs: IndexArray = np.zeros(0, np.int64)
        self._read: list[tuple[int, int]] = []
        self._states: list[Any] = []
        self._answer: FloatArray | None = None

    def adopt(self, trained: Trained | None) -> None:
        """Go by this model from now on, or by none."""
        self._model = None if trained is None else trained.sequence
        self._read, self._states, self._answer = [], [], None
        self.grow()

    def grow(self) -> None:
        """Find the code of every song of the catalogue, and the song of every code."""
        if self._model is None:
            return
        code_of = self._model.vocabulary.code_of
        found = [code_of.get(str(song.song_id), UNKNOWN) for song in self.catalogue.songs]
        self._codes = np.array(found, np.int32)
        self._songs = np.full(len(self._model.vocabulary), UNKNOWN, np.int64)
        known = np.flatnonzero(self._codes != UNKNOWN)
        self._songs[self._codes[known]] = known

    def propose(self, moment: Moment) -> IndexArray:
        """The likeliest songs."""
        if self._model is None or not moment.recent:
            return super().propose(moment)
        logs = self._logs(moment)
        songs = self._songs[best_first(np.arange(len(logs)), logs, self.most)]
        there: IndexArray = songs[songs != UNKNOWN]
        return there

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        """Write both columns of the pool's songs."""
        if self._model is None or not moment.recent:
            return
        logs = self._logs(moment)
        codes = self._codes[pool.songs]
        known = np.flatnonzero(codes != UNKNOWN)
        own = logs[codes[known]]
        out[0, known] = np.maximum((own + np.log(len(logs))) / SPREAD, FLOOR)
        places = np.searchsorted(np.sort(-logs), -own)
        out[1, known] = LEADING / (LEADING + places)

    def _logs(self, moment: Moment) -> FloatArray:
        """The model's log-probabilities after this session, shape (songs of its vocabulary,)."""
        assert self._model is not None
        session = self._session(moment)
        same = 0
        while same < min(len(session), len(self._read)) and session[same] == self._read[same]:
            same += 1
        if same == len(session) == len(self._read) and self._answer is not None:
            return self._answer
        del self._read[same:], self._states[same:]
        state = self._states[-1] if self._states else self._model.start()
        for code, said in session[same:]:
            state = self._model.observe(state, code, said)
            self._read.append((code, said))
            self._states.append(state)
        self._answer = self._model.log_probabilities(state)
        return self._answer

    def _session(self, moment: Moment) -> list[tuple[int, int]]:
        """Code and feedback of the songs of this mood of the session, the oldest first."""
        assert self._model is not None
        history = self.history
        first = read_from(moment.mood_turn, history.size)
        heard = history.song[first : history.size].tolist()
        skipped = history.skipped[first : history.size].tolist()
        if moment.turn > history.size:
            heard, skipped = [*heard, moment.current], [*skipped, False]
        reactions = self.reactions
        words: Mapping[int, ReactionKind] = (
            {} if reactions is None else reactions.words_of_session()
        )
        session = []
        for song, was_skipped in zip(heard, skipped, strict=True):
            liked = reactions is not None and bool(reactions.liked[song] > 0)
            said = feedback_of(self._model, was_skipped, liked, words.get(song))
            if said is not None:
                session.append((int(self._codes[song]), int(said)))
        return session
