"""The line to the recommender's process: keeps one alive, speaks with it, never blocks a caller."""

from __future__ import annotations

import logging
import multiprocessing
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from app.autoplay import messages
from app.autoplay.process import Job, main
from app.signals import Post

log = logging.getLogger(__name__)

PING_S = 1.0
SILENCE_S = 10.0
"""A process that says nothing for so long, though asked, hangs and is killed."""

FIRST_WORD_S = 30.0
"""The same until its first message: a cold disk under load reads Python slowly."""

RESTART_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
"""Wait before a restart, by the number of crashes in the last `CRASH_MEMORY_S`."""

KILLED_RESTART_S = 1.0
"""The longest wait when somebody else killed it: that says nothing against the process."""

CRASH_MEMORY_S = 120.0
ANEW_AFTER = 2
"""After so many crashes in a row of its own, what it had saved is no longer trusted."""

POLL_S = 0.25
SLEPT_S = 2.0
"""A poll that took so long means that this machine slept: the silence before does not count."""

EXIT_S = 1.0
STOPPED = "it stopped"
HANGS = "it did not answer"


@dataclass(frozen=True, slots=True)
class Loss:
    """The process is gone: why, how often of late, and when the next one is started."""

    reason: str
    crashes: int
    restart_in_s: float


class Link:
    """Runs the process from its own threads; `heard` and `lost` are called through `post`."""

    def __init__(
        self,
        job: Job,
        post: Post,
        heard: Callable[[messages.Answer], None],
        lost: Callable[[Loss], None],
    ) -> None:
        self._job = job
        self._post = post
        self._heard = heard
        self._lost = lost
        self._outbox: queue.SimpleQueue[messages.Request | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._crashes: deque[float] = deque(maxlen=len(RESTART_S))
        self._own_crashes = 0
        self._process: SpawnProcess | None = None
        self._thread = threading.Thread(
            target=self._supervise, name="recommender-link", daemon=True
        )

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        process = self._process
        return None if process is None else process.pid

    def start(self) -> None:
        """Start the process, and start it again whenever it dies."""
        self._thread.start()

    def send(self, request: messages.Request) -> None:
        """Hand over a request. One that meets no living process is dropped: a new process reads
        everything that was saved from the database."""
        self._outbox.put(request)

    def close(self, timeout_s: float = 3.0) -> None:
        """Let the process save and exit; kill it if that takes longer than `timeout_s`."""
        self._closing.set()
        self._outbox.put(messages.Shutdown())
        if not self._thread.is_alive():
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            process = self._process
            if process is not None:
                process.kill()
            self._thread.join(timeout_s)

    def _supervise(self) -> None:
        while not self._closing.is_set():
            reason, exit_code = self._run_once()
            if self._closing.is_set():
                return
            loss = self._count(reason, exit_code)
            log.warning(
                "The recommender's process is gone (%s); restart in %g s.",
                reason,
                loss.restart_in_s,
            )
            self._post(partial(self._lost, loss))
            self._closing.wait(loss.restart_in_s)

    def _run_once(self) -> tuple[str, int | None]:
        """One process from start to end; gives the reason of its end."""
        anew = self._own_crashes >= ANEW_AFTER
        job = replace(self._job, anew=anew)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        outbox: queue.SimpleQueue[messages.Request | None] = queue.SimpleQueue()
        self._outbox = outbox
        if self._closing.is_set():
            outbox.put(messages.Shutdown())
        process = context.Process(
            target=main,
            args=(theirs, job),
            name="segue-recommender",
            daemon=True,
        )
        try:
            process.start()
        except OSError as problem:
            return f"it could not be started: {problem}", None
        finally:
            theirs.close()
        self._process = process
        writer = threading.Thread(
            target=_write_all, args=(ours, outbox), name="recommender-writer", daemon=True
        )
        writer.start()
        reason = STOPPED
        try:
            reason = self._read_all(ours, outbox)
        finally:
            outbox.put(None)
            if not self._closing.is_set():
                process.join(0 if reason == HANGS else EXIT_S)
                process.kill()
            process.join()
            writer.join()
            ours.close()
            self._process = None
        return reason, process.exitcode

    def _read_all(
        self, pipe: Connection, outbox: queue.SimpleQueue[messages.Request | None]
    ) -> str:
        now = time.monotonic()
        heard_at, pinged_at, patience_s, serial = now, now, FIRST_WORD_S, 0
        try:
            while True:
                asked_at = time.monotonic()
                if pipe.poll(POLL_S):
                    answer = messages.decode_answer(pipe.recv_bytes())
                    heard_at = time.monotonic()
                    patience_s = SILENCE_S
                    if isinstance(answer, messages.Busy):
                        patience_s = answer.at_most_s
                    if not isinstance(answer, messages.Pong):
                        self._post(partial(self._heard, answer))
                    continue
                now = time.monotonic()
                if now - asked_at > SLEPT_S:
                    heard_at = now
                if now - heard_at > patience_s:
                    return HANGS
                if now - pinged_at >= PING_S:
                    serial, pinged_at = serial + 1, now
                    outbox.put(messages.Ping(serial))
        except (EOFError, OSError):
            return STOPPED
        except messages.MessageError as problem:
            return f"it sent something unreadable: {problem}"

    def _count(self, reason: str, exit_code: int | None) -> Loss:
        now = time.monotonic()
        self._crashes.append(now)
        crashes = sum(1 for at in self._crashes if now - at < CRASH_MEMORY_S)
        wait_s = RESTART_S[min(crashes, len(RESTART_S)) - 1]
        was_killed = hasattr(signal, "SIGKILL") and exit_code == -signal.SIGKILL
        if was_killed and reason == STOPPED:
            wait_s = min(wait_s, KILLED_RESTART_S)
        else:
            self._own_crashes = self._own_crashes + 1 if crashes > 1 else 1
        return Loss(reason, crashes, wait_s)


def _write_all(pipe: Connection, outbox: queue.SimpleQueue[messages.Request | None]) -> None:
    while (request := outbox.get()) is not None:
        try:
            pipe.send_bytes(messages.encode(request))
        except messages.MessageError as problem:
            log.error("A request was left out. %s", problem)
        except OSError:
            return


class Handover:
    """Ends links and starts those that follow them, on threads of its own."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def begin(self, old: Link, new: Link) -> None:
        """Start `new` once `old` is gone."""
        thread = threading.Thread(
            target=_replace, args=(old, new), name="recommender-change", daemon=True
        )
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def wait(self) -> None:
        """Return when all that was begun is done."""
        for thread in self._threads:
            thread.join()


def _replace(old: Link, new: Link) -> None:
    old.close()
    new.start()
