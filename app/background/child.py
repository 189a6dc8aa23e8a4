"""A process of the player's that works in the background, seen from the player."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Job = TypeVar("Job")

DIES_S = 1.0


class Child(Generic[Job]):
    """Started, told and ended by one thread; `pipe` is the way to it, of bytes."""

    def __init__(self, main: Callable[[Connection, Job], None], job: Job, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, self._theirs = context.Pipe()
        self._process = context.Process(
            target=main, args=(self._theirs, job), name=name, daemon=True
        )

    @property
    def pid(self) -> int | None:
        """The process, None before it runs."""
        return self._process.pid

    def start(self) -> None:
        """Raises OSError when no process can be started."""
        try:
            self._process.start()
        finally:
            self._theirs.close()

    def end(self, patience_s: float) -> bool:
        """Wait so long for the end of the process, then kill it; says whether it had to be killed.

        One that stands back on a busy machine may take a while to die even so.
        """
        self._process.join(patience_s)
        if not self._process.is_alive():
            return False
        self._process.kill()
        self._process.join(DIES_S)
        return True

    def close(self) -> None:
        """Close the way to a process that has ended; nobody may be reading from it."""
        self.pipe.close()
