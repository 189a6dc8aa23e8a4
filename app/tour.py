"""The tour: the real window on the demo music, driven through its own buttons for a while."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.conductor.up_next import PredictedView
from app.library.errors import LibraryError
from app.library.query import TrackQuery
from app.library.track import Track
from app.main import Application, demo_music, start_log
from app.paths import Paths

ROWS_TOLD = 5
LONGEST_WAIT_MS = 120_000


class TourError(Exception):
    """The tour could not go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the tour does: what it says, what it presses, how long it then listens."""

    text: str
    act: Callable[[], object]
    listen_ms: int = 2_200
    picture: str = ""


def run_tour(out: Path) -> int:
    """Take the tour; screenshots go to `out`. Returns the exit status."""
    home = Path(tempfile.mkdtemp(prefix="segue-tour-"))
    kept = Paths.default()
    paths = Paths(home / "data", home / "cache")
    start_log(paths)
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Segue")
    try:
        music = _make_music(kept)
        application = Application(qt, paths)
        try:
            Tour(application, out).take(music)
        finally:
            application.close()
    except (TourError, LibraryError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


class Tour:
    """Presses the window's own controls and tells how the predicted list answers."""

    def __init__(self, application: Application, out: Path) -> None:
        self._application = application
        self._window = application.window
        self._out = out
        self._view = PredictedView()
        self._told = PredictedView()
        self._words: list[str] = []
        conductor = application.parts.conductor
        conductor.predicted_changed.connect(self._on_list)
        conductor.noticed.connect(lambda notice: self._words.append(notice.text))

    def take(self, music: Path) -> None:
        """Scan the demo music, then go through all steps; raises TourError."""
        self._out.mkdir(parents=True, exist_ok=True)
        scanned: list[bool] = []
        parts = self._application.parts
        parts.scans.finished.connect(lambda report: scanned.append(True))
        self._window.resize(1280, 800)
        self._application.show()
        self._window.scanning.add_folder(music)
        _wait(lambda: bool(scanned), "the scan of the demo music")
        _wait(
            lambda: bool(self._view.rows) and not self._view.is_fallback,
            "the recommender's first list",
        )
        _wait(self._table_is_filled, "the songs in the table")
        if parts.conductor.engine_message:
            _say(parts.conductor.engine_message)
        _say(f"The demo music is in the library. {self._view.note}")
        self._tell_list()
        for step in self._steps():
            self._go(step)
        _say(f"Screenshots are in {self._out.resolve()}")

    def _table_is_filled(self) -> bool:
        content = self._window.content
        found = len(self._application.parts.library.track_ids(TrackQuery()))
        rows = content.tracks.rowCount()
        return (
            content.table.isVisible() and rows == found > 2 and content.tracks.track(2) is not None
        )

    def _steps(self) -> list[Step]:
        transport = self._window.transport
        return [
            Step("Play a song from the table", self._play_third_row, picture="1-playing"),
            Step("Press Like", lambda: self._press(transport.like), 1_600, "2-liked"),
            Step("Press Skip", lambda: self._press(transport.skip)),
            Step("Press Skip again", lambda: self._press(transport.skip)),
            Step("Press Like", lambda: self._press(transport.like)),
            Step("Press Never again", lambda: self._press(transport.dislike), 1_600, "3-disliked"),
            Step("Press Undo in the toast", self._press_undo),
            Step("Skip", lambda: self._press(transport.skip)),
            Step("Open the albums", lambda: self._show("albums"), 1_200, "4-albums"),
            Step("Switch the theme", self._switch_theme, 800, "5-other-theme"),
            Step("Make the window small", lambda: self._window.resize(900, 600), 800, "6-small"),
        ]

    def _go(self, step: Step) -> None:
        playing = self._application.parts.conductor.now_playing
        on = f" while “{playing.title}” by {playing.artist} plays" if playing else ""
        _say(f"\n→ {step.text}{on}")
        self._words.clear()
        step.act()
        _listen(step.listen_ms)
        for words in self._words[-1:]:
            _say(f"  {words}")
        self._tell_list()
        if step.picture:
            target = self._out / f"{step.picture}.png"
            if not self._window.grab().save(str(target)):
                raise TourError(f"The screenshot {target} could not be written.")

    def _tell_list(self) -> None:
        before = {row.track.track_id: n for n, row in enumerate(self._told.rows)}
        if self._view.rows == self._told.rows:
            return
        for place, row in enumerate(self._view.rows[:ROWS_TOLD]):
            mark = _mark(before.get(row.track.track_id), place)
            _say(f"  {mark} {_name(row.track)}: {row.prediction.reason}")
        gone = [row for row in self._told.rows if row.track not in self._tracks()]
        if self._told.rows and gone:
            _say(f"    {len(gone)} of the {len(self._told.rows)} songs left the list")
        self._told = self._view

    def _tracks(self) -> set[Track]:
        return {row.track for row in self._view.rows}

    def _play_third_row(self) -> None:
        table = self._window.content.table
        cell = table.visualRect(table.model().index(2, 1)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)

    def _press(self, button: QWidget) -> None:
        if not button.isVisible() or not button.isEnabled():
            raise TourError(f"The button “{button.accessibleName()}” cannot be pressed.")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=_middle(button))

    def _press_undo(self) -> None:
        toasts = [toast for toast in self._window.toasts.toasts if toast.undo.isVisible()]
        if not toasts:
            raise TourError("There is no toast with an Undo button.")
        self._press(toasts[-1].undo)

    def _show(self, section: str) -> None:
        self._window.actions_by_name[f"Go to {section}"].trigger()

    def _switch_theme(self) -> None:
        theme = self._application.theme
        theme.set_mode("light" if theme.is_dark else "dark")
        self._show("tracks")

    def _on_list(self, view: PredictedView) -> None:
        self._view = view


def _make_music(paths: Paths) -> Path:
    """The demo music, made if it is not there yet; raises TourError."""
    from app.ui.post import make_post

    done: list[Path] = []
    failed: list[str] = []
    demo = demo_music(paths, make_post(QApplication.instance()))
    demo.finished.connect(lambda folder: done.append(Path(folder)))
    demo.failed.connect(failed.append)
    _say("Making the demo music; it is kept for the next time.")
    demo.start()
    _wait(lambda: bool(done or failed), "the demo music")
    if failed:
        raise TourError(failed[0])
    return done[0]


def _wait(done: Callable[[], bool], what: str) -> None:
    """Let the window live until something has come; raises TourError when it never does."""
    waited_ms = 0
    while not done():
        if waited_ms > LONGEST_WAIT_MS:
            raise TourError(f"The tour waited in vain for {what}.")
        _listen(50)
        waited_ms += 50


def _listen(duration_ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()


def _mark(before: int | None, place: int) -> str:
    if before is None:
        return "+"
    if before == place:
        return " "
    return "▲" if before > place else "▼"


def _name(track: Track) -> str:
    return f"{track.title} · {track.artist}"


def _middle(widget: QWidget) -> QPoint:
    return widget.rect().center()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
