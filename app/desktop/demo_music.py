"""Makes the demo music in a process of its own, and tells the window how far it is."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path

import resources
from app.signals import Post, Signal

log = logging.getLogger(__name__)

MODULE = "resources.demo_music"
STOP_LIMIT_S = 3.0
NO_REASON = "The demo music could not be made; the log has the reason. Try again."


class DemoMusic:
    """One run of the demo music's maker. Signals are emitted on the window's thread.

    Every started run ends in exactly one of `finished` and `failed`, or in neither when it was
    cancelled. What was made before a cancel is used by the next run.
    """

    def __init__(self, folder: Path, post: Post) -> None:
        self.progress: Signal[[int, int, str]] = Signal()
        """Tracks done, tracks in all, name of the latest."""
        self.finished: Signal[[Path]] = Signal()
        """The folder with the music."""
        self.failed: Signal[[str]] = Signal()
        """A sentence that says why there is none."""
        self._folder = folder
        self._post = post
        self._process: subprocess.Popen[str] | None = None
        self._run = 0

    @property
    def running(self) -> bool:
        """Whether the music is being made."""
        return self._process is not None

    def start(self) -> None:
        """Begin; does nothing while a run goes on."""
        if self._process is not None:
            return
        self._run += 1
        try:
            self._process = self._spawn()
        except OSError as error:
            reason = f"The demo music could not be started: {error.strerror or error}."
            self._post(lambda: self.failed.emit(reason))
            return
        reader = threading.Thread(
            target=self._read, args=(self._process, self._run), name="demo-music", daemon=True
        )
        reader.start()

    def cancel(self) -> None:
        """Stop a run; no signal of it comes afterwards."""
        process, self._process = self._process, None
        self._run += 1
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()

    def _spawn(self) -> subprocess.Popen[str]:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-m", MODULE, str(self._folder)],
            cwd=Path(resources.__path__[0]).parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    def _read(self, process: subprocess.Popen[str], run: int) -> None:
        reason = NO_REASON
        finished: Path | None = None
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                told = _facts(line)
                if "finished" in told:
                    finished = Path(str(told["finished"]))
                elif "failed" in told:
                    reason = str(told["failed"])
                elif "done" in told:
                    self._tell_progress(run, told)
                else:
                    log.warning("demo music: %s", line.rstrip())
        process.wait()
        self._post(lambda: self._ended(run, finished, reason))

    def _tell_progress(self, run: int, told: dict[str, object]) -> None:
        done, total, name = (told.get(key) for key in ("done", "total", "name"))
        if isinstance(done, int) and isinstance(total, int):

            def tell() -> None:
                if run == self._run:
                    self.progress.emit(done, total, str(name))

            self._post(tell)

    def _ended(self, run: int, finished: Path | None, reason: str) -> None:
        if run != self._run:
            return
        self._process = None
        if finished is not None:
            self.finished.emit(finished)
        else:
            self.failed.emit(reason)


def _facts(line: str) -> dict[str, object]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
