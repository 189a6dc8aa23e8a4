"""Plays the window: runs what the engine posts, and remembers what it said."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

from app.player.engine import Engine

NAMES = ("started", "finished", "failed", "state_changed", "stream_title_changed")


class Inbox:
    """A `Post` that a test drains on its own thread."""

    def __init__(self) -> None:
        self._work: queue.Queue[Callable[[], None]] = queue.Queue()

    def post(self, work: Callable[[], None]) -> None:
        """Take work from any thread."""
        self._work.put(work)

    def run_until(self, done: Callable[[], bool], timeout_s: float = 10.0) -> None:
        """Run what is posted until something is so; fails the test when it does not become so."""
        deadline = time.monotonic() + timeout_s
        while not done():
            left_s = deadline - time.monotonic()
            assert left_s > 0, "it did not happen in time"
            try:
                self._work.get(timeout=min(left_s, 0.05))()
            except queue.Empty:
                continue

    def run_for(self, seconds: float) -> None:
        """Run what is posted for some time."""
        end = time.monotonic() + seconds
        self.run_until(lambda: time.monotonic() >= end, seconds + 5)


class Listener:
    """Connected to every signal of an engine."""

    def __init__(self, engine: Engine, inbox: Inbox) -> None:
        self.engine = engine
        self.inbox = inbox
        self.said: list[tuple[Any, ...]] = []
        self.positions: list[tuple[int, int]] = []
        self.messages: list[str] = []
        for name in NAMES:
            getattr(engine, name).connect(lambda *told, name=name: self.said.append((name, *told)))
        engine.position_changed.connect(lambda *told: self.positions.append(told))
        engine.message_changed.connect(self.messages.append)

    def wait_for(self, *what: Any, timeout_s: float = 10.0) -> tuple[Any, ...]:
        """Wait until the engine says something that begins like this."""
        self.inbox.run_until(lambda: self.heard(*what) is not None, timeout_s)
        found = self.heard(*what)
        assert found is not None
        return found

    def heard(self, *what: Any) -> tuple[Any, ...] | None:
        """What the engine said that begins like this."""
        return next((said for said in self.said if said[: len(what)] == what), None)

    def wait_for_position(self, at_least_ms: int, timeout_s: float = 10.0) -> int:
        """Wait until the position is past something."""
        self.inbox.run_until(
            lambda: bool(self.positions) and self.positions[-1][0] >= at_least_ms, timeout_s
        )
        return self.positions[-1][0]

    @property
    def tokens(self) -> list[tuple[str, int]]:
        """Only starts and ends, in order."""
        return [said[:2] for said in self.said if said[0] in ("started", "finished", "failed")]
