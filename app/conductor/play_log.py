"""What was played in this session, and the saving of each play."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from app.autoplay.client import AutoplayClient
from app.conductor.list_keeper import ListKeeper
from app.conductor.playing import Playing
from app.conductor.undo import SkipStep
from app.library.library import Library
from app.library.track import Track
from app.listening.events import EndReason, PlayEvent, Recorded
from app.listening.store import ListeningStore
from app.signals import Signal

LENGTH = 50

SkipSaved = Callable[[SkipStep], None]


class PlayLog:
    """Takes each play that ended: shows it, saves it, then tells the recommender."""

    def __init__(
        self,
        library: Library,
        listening: ListeningStore,
        autoplay: AutoplayClient,
        predicted: ListKeeper,
    ) -> None:
        self.played_changed: Signal[[tuple[Track, ...]]] = Signal()
        self.saved: Signal[[]] = Signal()
        self.history: list[int] = []
        """The tracks played, latest last."""
        self.going_back = False
        """While the user goes back, the play left is not put on top of the one gone back to."""
        self._library = library
        self._listening = listening
        self._autoplay = autoplay
        self._predicted = predicted
        self._skip: Callable[[Recorded], None] | None = None
        self._saving: PlayEvent | None = None
        self._store_fails = False
        listening.failed.connect(lambda words: self._set_store_fails(True))
        listening.recovered.connect(lambda: self._set_store_fails(False))

    @property
    def is_saving(self) -> bool:
        """Whether a play will be saved in a moment, after which a new list is asked for anyway."""
        return self._saving is not None and not self._store_fails

    def restore(self, history: Sequence[int]) -> None:
        """The tracks played in the last run."""
        self.history = list(history)[-LENGTH:]

    def skip(self, step: SkipStep, advance: Callable[[], Playing | None], saved: SkipSaved) -> None:
        """Run `advance`, which ends the play of `step`; `saved` gets the step under its number."""
        followed: list[Playing | None] = []

        def on_saved(recorded: Recorded) -> None:
            saved(replace(step, event_id=recorded.event_id, followed_by=followed[0]))

        self._skip = on_saved
        followed.append(advance())
        self._skip = None

    def add(self, playing: Playing, event: PlayEvent) -> None:
        """A play is over."""
        if not self.going_back:
            self.history.append(playing.track.track_id)
            del self.history[:-LENGTH]
            self.show()
        glanced_at = event.end_reason in (EndReason.PICKED_OTHER, EndReason.STOPPED)
        if self._skip is None and glanced_at and event.heard_ms <= 0:
            return
        self._saving = event
        self._listening.record_play(event, partial(self._on_saved, self._skip, event))

    def take_back(self, track_id: int) -> None:
        """The latest play of this track goes on after all."""
        if self.history and self.history[-1] == track_id:
            self.history.pop()
            self.show()

    def show(self) -> None:
        """Tell the window what was played, latest first, each track once."""
        latest = list(dict.fromkeys(reversed(self.history)))
        self.played_changed.emit(tuple(self._library.tracks(latest)))

    def _on_saved(
        self, skip: Callable[[Recorded], None] | None, event: PlayEvent, recorded: Recorded
    ) -> None:
        if event is self._saving:
            self._saving = None
        self._autoplay.observe_play(recorded)
        if skip is not None:
            skip(recorded)
        else:
            self._predicted.request()
        self.saved.emit()

    def _set_store_fails(self, fails: bool) -> None:
        self._store_fails = fails
        if fails:
            self._predicted.request()
