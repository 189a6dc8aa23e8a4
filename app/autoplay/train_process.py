"""The training's process: reads the database, trains, and writes a version; it never disturbs."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.autoplay import train_messages as messages
from app.autoplay.catalogue import read_catalogue, read_past
from app.autoplay.low_priority import stand_back
from app.autoplay.process import THREADS
from app.autoplay.steady_clock import SteadyClock
from app.library.database import open_database
from app.library.errors import LibraryError
from app.library.lyrics import Lyrics
from recommender.api import Lasting, Song
from recommender.training.settings import TrainingError
from recommender.training.versions import Versions

log = logging.getLogger(__name__)

NAME = "segue-train"
TRAINING, PARTS = "recommender.live.refit", "recommender.live.parts"
PROGRESS_S = 0.1


@dataclass(frozen=True, slots=True)
class TrainJob:
    """What to train from and where to; `options` are a net's beside its usual ones.

    `stands_back` leaves the processor to everybody else, which on a busy machine may take all of
    it.
    """

    database: Path
    folder: Path
    device: str = "auto"
    options: dict[str, Any] = field(default_factory=dict)
    stands_back: bool = True


class CancelledError(Exception):
    """The player wants the training to end."""


def main(pipe: Connection, job: TrainJob) -> None:
    """Train once and say what came of it; ends at once when the other side is gone."""
    for name in THREADS:
        os.environ[name] = "1"
    logging.basicConfig(level=logging.WARNING, format="training: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        Path("/proc/self/comm").write_text(NAME, encoding="ascii")
    if job.stands_back:
        stand_back()
    wire = Wire(pipe)
    try:
        wire.say(_train(job, wire))
    except CancelledError:
        log.info("The training was cancelled.")
    except TrainingError as problem:
        wire.say(messages.Failed(str(problem)))
    except (LibraryError, sqlite3.Error) as problem:
        wire.say(messages.Failed(f"The library could not be read: {problem}"))
    except OSError as problem:
        words = problem.strerror or str(problem)
        wire.say(
            messages.Failed(f"What was learnt could not be kept in {job.folder}: {words}. "
                            "Make room there; what was there is still in use.")
        )  # fmt: skip


def _train(job: TrainJob, wire: Wire) -> messages.Done:
    wire.tell("Reading your library and your plays", 0.0, None)
    songs, events, lyrics = read_all(job.database)
    training, parts = importlib.import_module(TRAINING), importlib.import_module(PARTS)
    report = training.Refit(
        Versions(job.folder),
        parts.Material(songs, events, lyrics),
        lambda progress: wire.tell(progress.step, progress.share, progress.left_s),
        parts.Choices(device=job.device, options=job.options),
    ).run()
    return messages.Done(report.taken, report.words)


def read_all(database: Path) -> tuple[Sequence[Song], Sequence[Lasting], Lyrics]:
    """The library, every event that still stands, in times that only go on, and the lyrics."""
    with closing(open_database(database, read_only=True)) as connection:
        connection.execute("BEGIN")
        songs, past = read_catalogue(connection).songs, read_past(connection)
        there = "SELECT track_id, location FROM tracks WHERE available = 1 AND removed = 0"
        lyrics = Lyrics(dict(connection.execute(there).fetchall()))
    clock = SteadyClock()
    return songs, [replace(event, at_s=clock.take(event.at_s)) for event in past.events], lyrics


class Wire:
    """The way to the player: words out; orders in, read by a thread of their own."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._change = threading.Condition()
        self._is_paused = self._is_cancelled = False
        self._next_s = 0.0
        self._step = ""
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def say(self, word: messages.Word) -> None:
        """Send one word; raises CancelledError when nobody is there."""
        try:
            self._pipe.send_bytes(messages.encode(word))
        except (BrokenPipeError, ConnectionResetError) as gone:
            raise CancelledError from gone

    def tell(self, step: str, share: float, left_s: float | None) -> None:
        """Tell the progress a few times a second, stand still during a pause; raises
        CancelledError."""
        self._obey()
        now_s = time.monotonic()
        if now_s >= self._next_s or step != self._step:
            self._next_s, self._step = now_s + PROGRESS_S, step
            self.say(messages.Progressed(step, share, left_s))

    def _obey(self) -> None:
        with self._change:
            if self._is_paused and not self._is_cancelled:
                self.say(messages.Paused())
                self._change.wait_for(lambda: self._is_cancelled or not self._is_paused)
                self._next_s = 0.0
            if self._is_cancelled:
                raise CancelledError

    def _read(self) -> None:
        """Take orders; without a player the process ends at once, whatever it is doing."""
        while True:
            try:
                order = messages.decode_order(self._pipe.recv_bytes())
            except (EOFError, OSError):
                os._exit(1)
            with self._change:
                if isinstance(order, messages.Cancel):
                    self._is_cancelled = True
                else:
                    self._is_paused = isinstance(order, messages.Pause)
                self._change.notify_all()
