"""The songs that sound like one: asked of whoever listens to them, then of the library."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from app.library.errors import LibraryError
from app.library.library import Library
from app.library.query import TrackQuery
from app.library.reader import Reader
from app.sound.state import Doing, HearingState
from app.ui.finding import Found, find_near
from app.ui.places import Place
from app.ui.sound_source import SoundSource

NEAREST = 100
AGAIN_AFTER_MS = 3_000
"""Not more often than this the songs are asked for anew while more is being heard."""


@dataclass(frozen=True, slots=True)
class Near:
    """An answer: the nearest tracks of a track, or none and why."""

    track_id: int = 0
    ids: Sequence[int] = ()
    why: str = ""


def what_to_do(state: HearingState) -> str:
    """How songs that were not heard yet come to be; empty when all were."""
    return {
        Doing.OFF: "Listening is switched off; the settings have it under “Sound”.",
        Doing.LISTENING: "Segue is listening now, and this page fills by itself.",
        Doing.PAUSED: "Listening is paused; the settings have it under “Sound”.",
        Doing.ON_BATTERY: "It goes on as soon as there is mains power.",
        Doing.TROUBLE: state.trouble,
    }.get(state.doing, "")


class SoundsLike(QObject):
    """Finds the songs of such a place. What comes for a place that was left is dropped."""

    outdated = Signal()
    """More was heard since the last answer, or sounds are compared in another way."""

    def __init__(
        self,
        source: SoundSource,
        reader: Reader,
        fail: Callable[[LibraryError], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._source, self._reader, self._fail = source, reader, fail
        self._near = Near()
        self._number = 0
        self._is_waiting = False
        self._heard = self._what_was_heard()
        self._soon = QTimer(self, singleShot=True, interval=AGAIN_AFTER_MS)
        self._soon.timeout.connect(self._look_again)
        source.changed.connect(self._changed)

    @property
    def basis(self) -> str:
        """What the likeness goes by, in words that end a line; empty while that is nothing. Why it
        is not something better stands behind a colon, and on the Sound page."""
        name = self._source.in_use.partition(":")[0]
        return f"by {name}" if name else ""

    @property
    def why(self) -> str:
        """Why there was nothing, and what to do; empty when there was something."""
        if self._near.ids:
            return ""
        return " ".join(filter(None, (self._near.why, what_to_do(self._source.state))))

    def find(self, place: Place, query: TrackQuery, deliver: Callable[[Found], None]) -> None:
        """Find what sounds like a place's track and what of it `query` lets through."""
        self._number += 1
        number = self._number

        def give(found: Found) -> None:
            self._is_waiting = False
            deliver(found)
            self._changed()

        def look_up(near: Near) -> None:
            self._near = near
            self._reader.ask(
                lambda library: find_near(library, near.ids, query), give, "search", self._fail
            )

        def take(ids: Sequence[int], why: str) -> None:
            if isValid(self) and number == self._number:
                look_up(Near(place.track_id, [each for each in ids if each != place.track_id], why))

        if self._near.track_id == place.track_id:
            look_up(self._near)
            return
        self._heard = self._what_was_heard()
        self._is_waiting = True
        self._source.ask_near(place.track_id, NEAREST, take)

    def leave(self) -> None:
        """Another place is shown: wait for nothing, and ask anew when it is come back to."""
        self._number += 1
        self._is_waiting = False
        self._near = Near()

    def all_of(self, place: Place) -> Callable[[Library], array[int]]:
        """How to find every song of the place that is shown, the likest first."""
        near, query = self._near.ids, place.query()
        return lambda library: find_near(library, near, query).ids

    def _what_was_heard(self) -> tuple[object, ...]:
        source = self._source
        return source.state.heard, source.state.doing, source.in_use, source.folder()

    def _changed(self) -> None:
        if isValid(self) and not self._soon.isActive() and self._what_was_heard() != self._heard:
            self._soon.start()

    @Slot()
    def _look_again(self) -> None:
        if not self._is_waiting:
            self._near = Near()
            self.outdated.emit()
