"""The model of the recommender's process, in step with the database: made, restored, saved."""

from __future__ import annotations

import logging
import math
import sqlite3
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from app.autoplay import checkpoints
from app.autoplay.adoption import Trainable
from app.autoplay.catalogue import Catalogue, read_catalogue, read_past
from app.autoplay.checkpoints import Taken
from app.autoplay.sounds import Hearer, nearest
from app.autoplay.steady_clock import SteadyClock
from app.autoplay.study import Learner, Lesson
from app.library.database import open_database
from app.listening import history
from recommender.api import (
    AgentStanding,
    CheckpointError,
    Event,
    Explanation,
    Forgotten,
    Lasting,
    Play,
    Recommendation,
    Recommender,
    Retracted,
    Song,
    Started,
    Taste,
    Tuning,
)
from recommender.audio.hearing import Hearing

log = logging.getLogger(__name__)

WORTH_SAVING = 1_000
"""A lesson counts as so many unsaved events."""

SAME_START_S = 1.0
"""A play whose end less what was heard comes so close to a start is the one that started."""


class ModelBrokenError(Exception):
    """The model gives no usable answers."""


class LiveRecommender(Recommender, Protocol):
    """What is asked of a recommender that lives through changes of the library."""

    model_version: str

    @property
    def note(self) -> str:
        """What the user should know of the latest list, or an empty string."""

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on; a checkpoint does not keep it."""

    def set_catalogue(self, songs: Sequence[Song]) -> None:
        """Make these the whole catalogue; what was learned of songs that stay is kept."""

    def remove_songs(self, song_ids: Sequence[int]) -> None:
        """Leave songs out of lists; what was learned of them is kept."""


@runtime_checkable
class Believer(Protocol):
    """A recommender that can say what it believes of its listener."""

    def taste(self) -> Taste:
        """What it believes now."""


@runtime_checkable
class Judged(Protocol):
    """A recommender with an agent that is held against its usual order."""

    def standing(self) -> AgentStanding:
        """How the agent did."""


class Factory(Protocol):
    """Makes and loads recommenders; a recommender's class is one."""

    def __call__(self) -> LiveRecommender:
        """One that knows nothing yet."""

    def load(self, folder: Path) -> LiveRecommender:
        """One from its checkpoint; raises CheckpointError in words."""


