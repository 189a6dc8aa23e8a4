"""What the tests of the window share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.library.database import open_database
from app.library.reader import Reader
from app.library.scans import ScanProgress, ScanReport
from app.signals import Post, Signal
from app.ui.covers import Covers
from app.ui.post import make_post
from app.ui.settings import Settings
from app.ui.theme import Theme
from app.ui.window import MainWindow
from tests.app.ui import shelf
from tests.app.ui.fake_conductor import FakeConductor


class RecordedScans:
    """Records what the window asks of the scans."""

    def __init__(self) -> None:
        self.progress: Signal[[ScanProgress]] = Signal()
        self.finished: Signal[[ScanReport]] = Signal()
        self.changed: Signal[[]] = Signal()
        self.calls: list[tuple[object, ...]] = []

    def start(self) -> None:
        self.calls.append(("start",))

    def cancel(self) -> None:
        self.calls.append(("cancel",))

    def add_folder(self, path: Path) -> None:
        self.calls.append(("add_folder", path))

    def remove_folder(self, folder_id: int) -> None:
        self.calls.append(("remove_folder", folder_id))


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    path = tmp_path / "settings.db"
    open_database(path).close()
    made = Settings(path)
    yield made
    made.close()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "dark")


@pytest.fixture
def conductor() -> FakeConductor:
    return FakeConductor()


@pytest.fixture
def scans() -> RecordedScans:
    return RecordedScans()


@pytest.fixture
def post(qapp: QApplication) -> Post:
    return make_post(qapp)


@pytest.fixture
def covers(tmp_path: Path, post: Post) -> Iterator[Covers]:
    made = Covers(lambda *_: None, tmp_path / "covers", post)
    yield made
    made.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A library of 600 tracks, of which 1, 2 and 15 are liked and 6 is out of reach."""
    return shelf.fill(tmp_path / "segue.db", 600, liked=(1, 2, 15), unavailable=(6,))


@pytest.fixture
def reader(database: Path, post: Post) -> Iterator[Reader]:
    made = Reader(database, post)
    yield made
    made.close()


@pytest.fixture
def make_window(
    qtbot: QtBot, conductor: FakeConductor, scans: RecordedScans, theme: Theme, post: Post,
    covers: Covers, tmp_path: Path,
) -> Iterator[Callable[..., MainWindow]]:  # fmt: skip
    """Makes a shown window on a database (an empty one by default); call it again for another."""
    open_things: list[Reader | Settings] = []

    def make(
        path: Path | None = None, *, demo: object = None, size=(1280, 800), sound: object = None
    ) -> MainWindow:
        if path is None:
            path = tmp_path / "empty.db"
            open_database(path).close()
        for each in open_things:
            each.close()
        reader, settings = Reader(path, post), Settings(path)
        open_things.extend((reader, settings))
        window = MainWindow(
            conductor, reader, scans, covers, theme, settings,
            sound=sound, demo=demo, version="1.2.3",
        )  # fmt: skip
        qtbot.addWidget(window)
        if size:
            window.resize(*size)
        window.show()
        return window

    yield make
    for each in open_things:
        each.close()


@pytest.fixture
def window(make_window: Callable[..., MainWindow], database: Path, qtbot: QtBot) -> MainWindow:
    """A window with the 600 tracks on it."""
    made = make_window(database)
    qtbot.waitUntil(lambda: made.content.tracks.rowCount() == 600)
    return made
