"""Standing back behind everything else that runs on this machine."""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import signal
import sys
from contextlib import suppress
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
NICEST = 19
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
_WHO_PROCESS, _IDLE_CLASS = 1, 3 << 13


def begin(name: str, label: str, *, stands_back: bool = True) -> None:
    """Make this process one of the background, before it imports any numeric library: one thread,
    a name in lists of processes, log lines that begin with the label, deaf to Ctrl+C."""
    for variable in THREADS:
        os.environ[variable] = "1"
    logging.basicConfig(level=logging.WARNING, format=f"{label}: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        Path("/proc/self/comm").write_text(name, encoding="ascii")
    if stands_back:
        stand_back()


def stand_back() -> None:
    """Let this process have the processor and the disk only when nobody else wants them.

    Whatever of it a system does not know or allow is left out.
    """
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICEST)
    if sys.platform != "linux":
        return
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    number = _IOPRIO_SET.get(platform.machine())
    if number is not None:
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).syscall(number, _WHO_PROCESS, 0, _IDLE_CLASS)
