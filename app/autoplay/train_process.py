"""The training's process: reads the database, trains, and writes a version; it never disturbs."""

from __future__ import annotations

import importlib
import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.autoplay import train_messages as messages
from app.autoplay.catalogue import contents_of, read_catalogue, read_past
from app.autoplay.steady_clock import SteadyClock
from app.background.low_priority import begin
from app.background.wire import CancelledError, Wire
from app.library.database import open_database
from app.library.errors import LibraryError
from app.library.lyrics import Lyrics
from recommender.api import Lasting, Song
from recommender.training.settings import TrainingError
from recommender.training.versions import Versions

log = logging.getLogger(__name__)

NAME = "segue-train"
TRAINING, PARTS = "recommender.live.refit", "recommender.live.parts"
SOUNDS = "recommender.live.sound_part"
PROGRESS_S = 0.1


@dataclass(frozen=True, slots=True)
class TrainJob:
    """What to train from and where to; `options` are a net's beside its usual ones, `sounds` is
    what was heard of the library's files.

    `stands_back` leaves the processor to everybody else, which on a busy machine may take all of
    it.
    """

    database: Path
    folder: Path
    device: str = "auto"
    options: dict[str, Any] = field(default_factory=dict)
    stands_back: bool = True
    sounds: Path | None = None


def main(pipe: Connection, job: TrainJob) -> None:
    """Train once and say what came of it; ends at once when the other side is gone."""
    begin(NAME, "training", stands_back=job.stands_back)
    wire = Wire(pipe, messages.encode, messages.decode_order)
    try:
        wire.say(_train(job, Telling(wire)))
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


def _train(job: TrainJob, telling: Telling) -> messages.Done:
    telling.tell("Reading your library and your plays", 0.0, None)
    songs, events, lyrics = read_all(job.database)
    training, parts = importlib.import_module(TRAINING), importlib.import_module(PARTS)
    sounds = _sounds(job)
    report = training.Refit(
        Versions(job.folder),
        parts.Material(songs, events, lyrics, sounds),
        lambda progress: telling.tell(progress.step, progress.share, progress.left_s),
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


def _sounds(job: TrainJob) -> Any:
    """What was heard, None where there is nothing or it cannot be read."""
    if job.sounds is None or not job.sounds.is_file():
        return None
    with closing(open_database(job.database, read_only=True)) as connection:
        sounds = importlib.import_module(SOUNDS).Sounds(job.sounds, contents_of(connection))
    try:
        sounds.heard()
    except (OSError, sqlite3.Error) as problem:
        log.warning("What was heard cannot be read, so it is left out: %s", problem)
        return None
    return sounds


class Telling:
    """Tells the progress a few times a second, and stands still during a pause."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._next_s, self._step = 0.0, ""

    def tell(self, step: str, share: float, left_s: float | None) -> None:
        """Raises CancelledError when the training is to end."""
        if self._wire.obey(messages.Paused()):
            self._next_s = 0.0
        now_s = time.monotonic()
        if now_s >= self._next_s or step != self._step:
            self._next_s, self._step = now_s + PROGRESS_S, step
            self._wire.say(messages.Progressed(step, share, left_s))
