"""The recommender's process: its entry, light to import, and the manners it keeps."""

from __future__ import annotations

import logging
import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

log = logging.getLogger(__name__)

NAME = "segue-recommend"
NICENESS = 5
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Job:
    """What a process serves: the recommender's class as "module:name", its data, its checkpoints.

    `anew` leaves the checkpoints out: processes that used them have crashed. `in_a_hurry` puts
    good manners off until the list is back: somebody looks at the plain one.
    """

    database: Path
    checkpoints: Path
    model: str = "recommender.live:LiveRecommender"
    anew: bool = False
    in_a_hurry: bool = False


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
        serve(pipe, job, be_polite)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        log.info("The player is gone.")


def be_polite() -> None:
    """Let playback and the window go first."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _show_name() -> None:
    """Be found under a name in lists of processes."""
    if sys.platform == "linux":
        Path("/proc/self/comm").write_text(NAME, encoding="ascii")
