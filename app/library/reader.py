"""A thread that asks the library, so that the window's thread never waits for SQLite."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.library.database import open_database
from app.library.errors import LibraryError, explain
from app.library.library import Library
from app.signals import Post

log = logging.getLogger(__name__)

T = TypeVar("T")

_IDLE_S = 20.0


@dataclass(frozen=True, slots=True)
class _Ask:
    channel: str
    number: int
    job: Callable[[Library], Any]
    deliver: Callable[[Any], None]
    fail: Callable[[LibraryError], None] | None


class Reader:
    """Runs jobs one after the other on a thread with its own connection.

    On each channel only the latest ask counts: older ones are dropped, a running one is
    interrupted and its answer thrown away.
    """

    def __init__(self, path: Path, post: Post) -> None:
        self._path = path
        self._post = post
        self._waiting: OrderedDict[str, _Ask] = OrderedDict()
        self._latest: dict[str, int] = {}
        self._number = 0
        self._running: _Ask | None = None
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="library-reader", daemon=True)
        self._thread.start()

    def ask(
        self,
        job: Callable[[Library], T],
        deliver: Callable[[T], None],
        channel: str,
        fail: Callable[[LibraryError], None] | None = None,
    ) -> None:
        """Run `job` soon and post `deliver` with its answer, unless a later ask replaces it."""
        with self._wake:
            if self._closed:
                return
            self._number += 1
            self._latest[channel] = self._number
            self._waiting.pop(channel, None)
            self._waiting[channel] = _Ask(channel, self._number, job, deliver, fail)
            if self._running is not None and self._running.channel == channel:
                self._interrupt()
            self._wake.notify()

    def close(self) -> None:
        """Drop all that waits, end the thread and its connection."""
        with self._wake:
            self._closed = True
            self._waiting.clear()
            self._latest.clear()
            self._interrupt()
            self._wake.notify()
        self._thread.join(timeout=5.0)

    def _interrupt(self) -> None:
        if self._running is not None and self._connection is not None:
            self._connection.interrupt()

    def _run(self) -> None:
        library: Library | None = None
        while (ask := self._next()) is not None:
            try:
                if library is None:
                    library = self._open()
                answer = ask.job(library)
            except (sqlite3.Error, LibraryError, OSError) as error:
                self._failed(ask, error)
            else:
                self._done(ask, answer)
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> Library:
        self._connection = open_database(self._path)
        return Library(self._connection)

    def _next(self) -> _Ask | None:
        with self._wake:
            self._running = None
            while not self._wake.wait_for(lambda: self._waiting or self._closed, _IDLE_S):
                self._tidy()
            if self._closed:
                return None
            _, self._running = self._waiting.popitem(last=False)
            return self._running

    def _tidy(self) -> None:
        """While nobody asks: copy SQLite's write-ahead log back, so that it stays short."""
        if self._connection is None:
            return
        self._wake.release()
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            log.info("the write-ahead log stays as it is: %s", error)
        finally:
            self._wake.acquire()

    def _done(self, ask: _Ask, answer: Any) -> None:
        with self._wake:
            self._running = None

        def deliver() -> None:
            if self._latest.get(ask.channel) == ask.number:
                ask.deliver(answer)

        self._post(deliver)

    def _failed(self, ask: _Ask, error: sqlite3.Error | LibraryError | OSError) -> None:
        with self._wake:
            self._running = None
            replaced = self._closed or self._latest.get(ask.channel) != ask.number
        if replaced:
            return
        log.error("the library could not answer on %s: %s", ask.channel, error)
        words = error if isinstance(error, LibraryError) else explain(error, self._path)
        fail = ask.fail
        if fail is not None:
            self._post(lambda: fail(words))
