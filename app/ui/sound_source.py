"""What the Sound page needs to know and to do, whoever answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from app.signals import Signal
from app.sound.state import HearingState

ON_KEY, MAINS_KEY, WHOLE_KEY = "sound_on", "sound_only_on_mains", "sound_whole"
"""Settings, 1 or 0: listen at all (1), only on mains power (1), whole songs (0)."""

DeliverNear = Callable[[Sequence[int], str], None]
"""Track ids, the nearest first; or none and a sentence that says why."""

DeliverProblems = Callable[[Sequence[tuple[int, str]]], None]
"""Track ids and why each cannot be heard, in words."""


class SoundSource(Protocol):
    """All calls and signals on the window's thread; every call returns at once."""

    changed: Signal[[]]
    """`state`, `in_use` or `folder` say something else than before."""

    @property
    def state(self) -> HearingState:
        """How the listening to files stands."""

    @property
    def in_use(self) -> str:
        """What compares sounds now: `hand-made features`, or a network and what it learnt from;
        empty while too few songs were heard."""

    def folder(self) -> Path | None:
        """The folder of the version in use, whose `sound` holds moments and the map; None for
        nothing yet."""

    def ask_near(self, track_id: int, n: int, deliver: DeliverNear) -> None:
        """Ask which tracks sound most like this one."""

    def ask_problems(self, deliver: DeliverProblems) -> None:
        """Ask which files could not be heard, and why."""

    def pause(self) -> None:
        """Stand still until `resume`."""

    def resume(self) -> None:
        """Go on after a pause, and try again after a trouble."""

    def set_on(self, is_on: bool) -> None:
        """Listen to new and changed files by itself, or not at all."""

    def set_only_on_mains(self, is_only: bool) -> None:
        """Stand still while the machine runs on its battery."""

    def set_whole(self, is_whole: bool) -> None:
        """Listen to songs as a whole instead of to three excerpts, from the next song on."""

    def learn_now(self) -> None:
        """Train on what there is, beside the music."""


class NoSound:
    """The source of a window without a recommender."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self.state, self.in_use = HearingState(), ""

    def folder(self) -> Path | None:
        """Nothing was learnt."""
        return None

    def ask_near(self, track_id: int, n: int, deliver: DeliverNear) -> None:
        """Nothing was heard."""
        deliver((), "Nothing has been listened to yet.")

    def ask_problems(self, deliver: DeliverProblems) -> None:
        """There are none."""
        deliver(())

    def pause(self) -> None:
        """Nobody listens."""

    def resume(self) -> None:
        """Nobody listens."""

    def set_on(self, is_on: bool) -> None:
        """Nobody listens."""

    def set_only_on_mains(self, is_only: bool) -> None:
        """Nobody listens."""

    def set_whole(self, is_whole: bool) -> None:
        """Nobody listens."""

    def learn_now(self) -> None:
        """Nobody learns."""
