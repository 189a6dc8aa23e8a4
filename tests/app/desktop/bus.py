"""A session bus of its own for a test, and the real `playerctl` on it."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

NEEDED = ("dbus-daemon", "playerctl")
LIMIT_S = 10.0


def available() -> bool:
    return all(shutil.which(program) for program in NEEDED)


@contextlib.contextmanager
def session_bus() -> Iterator[str]:
    """Start a private session bus; gives its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


@dataclass
class Loop:
    """Stands in for the window's event loop: runs what other threads post."""

    posted: queue.Queue = field(default_factory=queue.Queue)

    def post(self, work: Callable[[], None]) -> None:
        self.posted.put(work)

    def run_until(self, done: Callable[[], bool]) -> None:
        stop_at = time.monotonic() + LIMIT_S
        while not done():
            assert time.monotonic() < stop_at, "it never happened"
            with contextlib.suppress(queue.Empty):
                self.posted.get(timeout=0.02)()


def playerctl(*arguments: str) -> str:
    done = subprocess.run(
        ["playerctl", "--player=segue", *arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        env=dict(os.environ),
    )
    return (done.stdout + done.stderr).strip()
