"""What the window shows and settles of the listening to files, answered by the player's parts."""

from __future__ import annotations

from pathlib import Path

from app.autoplay.client import AutoplayClient
from app.autoplay.trainer import Trainer
from app.signals import Signal
from app.sound.listener import SoundListener
from app.sound.state import HearingState
from app.ui.sound_source import DeliverNear, DeliverProblems


class PlayerSound:
    """The Sound page's source."""

    def __init__(self, listener: SoundListener, autoplay: AutoplayClient, trainer: Trainer) -> None:
        self.changed: Signal[[]] = Signal()
        self._listener, self._autoplay, self._trainer = listener, autoplay, trainer
        listener.changed.connect(lambda state: self.changed.emit())
        autoplay.hearing_changed.connect(lambda words: self.changed.emit())
        trainer.version_changed.connect(lambda folder: self.changed.emit())

    @property
    def state(self) -> HearingState:
        """How the listening to files stands."""
        return self._listener.state

    @property
    def in_use(self) -> str:
        """What compares sounds now, in words."""
        return self._autoplay.hearing

    def folder(self) -> Path | None:
        """The folder of the version in use, which holds what was learnt of sounds."""
        version = self._trainer.current()
        return version.folder if version is not None else None

    def ask_near(self, track_id: int, n: int, deliver: DeliverNear) -> None:
        """Ask which tracks sound most like this one."""
        self._autoplay.ask_near(track_id, n, deliver)

    def ask_problems(self, deliver: DeliverProblems) -> None:
        """Ask which files could not be heard, and why."""
        self._listener.ask_problems(deliver)

    def pause(self) -> None:
        """Stand still until `resume`."""
        self._listener.pause()

    def resume(self) -> None:
        """Go on after a pause, and try again after a trouble."""
        self._listener.resume()

    def set_on(self, is_on: bool) -> None:
        """Listen to new and changed files by itself, or not at all."""
        self._listener.set_on(is_on)

    def set_only_on_mains(self, is_only: bool) -> None:
        """Stand still while the machine runs on its battery."""
        self._listener.set_only_on_mains(is_only)

    def set_whole(self, is_whole: bool) -> None:
        """Listen to songs as a whole, from the next one on."""
        self._listener.set_whole(is_whole)

    def learn_now(self) -> None:
        """Train at once."""
        self._trainer.start_now()
