"""The recommender's process: its entry, light to import.

It runs at the usual priority: a person waits for its list, and it rests when nobody does.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from app.autoplay.choice import LIVE_MODEL, OWN, ModelChoice
from app.background.low_priority import THREADS

log = logging.getLogger(__name__)

NAME = "segue-recommend"


@dataclass(frozen=True, slots=True)
class Job:
    """What a process serves: a recommender's factory as "module:name", its data, its checkpoints.

    The factory is the recommender's class itself, or for a `choice` other than Segue's own model
    what makes it from the choice's name and folder. `anew` leaves the checkpoints out: processes
    that used them have crashed. `sounds` is where it is kept how the library's files sound.
    """

    database: Path
    checkpoints: Path
    model: str = LIVE_MODEL
    choice: ModelChoice = OWN
    anew: bool = False
    sounds: Path | None = None


def main(pipe: Connection, job: Job) -> None:
    """Serve a recommender over the pipe until the other side is gone.

    Numeric libraries are imported only after they were told to use one thread: scoring on more
    is slower whenever another process keeps a core busy.
    """
    for name in THREADS:
        os.environ[name] = "1"
    logging.basicConfig(level=logging.WARNING, format="recommender: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _show_name()

    from app.autoplay.worker import serve

    try:
        serve(pipe, job)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        log.info("The player is gone.")


def _show_name() -> None:
    """Be found under a name in lists of processes."""
    if sys.platform == "linux":
        Path("/proc/self/comm").write_text(NAME, encoding="ascii")
