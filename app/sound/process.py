"""The listening process: its entry, light to import."""

from __future__ import annotations

import logging
import os
import sqlite3
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from app.background.low_priority import begin
from app.background.wire import CancelledError, Wire
from app.library.errors import LibraryError
from app.sound import messages

log = logging.getLogger(__name__)

NAME = "segue-listen"
EARS = "recommender.audio.extract:hear"
GRACE_S = 3.0
"""How long what is in hand may take to be put down once the player is gone."""

NO_EARS = "The part of Segue that decodes music does not start ({}). Install Segue anew."


def _workers() -> int:
    return max(1, min(4, (os.cpu_count() or 2) // 2))


@dataclass(frozen=True, slots=True)
class HearJob:
    """Whose files to listen to, and where what was heard is kept.

    `hear` names the function that hears one file, as "module:name"; `limit_s` is how much of a
    processor's time it may take. With nothing left to do the process waits for `linger_s`.
    """

    database: Path
    store: Path
    is_whole: bool = False
    workers: int = field(default_factory=_workers)
    hear: str = EARS
    limit_s: float = 120.0
    linger_s: float = 20.0
    stands_back: bool = True


@dataclass(slots=True)
class Asked:
    """What the player asked for last; written by the thread that reads orders."""

    is_whole: bool
    look: int = 0

    def take(self, order: object) -> None:
        """Follow an order."""
        if isinstance(order, messages.Look):
            self.look = order.serial
        elif isinstance(order, messages.Whole):
            self.is_whole = order.is_whole


def main(pipe: Connection, job: HearJob) -> None:
    """Listen until nothing is left or the player wants the end; the last word says which."""
    begin(NAME, "listening", stands_back=job.stands_back)
    asked = Asked(job.is_whole)
    wire = Wire(pipe, messages.encode, messages.decode_order, other=asked.take, grace_s=GRACE_S)
    try:
        wire.say(_listen(job, wire, asked))
    except CancelledError:
        log.info("The listening was cancelled.")
    os._exit(0)  # Threads that still decode are not waited for.


def _listen(job: HearJob, wire: Wire, asked: Asked) -> messages.Ended | messages.Troubled:
    try:
        from app.sound.listening import Listening
        from app.sound.workers import Workers

        workers = Workers(job)
    except ImportError as problem:
        return messages.Troubled(NO_EARS.format(problem))
    try:
        return Listening(job, wire, asked, workers).run()
    except LibraryError as problem:
        return messages.Troubled(str(problem))
    except (sqlite3.Error, OSError) as problem:
        return messages.Troubled(
            f"What was heard could not be kept in {job.store}: {problem}. "
            "Make room there, or delete that file, then let Segue go on listening."
        )
