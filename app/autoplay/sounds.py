"""How the library sounds, as far as its files were listened to, read beside the serving model."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from app.autoplay.catalogue import contents_of
from app.autoplay.study import Study
from app.library.database import open_database
from app.library.errors import LibraryError
from recommender.audio.hearing import ByHand, Hearing, by_hand
from recommender.audio.store import SoundStore
from recommender.training.settings import TrainingError

GROWN = 1.5
"""Hand-made features are measured anew when so many times more songs were heard than last time."""

PAUSE = 10.0
"""Between two readings at least so many times as long as the last one took, in which the model
serves alone."""


NONE_HEARD = "Segue has not listened to enough of your songs yet to compare them."
NOT_HEARD = "Segue has not listened to this song yet."
NONE_NEAR = "No other song that is there now sounds like this one."


@runtime_checkable
class Hearer(Protocol):
    """A recommender that can compare how songs sound."""

    @property
    def hearing(self) -> Hearing | None:
        """How the songs sound, as far as `hear` told."""

    def hear(self, hearing: Hearing | None) -> None:
        """Know how the songs sound from now on, None for nothing."""

    def near(self, song_id: int, n: int) -> Sequence[int]:
        """The songs that sound most like this one, the nearest first; raises KeyError for a song
        that was not listened to."""


def nearest(model: object, song_id: int, n: int) -> tuple[tuple[int, ...], str]:
    """The songs that sound most like this one, as the model says; or none, and in words why."""
    if not isinstance(model, Hearer) or model.hearing is None:
        return (), NONE_HEARD
    try:
        found = tuple(model.near(song_id, n))
    except KeyError:
        return (), NOT_HEARD
    return found, "" if found else NONE_NEAR


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known: the hearing, None for none; what the version in use had learnt at that time,
    and the names of the sounds. Hand-made features were last measured on `made_of` songs."""

    hearing: Hearing | None = None
    learnt: Hearing | None = None
    made_of: int = 0
    contents: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listen:
    """A reading of what was heard since `before`; `learnt` is the hearing of the version in use."""

    store: Path | None
    database: Path
    before: Heard
    learnt: Hearing | None

    def learn(self) -> Heard:
        """What is known now; raises TrainingError in words."""
        try:
            with closing(open_database(self.database, read_only=True)) as connection:
                contents = contents_of(connection)
            if self.store is None or not self.store.is_file():
                return Heard(self.learnt, self.learnt, 0, contents)
            with SoundStore(self.store) as store:
                heard = self._read(store, contents)
        except (OSError, ValueError, sqlite3.Error, LibraryError) as error:
            raise TrainingError(f"what was heard cannot be read: {error}") from error
        if heard.hearing is not None and len(heard.hearing.songs) > heard.hearing.songs.exact:
            heard.hearing.songs.index()
        return heard

    def _read(self, store: SoundStore, contents: Mapping[int, str]) -> Heard:
        """The hearing there was, with songs that are new; or a better one, made by hand."""
        before, learnt = self.before, self.learnt
        was, made_of = before.hearing, before.made_of
        if before.learnt is not learnt:
            was, made_of = learnt, len(learnt.songs) if learnt is not None else 0
        if was is not None:
            changed = (i for i, name in before.contents.items() if contents.get(i) != name)
            was = was.without(set(changed)).extended(store, contents)
            if not isinstance(was.model, ByHand) or len(was.songs) < GROWN * made_of:
                return Heard(was, learnt, made_of, contents)
        made = by_hand(store, contents)
        if made is None:
            return Heard(was, learnt, made_of, contents)
        if was is not None and isinstance(was.model, ByHand) and isinstance(made.model, ByHand):
            made = replace(made, model=replace(made.model, note=was.model.note))
        return Heard(made, learnt, len(made.songs), contents)


class Sounds:
    """Reads again after each change, one reading at a time, with pauses between them."""

    def __init__(self, store: Path | None, database: Path) -> None:
        self._store, self._database = store, database
        self._heard = Heard()
        self._learnt: Hearing | None = None
        self._study: Study | None = None
        self._is_due = store is not None
        self._began_s = self._not_before_s = 0.0

    @property
    def hearing(self) -> Hearing | None:
        """How the songs sound, None as long as too few were heard."""
        return self._heard.hearing

    @property
    def is_reading(self) -> bool:
        """Whether an answer of `step` is near."""
        return self._study is not None

    def changed(self) -> None:
        """Songs were listened to, came or went."""
        self._is_due = self._store is not None or self._learnt is not None

    def go_by(self, learnt: Hearing | None) -> None:
        """Another version is in use, which knows sounds or, with None, does not."""
        if learnt is not self._learnt:
            self._learnt = learnt
            self._is_due, self._not_before_s = True, 0.0

    def step(self, now_s: float) -> bool:
        """Begin the reading that is due, or take over what one gave; says whether it was one."""
        if self._study is None:
            if self._is_due and now_s >= self._not_before_s:
                self._is_due, self._began_s = False, now_s
                reading = Listen(self._store, self._database, self._heard, self._learnt)
                self._study = Study(reading, niceness=0)
            return False
        if not self._study.is_over:
            return False
        found, self._study = self._study.learnt, None
        self._not_before_s = now_s + PAUSE * (now_s - self._began_s)
        if isinstance(found, Heard) and found.learnt is self._learnt:
            self._heard = found
        elif self._heard.learnt is not self._learnt:
            self._heard = Heard(self._learnt, self._learnt)
        return True
