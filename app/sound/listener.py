"""The listening to the library's files, as the player sees it."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from app.library.errors import LibraryError
from app.signals import Post, Signal
from app.sound import power
from app.sound.process import HearJob
from app.sound.state import HearingState
from app.sound.supervisor import Supervisor, Tools

log = logging.getLogger(__name__)

POWER_S = 30.0
CLOSE_S = 5.0

DeliverProblems = Callable[[Sequence[tuple[int, str]]], None]


class SoundListener:
    """Used on the window's thread; every call returns at once, every signal comes through `post`.

    Files, power and process are looked after by a thread of its own. Nothing begins before
    `start`, and what was asked for before that holds from then on.
    """

    def __init__(
        self,
        database: Path,
        store: Path,
        post: Post,
        *,
        on_mains: Callable[[], bool] = power.on_mains,
        power_s: float = POWER_S,
        options: dict[str, Any] | None = None,
    ) -> None:
        """`power_s` is how often it asks for mains power; `options` are of the process's job."""
        self.changed: Signal[[HearingState]] = Signal()
        self.heard: Signal[[]] = Signal()
        """Other sounds are in the store than before."""
        self._job = HearJob(database, store, **(options or {}))
        self._post = post
        self._state = HearingState()
        self._is_closed = False
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._supervisor = Supervisor(
            self._job,
            Tools(
                self._tasks.put,
                lambda state: self._tell(partial(self._show, state)),
                lambda: self._tell(self.heard.emit),
                on_mains,
                power_s,
            ),
        )
        self._thread = threading.Thread(target=self._work, name="sound-listener", daemon=True)

    @property
    def state(self) -> HearingState:
        """How it stands."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The listening process, None while there is none."""
        return self._supervisor.pid

    def start(self) -> None:
        """Listen from now on to whatever was not heard yet."""
        self._tasks.put(self._supervisor.look)
        self._thread.start()

    def library_changed(self) -> None:
        """Files came, went or changed; may be called often."""
        self._tasks.put(self._supervisor.look)

    def pause(self) -> None:
        """Stand still until `resume`."""
        self._wish("is_paused", True)

    def resume(self) -> None:
        """Go on after a pause, and try again after a trouble."""
        self._wish("is_paused", False)
        self._tasks.put(self._supervisor.retry)

    def set_on(self, is_on: bool) -> None:
        """Listen to new and changed files by itself, or not at all."""
        self._wish("is_on", is_on)
        if is_on:
            self._tasks.put(self._supervisor.retry)

    def set_only_on_mains(self, is_only: bool) -> None:
        """Stand still while the machine runs on its battery."""
        self._tasks.put(partial(self._supervisor.set_only_on_mains, is_only))

    def set_whole(self, is_whole: bool) -> None:
        """Hear songs as a whole instead of three excerpts of each, from the next song on."""
        self._tasks.put(partial(self._supervisor.set_whole, is_whole))

    def ask_problems(self, deliver: DeliverProblems) -> None:
        """Ask which tracks could not be heard, in whole or in part, and why, in words."""
        self._tasks.put(partial(self._find_problems, deliver))

    def close(self) -> None:
        """End at once."""
        self._is_closed = True
        self._tasks.put(None)
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _wish(self, name: str, value: bool) -> None:
        self._tasks.put(partial(setattr, self._supervisor.wishes, name, value))

    def _show(self, state: HearingState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)

    # From here on the listener's own thread, but for what goes through `_tell`.

    def _work(self) -> None:
        wait_s: float | None = 0.0
        while True:
            try:
                task = self._tasks.get(timeout=wait_s)
            except queue.Empty:
                task = _nothing
            if task is None:
                break
            task()
            wait_s = self._supervisor.settle()
        self._supervisor.end()

    def _tell(self, call: Callable[[], None]) -> None:
        """Call on the window's thread."""
        if not self._is_closed:
            self._post(lambda: None if self._is_closed else call())

    def _find_problems(self, deliver: DeliverProblems) -> None:
        from app.sound import inventory

        found: list[tuple[int, str]] = []
        try:
            with inventory.opened(self._job.database, self._job.store) as library:
                found = inventory.problems(library)
        except (LibraryError, sqlite3.Error, OSError) as problem:
            log.warning("What could not be heard was not found out: %s", problem)
        self._tell(partial(deliver, found))


def _nothing() -> None:
    """Only the time has come for something."""
