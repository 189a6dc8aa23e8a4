"""The whole program put together, without its first paint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main import Application
from app.paths import Paths
from app.sound.state import Doing
from app.ui.sound_source import ON_KEY
from recommender.api import Tuning

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def begin(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[], Application]]:
    """Starts the program anew, after the run before it was closed."""
    runs: list[Application] = []

    def make() -> Application:
        for run in runs:
            run.close()
        runs[:] = [Application(qapp, Paths(tmp_path / "data", tmp_path / "cache"), silent=True)]
        runs[0].parts.conductor.announce()
        return runs[0]

    yield make
    for run in runs:
        run.close()


def test_the_next_start_holds_the_list_as_this_one_did(
    begin: Callable[[], Application], qtbot: QtBot
) -> None:
    first = begin()
    assert first.parts.conductor.tuning == Tuning()
    qtbot.keyClick(first.window.up_next.discover.slider, Qt.Key.Key_End)
    assert first.parts.conductor.tuning == Tuning(1.0)
    second = begin()
    assert second.parts.conductor.tuning == Tuning(1.0)
    assert second.window.up_next.discover.slider.value() == 100


def test_the_next_start_listens_as_it_was_settled(
    begin: Callable[[], Application], qtbot: QtBot
) -> None:
    begin().settings.set(ON_KEY, 0)
    second = begin()
    second.parts.sound.start()
    qtbot.waitUntil(lambda: second.parts.sound.state.doing is Doing.OFF)
