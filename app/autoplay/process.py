"""The recommender's process: its entry, light to import, and the manners it keeps."""

from __future__ import annotations

import logging
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

log = logging.getLogger(__name__)

NAME = "segue-recommend"
NICENESS = 5
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def main(pipe: Connection, database: Path, checkpoints: Path, model: str, anew: bool) -> None:
    """Serve the recommender `model` ("module:class") over the pipe until the other side is gone.

    `anew` leaves out what earlier processes saved in `checkpoints`, as they have crashed.

    Numeric libraries are imported only after they were told to use one thread: scoring on more
    is slower whenever another process keeps a core busy.
    """
    for name in THREADS:
        os.environ[name] = "1"
    logging.basicConfig(level=logging.WARNING, format="recommender: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _be_polite()

    from app.autoplay.worker import serve

    try:
        serve(pipe, database, checkpoints, model, anew=anew)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        log.info("The player is gone.")


def _be_polite() -> None:
    """Let playback go first, and be found under a name in lists of processes."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    if sys.platform == "linux":
        Path("/proc/self/comm").write_text(NAME, encoding="ascii")