class KeptModel:
    """A model that holds each saved event once, whatever way it came."""

    def __init__(self, factory: Factory, database: Path, checkpoint_folder: Path) -> None:
        self._factory = factory
        self._database = database
        self._folder = checkpoint_folder
        self._model = factory()
        self._undone: set[int] = set()
        self._forgettings: set[int] = set()
        self._started: Started | None = None
        self._tuning = Tuning()
        self._trained: Any = None
        self._hearing: Hearing | None = None
        self._is_sound = True
        self._clock = SteadyClock()
        self.last_event_id = 0
        self.events = 0
        self.songs = 0
        self.unsaved = 0
        self.must_learn = False
        """Something was forgotten, or a forgetting taken back: `learn_anew` is due."""

    @property
    def version(self) -> str:
        """The model's own name for itself."""
        return self._model.model_version

    @property
    def _own_version(self) -> str:
        """The same without a training's: a checkpoint holds none, it is taken over anew."""
        return self.version.partition("+")[0]

    @property
    def note(self) -> str:
        """What the user should know of the latest list, or an empty string."""
        return self._model.note

    def make(self) -> None:
        """Restore the newest checkpoint that fits and what came after it, else learn it all."""
        with closing(open_database(self._database, read_only=True)) as connection:
            connection.execute("BEGIN")
            catalogue = read_catalogue(connection)
            self._forgettings = set(history.forgettings(connection))
            if not self._restore(connection, catalogue):
                self._learn(connection, catalogue)
            self._hide(catalogue)
            self._model.tune(self._tuning)
            self.adopt_trained(self._trained)
            if self._hearing is not None:
                self.hear(self._hearing)
            self.events = connection.execute("SELECT count(*) FROM events").fetchone()[0]

    def observe(self, event: Event) -> None:
        """Take an event in, unless it is there already; what is forgotten waits for learning."""
        if isinstance(event, Started):
            self._started = event
            self._tell_started()
        elif isinstance(event, Retracted):
            self._retract(event)
        elif event.event_id > self.last_event_id:
            self._take(event)

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on, whatever model comes."""
        self._tuning = tuning
        self._model.tune(tuning)

    def recommend(self, n: int, exclude: AbstractSet[int]) -> tuple[Recommendation, ...]:
        """The list that fits now; raises ModelBrokenError when its scores are no numbers."""
        rows = tuple(self._model.recommend(n, exclude))
        self._is_sound = all(math.isfinite(row.score) for row in rows)
        if not self._is_sound:
            raise ModelBrokenError("The model's scores are no numbers.")
        return rows

    def learn_anew(self) -> None:
        """Drop what was kept and learn from the events alone."""
        self.must_learn = False
        checkpoints.forget(self._folder)
        self.make()
        if self._started is not None:
            self._tell_started()

    def lesson(self) -> Lesson | None:
        """What the model should learn by now; None for nothing, or if it learns by itself."""
        return self._model.lesson() if isinstance(self._model, Learner) else None

    def adopt(self, lesson: Lesson, learnt: Any) -> None:
        """Go on with what a lesson gave, and keep it at the next save."""
        if isinstance(self._model, Learner):
            self._model.adopt(lesson, learnt)
            self.unsaved += WORTH_SAVING

    def adopt_trained(self, trained: Any) -> bool:
        """Go on with a training's parts, None for without; says whether this model takes such."""
        if isinstance(self._model, Learner) or not isinstance(self._model, Trainable):
            return False
        if trained is not None or self._trained is not None:
            self._trained = trained
            self._model.adopt(trained)
        return True

    @property
    def learnt_hearing(self) -> Hearing | None:
        """What the training in use says of how songs sound, None for nothing."""
        return getattr(self._trained, "sound", None)

    @property
    def hearing(self) -> Hearing | None:
        """How the songs sound, as far as `hear` told."""
        return self._hearing

    def hear(self, hearing: Hearing | None) -> None:
        """Know how the songs sound from now on, whatever model comes."""
        self._hearing = hearing
        if isinstance(self._model, Hearer):
            self._model.hear(hearing)

    def near(self, song_id: int, n: int) -> tuple[tuple[int, ...], str]:
        """The songs that sound most like this one; or none, and in words why."""
        return nearest(self._model, song_id, n)

    def explain(self, song_id: int) -> Explanation | None:
        """Why a song stands where it does; None for one that the model does not know."""
        try:
            return self._model.explain(song_id)
        except KeyError:
            return None

    def taste(self) -> Taste | None:
        """What the model believes of its listener; None from one that holds no beliefs."""
        return self._model.taste() if isinstance(self._model, Believer) else None

    def standing(self) -> AgentStanding | None:
        """How the agent did against the usual order; None from a model that has none."""
        return self._model.standing() if isinstance(self._model, Judged) else None

    def refresh_catalogue(self) -> None:
        """Read the library again."""
        with closing(open_database(self._database, read_only=True)) as connection:
            catalogue = read_catalogue(connection)
        self._model.set_catalogue(catalogue.songs)
        self._hide(catalogue)

    def save(self) -> None:
        """Keep what was learned; a cache that cannot be written is only logged."""
        self.unsaved = 0
        if not self._is_sound:
            return
        try:
            with closing(open_database(self._database, read_only=True)) as connection:
                taken = checkpoints.taken_now(
                    connection, self.last_event_id, self._undone, self._clock, self._own_version
                )
            place = checkpoints.draft(self._folder)
            self._model.save(place)
            checkpoints.publish(place, taken)
        except OSError as problem:
            log.warning("What was learned could not be saved in %s: %s", self._folder, problem)

    def _restore(self, connection: sqlite3.Connection, catalogue: Catalogue) -> bool:
        """Load a checkpoint; the newest in which nothing was undone since, if there is one."""
        fitting = [
            (place, taken, checkpoints.undone_meanwhile(connection, taken))
            for place, taken in checkpoints.generations(self._folder)
            if checkpoints.fits(connection, taken, self._own_version)
        ]
        fitting = [each for each in fitting if not self._has_forgotten(*each[1:])]
        for place, taken, undone in sorted(fitting, key=lambda item: bool(item[2])):
            try:
                self._model = self._factory.load(place)
            except CheckpointError as problem:
                log.warning("%s", problem)
                continue
            self._model.set_catalogue(catalogue.songs)
            self._catch_up(connection, taken, undone)
            return True
        self._model = self._factory()
        return False

    def _has_forgotten(self, taken: Taken, undone: Sequence[int]) -> bool:
        """Whether something was forgotten since, or comes back: no event by itself says it all."""
        since = any(number > taken.last_event_id for number in self._forgettings)
        return since or not self._forgettings.isdisjoint(undone)

    def _catch_up(
        self, connection: sqlite3.Connection, taken: Taken, undone: Sequence[int]
    ) -> None:
        past = read_past(connection, taken.last_event_id)
        self._clock = SteadyClock(taken.clock_last_s, taken.clock_offset_s)
        self._undone = set(taken.undone)
        for event_id in undone:
            self._retract(Retracted(event_id))
        for event in past.events:
            self._take(event)
        self._undone = set(past.undone)
        self.last_event_id = past.last_event_id

    def _learn(self, connection: sqlite3.Connection, catalogue: Catalogue) -> None:
        past = read_past(connection)
        self._clock = SteadyClock()
        self._model.fit(catalogue.songs, [self._timed(event) for event in past.events])
        self._undone = set(past.undone)
        self.last_event_id = past.last_event_id
        self.unsaved = len(past.events)

    def _hide(self, catalogue: Catalogue) -> None:
        if catalogue.hidden:
            self._model.remove_songs(catalogue.hidden)
        self.songs = len(catalogue.songs) - len(catalogue.hidden)

    def _take(self, event: Lasting) -> None:
        self.last_event_id = event.event_id
        self.events += 1
        self.unsaved += 1
        if isinstance(event, Forgotten):
            self._forgettings.add(event.event_id)
            if self.learnt_hearing is not None:
                self._hearing = None
            self._trained = None
            self.must_learn = True
            return
        self._model.observe(self._timed(event))
        if isinstance(event, Play):
            if self._started is not None and _is_end_of(event, self._started):
                self._started = None
            self._tell_started()

    def _timed(self, event: Lasting) -> Lasting:
        return replace(event, at_s=self._clock.take(event.at_s))

    def _retract(self, event: Retracted) -> None:
        if event.event_id not in self._undone:
            self._undone.add(event.event_id)
            self.unsaved += 1
            if event.event_id in self._forgettings:
                self.must_learn = True
            else:
                self._model.observe(event)

    def _tell_started(self) -> None:
        """What sounds now is later than any play, also when the clock was set back."""
        if self._started is not None:
            at_s = self._clock.look(self._started.at_s)
            self._model.observe(replace(self._started, at_s=at_s))


def _is_end_of(play: Play, started: Started) -> bool:
    began_s = play.at_s - play.heard_ms / 1000
    return play.song_id == started.song_id and abs(began_s - started.at_s) < SAME_START_S
