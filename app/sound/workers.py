"""The threads that hear files, and how long each of them may take."""

from __future__ import annotations

import importlib
import logging
import os
import queue
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.sound.inventory import File, Wanted
from app.sound.process import HearJob
from recommender.audio.sound import AudioError, Sound

log = logging.getLogger(__name__)

WALL = 30
"""A file may take so many times longer than its time of a processor, as everybody else comes
first."""

WHOLE_SHARE = 0.25
"""Seconds more that a second of a song may take, when it is heard as a whole."""

UNREADABLE = "Segue could not make sense of this file: {}."

Outcome = Sound | str | None
"""What was heard, or why it cannot be, or None for a file that is not there as it was."""


class Hear(Protocol):
    """`recommender.audio.extract.hear`, or what stands in for it."""

    def __call__(self, path: Path, *, whole: bool = False) -> Sound:
        """Raises AudioError in words."""


@dataclass(frozen=True, slots=True)
class InHand:
    """A sound that is being heard now."""

    wanted: Wanted
    limit_s: float
    began_s: float
    spent_s: float


class Workers:
    """Hears some files at a time. Raises ImportError when it cannot hear at all."""

    def __init__(self, job: HearJob) -> None:
        module, _, name = job.hear.partition(":")
        self._hear: Hear = getattr(importlib.import_module(module), name)
        self._most, self._limit_s = job.workers, job.limit_s
        self._in_hand: dict[str, InHand] = {}
        self._orders: queue.SimpleQueue[tuple[Wanted, bool]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[Wanted, Outcome]] = queue.SimpleQueue()
        for _ in range(job.workers):
            threading.Thread(target=self._work, name="ears", daemon=True).start()

    @property
    def is_busy(self) -> bool:
        """Whether all have something in hand."""
        return len(self._in_hand) >= self._most

    def in_hand(self) -> set[str]:
        """The contents that are being heard now."""
        return set(self._in_hand)

    def give(self, wanted: Wanted, *, whole: bool) -> None:
        """Let one of them hear a sound."""
        limit_s = self._limit_s + whole * WHOLE_SHARE * wanted.seconds
        self._in_hand[wanted.content] = InHand(
            wanted, limit_s, time.monotonic(), time.process_time()
        )
        self._orders.put((wanted, whole))

    def take(self, limit_s: float) -> tuple[Wanted, Outcome] | None:
        """Wait so long for one that is done; it stays in hand until `put_down`."""
        try:
            return self._done.get(timeout=limit_s)
        except queue.Empty:
            return None

    def put_down(self, wanted: Wanted) -> None:
        """What came of it was kept."""
        self._in_hand.pop(wanted.content, None)

    def spinning(self) -> Wanted | None:
        """One that has taken too much of the processor; its thread cannot be ended."""
        spent_s = time.process_time()
        for each in self._in_hand.values():
            if spent_s - each.spent_s > each.limit_s * self._most:
                return each.wanted
        return None

    def hanging(self) -> Wanted | None:
        """One for which something has been waited for too long, be it a drive or the processor."""
        now_s = time.monotonic()
        for each in self._in_hand.values():
            if now_s - each.began_s > each.limit_s * WALL:
                return each.wanted
        return None

    def _work(self) -> None:
        try:
            while True:
                wanted, whole = self._orders.get()
                self._done.put((wanted, self._outcome(wanted, whole)))
        finally:  # What nobody foresaw ends the process, which is then found out to be this file's.
            log.critical("Hearing failed.", exc_info=sys.exc_info())
            os._exit(1)

    def _outcome(self, wanted: Wanted, whole: bool) -> Outcome:
        for file in wanted.files:
            if not is_as_seen(file):
                continue
            try:
                outcome: Outcome = self._hear(file.path, whole=whole)
            except AudioError as problem:
                outcome = str(problem)
            except (ValueError, ArithmeticError, LookupError, RuntimeError, MemoryError) as problem:
                log.warning("%s was not heard.", file.path, exc_info=True)
                outcome = UNREADABLE.format(str(problem) or type(problem).__name__)
            is_whole = isinstance(outcome, Sound) and not outcome.damage
            if is_whole or is_as_seen(file):
                return outcome
        return None


def is_as_seen(file: File) -> bool:
    """Whether the file is there, and the one that the scan saw."""
    try:
        seen = file.path.stat()
    except (OSError, ValueError):
        return False
    return (seen.st_size, seen.st_mtime_ns) == (file.size, file.mtime_ns)
