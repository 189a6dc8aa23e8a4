"""The state behind a sequence model's list: the session as the model has read it, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.api import Play, Reaction
from recommender.data.arrays import BoolArray, FloatArray
from recommender.data.catalogue import Catalogue
from recommender.data.history import SESSION_GAP_S, History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Moment, moment_of
from recommender.experts.rocchio import Rocchio
from recommender.experts.sequence import LONGEST_SESSION, feedback_of, read_from
from recommender.live.events import EventState
from recommender.live.served import Served, with_guesses

SHIFT, LIKED, LIKED_ARTIST, SAID = 1.0, 1.0, 0.5, 2.0
"""What words are worth, in nats: likeness to songs liked or turned down, a like, its artist, and a
word on the listener's own taste."""


@dataclass(frozen=True, slots=True)
class SequenceScored:
    """All songs scored at one moment: `scores` are the model's and the reactions' together.

    `known` are the songs that the model itself has scored, not their artists or genres.
    """

    moment: Moment
    pool: Pool
    scores: FloatArray
    model: FloatArray
    reactions: FloatArray
    known: BoolArray


class SequenceState(EventState):
    """One listener's log and reactions, and the model's state after the latest session.

    The model's states are values, so the journal keeps the earlier ones and an undo brings back
    the very same. Without a model, songs are scored by how often they were played.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        history = History(catalogue)
        super().__init__(history, Rocchio(history))
        self.served: Served | None = None
        self.session: Any = None
        self._scored: tuple[tuple[int, int, float], SequenceScored] | None = None

    def serve(self, served: Served | None) -> None:
        """Score with this model from now on."""
        self.served = served
        self.journal.clear()
        self._read_log()
        self.version += 1

    def scored(self, started: int | None, now_s: float) -> SequenceScored:
        """All songs scored now; the same answer is kept until an event changes it."""
        key = (self.version, -1 if started is None else started, now_s)
        if self._scored is None or self._scored[0] != key:
            moment = moment_of(self.history, started, now_s)
            pool = Pool.whole(len(self.catalogue))
            model, reactions = self._by_model(started, now_s), self._by_reactions(moment, pool)
            known = np.zeros(len(model), bool) if self.served is None else self.served.knows
            self._scored = (
                key, SequenceScored(moment, pool, model + reactions, model, reactions, known)
            )  # fmt: skip
        return self._scored[1]

    def _by_model(self, started: int | None, now_s: float) -> FloatArray:
        if self.served is None or not self.served.known:
            plays = self.history.plays - self.history.skips
            counted = np.log(np.maximum(plays, 0) + np.float32(0.5))
            return with_guesses(counted, self.history.plays > 0, self.catalogue)
        is_over = not self.history.size or now_s - self.log_end_s() > SESSION_GAP_S
        session = self.served.model.start() if is_over else self.session
        if started is not None:
            session = self._after(session, started, skipped=False)
        return self.served.scores(session)

    def _by_reactions(self, moment: Moment, pool: Pool) -> FloatArray:
        columns = np.zeros((len(self.rocchio.columns), len(pool)), np.float32)
        self.rocchio.fill(moment, pool, columns)
        weights = np.array([SHIFT, LIKED, LIKED_ARTIST, SAID], np.float32)
        total: FloatArray = weights @ columns
        return total

    def _after(self, session: Any, song: int, skipped: bool) -> Any:
        """The model's state after a song; the same as before if it is not told of it."""
        assert self.served is not None
        model, liked = self.served.model, bool(self.liked[song] > 0)
        said = feedback_of(model, skipped, liked, self.words_of_session().get(song))
        if said is None:
            return session
        return model.observe(session, int(self.served.codes[song]), said)

    def _take(self, play: LoggedPlay, event: Play, ledger: Ledger) -> None:
        self.history.append(play, ledger)
        if self.served is not None:
            ledger.assign(self, "session", self._read(self.history.size - 1, self.session))

    def _reacted(self, reaction: Reaction, ledger: Ledger) -> None:
        """What is said of a song of this session changes what a model has read of it."""
        if self.served is None:
            return
        index = self.catalogue.index_of.get(reaction.song_id)
        if index in self.history.song[self._session_start() : self.history.size]:
            ledger.assign(self, "session", self._read_session())

    def _read(self, turn: int, before: Any) -> Any:
        """The model's state after the play at `turn`, given the one before it."""
        assert self.served is not None
        history, start = self.history, self.history.mood_start
        if start > turn:
            return self.served.model.start()
        session = before if (turn - start) % LONGEST_SESSION else self.served.model.start()
        return self._after(session, int(history.song[turn]), bool(history.skipped[turn]))

    def _session_start(self) -> int:
        """The turn from which the latest session is read: where its mood began, or later."""
        return read_from(self.history.mood_start, self.history.size)

    def _read_session(self) -> Any:
        assert self.served is not None
        session = self.served.model.start()
        for turn in range(self._session_start(), self.history.size):
            session = self._read(turn, session)
        return session

    def _read_log(self) -> None:
        self.session = None if self.served is None else self._read_session()

    def load_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Start again from these reactions."""
        super().load_reactions(reactions)
        self._read_log()

    def _grow(self) -> None:
        if self.served is not None and self.served.align():
            self.journal.clear()
            self._read_log()

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over a log that `log_arrays` gave; raises KeyError or ValueError."""
        self.restore_log(arrays)
        self._read_log()
