"""Worker processes that read tags. One that hangs on a file is killed and replaced."""

from __future__ import annotations

import importlib
import json
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from app.library.containers import UnreadableFileError
from app.library.store import Value, values_of
from app.library.tags import FileFacts

log = logging.getLogger(__name__)

READ = "app.library.tags:read_file"
LIMIT_S = 5.0

_BATCH = 32
_AHEAD = 5
_START_LIMIT_S = 30.0
_CHECK_S = 0.1
_MEMORY_BYTES = 2 * 1024**3
_MAX_FALSE_STARTS = 6

Answer = tuple[str, list[Value] | str]
"""A path, and the values of a track's columns or a problem in words."""


def serve(connection: Connection, begun: Any, read_name: str, parent: int) -> None:
    """The worker's life: lists of paths come in, lists of values or problems go out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _be_modest()
    module, _, name = read_name.partition(":")
    read: Callable[[str], FileFacts] = getattr(importlib.import_module(module), name)
    while True:
        while not connection.poll(1.0):
            if os.getppid() != parent:
                return
        try:
            paths = json.loads(connection.recv_bytes())
        except EOFError:
            return
        answers = []
        for path in paths:
            begun.value += 1
            answers.append(_read(read, path))
        connection.send_bytes(json.dumps(answers).encode())


def _read(read: Callable[[str], FileFacts], path: str) -> list[Value] | str:
    try:
        return values_of(read(path))
    except UnreadableFileError as error:
        return str(error)
    except OSError as error:
        return f"The file cannot be opened: {error.strerror or error}."
    except MemoryError:
        return "The file claims more memory than it may have."


def _be_modest() -> None:
    """Low priority, and a bound on the memory that a lying file can ask for."""
    if sys.platform == "win32":
        return
    os.nice(10)
    if sys.platform == "linux":
        _end_with_parent()
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _end_with_parent() -> None:
    """A worker that hangs in a read can't notice that the scan was killed; the kernel can."""
    import ctypes

    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


@dataclass(slots=True)
class _Worker:
    process: Any
    connection: Connection
    begun: Any
    batches: deque[list[str]] = field(default_factory=deque)
    finished: int = 0
    begun_before: int = 0
    since: float = field(default_factory=time.monotonic)

    def current(self) -> str | None:
        """The path it reads now."""
        index = self.begun.value - self.finished - 1
        paths = [path for batch in self.batches for path in batch]
        return paths[index] if 0 <= index < len(paths) else None

    def is_stuck(self, limit_s: float) -> bool:
        """Whether it has been at the same file for longer than the limit."""
        now, begun = time.monotonic(), self.begun.value
        if begun != self.begun_before or not self.batches:
            self.begun_before, self.since = begun, now
            return False
        limit = limit_s if begun > self.finished else max(limit_s, _START_LIMIT_S)
        return now - self.since > limit


class WorkersFailedError(Exception):
    """The worker processes die before they read anything."""


class WorkerPool:
    """Reads many files on a few processes; `close` ends them."""

    def __init__(self, count: int, *, read: str = READ, limit_s: float = LIMIT_S) -> None:
        # Forking is quick and this process runs no thread; elsewhere it is not to be trusted.
        method = "fork" if sys.platform == "linux" else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        self._read_name = read
        self._limit_s = limit_s
        self._false_starts = 0
        self._workers = [self._start() for _ in range(count)]

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        begun = self._context.RawValue("q", 0)
        process = self._context.Process(
            target=serve, args=(theirs, begun, self._read_name, os.getpid()), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, begun)

    def read(self, paths: Sequence[str]) -> Iterator[list[Answer]]:
        """Read all paths, in about their order. Yields an empty list while nothing is ready."""
        batches = deque(
            list(paths[start : start + _BATCH]) for start in range(0, len(paths), _BATCH)
        )
        while batches or any(worker.batches for worker in self._workers):
            for worker in self._workers:
                while batches and len(worker.batches) < _AHEAD:
                    self._send(worker, batches)
            ready = wait([worker.connection for worker in self._workers], _CHECK_S)
            if not ready:
                yield []
            for index, worker in enumerate(self._workers):
                if worker.connection in ready:
                    answers = self._receive(worker)
                    if answers is None:
                        yield self._replace(index, batches, "The reader crashed on this file.")
                    else:
                        yield answers
                elif worker.is_stuck(self._limit_s):
                    words = f"Reading it took longer than {self._limit_s:g} s."
                    yield self._replace(index, batches, words)

    def _send(self, worker: _Worker, batches: deque[list[str]]) -> None:
        batch = batches.popleft()
        worker.batches.append(batch)
        with suppress(BrokenPipeError):  # A dead worker shows at the next receive.
            worker.connection.send_bytes(json.dumps(batch).encode())

    def _receive(self, worker: _Worker) -> list[Answer] | None:
        try:
            answers = json.loads(worker.connection.recv_bytes())
        except (EOFError, ConnectionResetError):
            return None
        batch = worker.batches.popleft()
        worker.finished += len(batch)
        return list(zip(batch, answers, strict=True))

    def _replace(self, index: int, batches: deque[list[str]], words: str) -> list[Answer]:
        """Put a fresh worker in the place of a bad one; only the file it was at is given up."""
        worker = self._workers[index]
        culprit = worker.current()
        worker.process.kill()
        worker.connection.close()
        log.warning("a tag reader was replaced at %r: %s", culprit, words)
        for batch in reversed(worker.batches):
            rest = [path for path in batch if path != culprit]
            if rest:
                batches.appendleft(rest)
        if culprit is None:
            self._false_starts += 1
            if self._false_starts > _MAX_FALSE_STARTS:
                raise WorkersFailedError("the processes that read tags do not start")
        self._workers[index] = self._start()
        return [(culprit, words)] if culprit is not None else []

    def close(self) -> None:
        """End the workers, wherever they are."""
        for worker in self._workers:
            worker.process.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(1.0)
