"""Standing back behind everything else that runs on this machine."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from contextlib import suppress

NICEST = 19
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
_WHO_PROCESS, _IDLE_CLASS = 1, 3 << 13


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
