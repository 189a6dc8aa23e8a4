"""Any sequence model as a live recommender: taught by the plays, or trained elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from recommender.api import CheckpointError, Event, Song, Taste
from recommender.data.catalogue import Catalogue
from recommender.live.checkpoint import in_words, read_parts, write_parts
from recommender.live.events import without_retracted
from recommender.live.listed import ListedRecommender, Ranking
from recommender.live.sequence_reasons import SequenceReasons
from recommender.live.sequence_state import SequenceScored, SequenceState
from recommender.live.served import Served, by_id, by_name
from recommender.live.taste import taste_of
from recommender.live.teaching import Lesson, lesson_of
from recommender.models.base import SequenceModel
from recommender.models.checkpoint import CONFIG, load_model
from recommender.models.registry import model_class
from recommender.training.settings import TrainingError

FEW_PLAYS = 20
NEW_SHARE = 4
"""A lesson is due when a quarter of the plays read before has come anew."""

MODEL = "model"


class SequenceRecommender(ListedRecommender):
    """The five verbs over one kind of model; with `trained` that very model, never taught here.

    Events move the model's state at once; its weights change with a lesson only, so that the same
    events give the same list between two lessons.
    """

    def __init__(
        self,
        kind: type[SequenceModel[Any]],
        trained: SequenceModel[Any] | None = None,
        songs: Sequence[Song] = (),
        version: str = "",
    ) -> None:
        self._kind, self._trained = kind, trained
        self.model_version = version or f"{kind.name}-{kind.version}"
        self._plays_read = 0
        self._trouble = ""
        self._take_over(SequenceState(Catalogue(songs)))
        super().__init__(self._state)

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        """Learn from a catalogue and its events in order of time, forgetting what was before."""
        state = SequenceState(Catalogue(songs))
        state.load(without_retracted(events, songs))
        self._started = None
        self._plays_read, self._trouble = 0, ""
        self._take_over(state)
        lesson = self.lesson()
        if lesson is not None:
            try:
                self.adopt(lesson, lesson.learn())
            except TrainingError as error:
                self.adopt(lesson, error)

    def lesson(self) -> Lesson | None:
        """What the model should learn by now, None while little is new or nothing is to learn."""
        size = self._state.history.size
        if self._trained or size - self._plays_read < max(FEW_PLAYS, self._plays_read // NEW_SHARE):
            return None
        return lesson_of(self._kind, self._state.history, np.flatnonzero(self._state.liked > 0))

    def adopt(self, lesson: Lesson, learnt: SequenceModel[Any] | TrainingError) -> None:
        """Go on with what a lesson gave; after an error the model is the one that was before."""
        self._plays_read = lesson.plays
        if isinstance(learnt, TrainingError):
            self._trouble = str(learnt)
            return
        self._trouble = ""
        self._state.serve(Served(learnt, by_id, self._state.catalogue))

    def taste(self) -> Taste:
        """What the plays say of the listener now; without experts and weeks."""
        return taste_of(self._state, None, self.model_version, *self._context())

    def save(self, folder: Path) -> None:
        """Write a checkpoint; a model taught here lies in its folder `model`."""
        served = self._state.served
        own = {
            "kind": self._kind.name,
            "model_version": self.model_version,
            "plays_read": self._plays_read,
            "trouble": self._trouble,
            "taught": served is not None and self._trained is None,
        }
        write_parts(folder, self._state, self._state.log_arrays(), own)
        if served is not None and self._trained is None:
            served.model.save(folder / MODEL)

    def restore(self, folder: Path) -> None:
        """Take over a checkpoint of the same kind; raises CheckpointError in words."""
        with in_words(folder):
            parts = read_parts(folder)
            if parts.config["model_version"] != self.model_version:
                raise CheckpointError(
                    f"The checkpoint in {folder} is of {parts.config['model_version']}, "
                    f"not of {self.model_version}."
                )
            state = SequenceState(parts.catalogue)
            state.restore_log(parts.arrays)
            parts.fill(state)
            if parts.config["taught"]:
                state.serve(Served(load_model(folder / MODEL), by_id, state.catalogue))
            self._plays_read = int(parts.config["plays_read"])
            self._trouble = str(parts.config["trouble"])
        self._take_over(state)

    @classmethod
    def load(cls, folder: Path) -> SequenceRecommender:
        """Read a checkpoint of a model taught here; raises CheckpointError in words."""
        with in_words(folder):
            made = cls(model_class(str(read_parts(folder).config["kind"])))
        made.restore(folder)
        return made

    def _take_over(self, state: SequenceState) -> None:
        self._state = self._events = state
        if self._trained is not None:
            state.serve(Served(self._trained, by_name, state.catalogue))

    def _ranking(self, also: Collection[int] = ()) -> SequenceScored:
        return self._state.scored(*self._context())

    def _speaker(self, ranking: Ranking) -> SequenceReasons:
        state = self._state
        assert isinstance(ranking, SequenceScored)
        asked = state.rocchio.asked(ranking.moment)
        return SequenceReasons(state.history, ranking, state.liked, self._kind.title, asked)

    def _usual_note(self) -> str:
        title, served = self._kind.title, self._state.served
        if self._trouble:
            return f"{title} could not learn from your plays: {self._trouble}"
        if served is None:
            return f"Only a few plays yet: {title} begins to learn at {FEW_PLAYS}."
        if self._trained is None:
            return f"{title}, taught by your {self._plays_read:,} plays."
        songs = f"{served.known:,} of your {self.songs:,} songs"
        return f"{title}, trained elsewhere: it knows {songs}."


@dataclass(frozen=True)
class Sequences:
    """Makes and loads recommenders of one choice: a registered name, or a trained model's folder.

    Raises UnknownModelError or CheckpointError in words when the choice cannot be had.
    """

    name: str = ""
    folder: Path | None = None

    def __call__(self) -> SequenceRecommender:
        """A new recommender that knows no song and no event."""
        if self._trained is not None:
            kind = type(self._trained)
            return SequenceRecommender(kind, self._trained, version=f"{kind.name}-{self._digest}")
        return SequenceRecommender(model_class(self.name))

    def load(self, folder: Path) -> SequenceRecommender:
        """A recommender from its checkpoint; raises CheckpointError in words."""
        made = self()
        made.restore(folder)
        return made

    @cached_property
    def _trained(self) -> SequenceModel[Any] | None:
        return None if self.folder is None else load_model(self.folder)

    @cached_property
    def _digest(self) -> str:
        assert self.folder is not None
        return hashlib.sha256((self.folder / CONFIG).read_bytes()).hexdigest()[:8]
