"""Uses the real window on the library of `SEGUE_HOME`, and writes what it measured as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import psutil
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import player_parts
from app.main import SWITCH_INTERVAL_S, Application
from app.paths import Paths
from app.player.silent_engine import SilentEngine
from tests.benchmarks.library import make_small_files

REACTIONS = 60
WORDS = ("silver", "night", "artist:the", "year:1990..1999", "liked:", "moon", "ca")
SCANNED_FILES = 3_000
BEAT_MS = 5
WAIT_S = 20.0


class Paints(QObject):
    """Counts the paints of a widget."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


class Heart(QObject):
    """Beats every few milliseconds; how late a beat comes is how long the thread was blocked."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)

    @contextmanager
    def beating(self) -> Iterator[None]:
        self._last = time.perf_counter()
        self._timer.start()
        yield
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000 - BEAT_MS)
        self._last = now


def wait(done: Callable[[], object], what: str = "an answer") -> None:
    """Sleep from event to event until `done()`, as the program does; a spin would hold the GIL."""
    began = time.monotonic()
    wake = QTimer(interval=50)
    wake.start()
    while not done():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.monotonic() - began > WAIT_S:
            raise TimeoutError(f"The benchmark waited in vain for {what}.")


def reactions_ms(application: Application) -> list[float]:
    """From the press of a real button to the first frame that shows the new list."""
    window, conductor = application.window, application.parts.conductor
    painted: list[int] = [0]
    asked: list[int] = []
    window.up_next.painted.connect(lambda answers: painted.append(answers))
    keeper = conductor._list
    plain = keeper.request_with_story

    def noted(text: str) -> None:
        plain(text)
        asked.append(keeper._story[0])

    keeper.request_with_story = noted
    transport = window.transport
    buttons = cycle((transport.like, transport.skip, transport.dislike, transport.skip))
    taken = []
    for _ in range(REACTIONS):
        button = next(buttons)
        asked.clear()
        wait(lambda button=button: button.isEnabled())
        QTest.qWait(120)
        began = time.perf_counter()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
        wait(
            lambda: asked and painted[-1] >= asked[-1],
            f"the list after {button.accessibleName()} ({asked} asked, {painted[-1]} painted)",
        )
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def searches_ms(application: Application) -> list[float]:
    """From a key in the search box to the paint of the rows that answer it."""
    window = application.window
    content, box = window.content, window.middle.search
    window.actions_by_name["Search"].trigger()
    field = QApplication.focusWidget() or box
    resets: list[int] = []
    paints = Paints(content.table.viewport())
    content.tracks.modelReset.connect(lambda: resets.append(paints.count))
    taken = []
    for word in WORDS:
        for letter in word:
            resets.clear()
            began = time.perf_counter()
            QTest.keyClick(field, letter)
            wait(lambda: resets, f"rows after {letter} of {word}")
            if content.tracks.rowCount():
                wait(lambda: paints.count > resets[0], f"a paint after {letter} of {word}")
            taken.append((time.perf_counter() - began) * 1000)
            QTest.qWait(60)
        box.clear()
        QTest.qWait(200)
    return taken


def scan(application: Application, folder: Path) -> None:
    """Scan real files while a song plays and the list is asked for anew."""
    done: list[object] = []
    application.parts.scans.finished.connect(done.append)
    application.window.scanning.add_folder(folder)
    conductor = application.parts.conductor
    while not done:
        conductor.like()
        QTest.qWait(150)


def p95(values: list[float]) -> float:
    return round(quantiles(values, n=20)[-1], 1)


def main() -> None:
    player_parts.make_engine = lambda post, kind: SilentEngine(post, check_files=False)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    qt = QApplication(sys.argv[:1])
    application = Application(qt, Paths.default(), silent=True)
    heart = Heart()
    lists: list[bool] = []
    conductor = application.parts.conductor
    conductor.predicted_changed.connect(
        lambda view: lists.append(bool(view.rows) and not view.is_fallback)
    )
    application.window.resize(1280, 800)
    application.show()
    with TemporaryDirectory(prefix="segue-bench-files-") as folder:
        make_small_files(Path(folder), SCANNED_FILES)
        os.sync()
        wait(lambda: True in lists and application.window.content.tracks.rowCount())
        conductor.play([application.window.content.tracks.ids[0]])
        QTest.qWait(1_500)
        with heart.beating():
            reacted = reactions_ms(application)
            searched = searches_ms(application)
            scan(application, Path(folder))
    recommender = application.parts.autoplay.pid
    measured = {
        "reaction_p95_ms": p95(reacted),
        "search_p95_ms": p95(searched),
        "longest_block_ms": round(heart.longest_ms, 1),
        "window_mb": round(psutil.Process().memory_info().rss / 1e6),
        "recommender_mb": round(psutil.Process(recommender).memory_info().rss / 1e6),
    }
    application.close()
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main()
