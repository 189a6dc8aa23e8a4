from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.signals import Signal
from app.ui.first_start import FirstStart


class Demo:
    def __init__(self):
        self.progress, self.finished, self.failed = Signal(), Signal(), Signal()
        self.starts = 0

    def start(self):
        self.starts += 1


@pytest.fixture
def demo():
    return Demo()


@pytest.fixture
def page(qtbot, theme, demo):
    made = FirstStart(theme, demo)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_user_can_choose_a_folder(page, qtbot):
    with qtbot.waitSignal(page.folder_asked):
        qtbot.mouseClick(page._choose, Qt.MouseButton.LeftButton)


def test_the_demo_music_is_made_once_and_then_handed_over(page, qtbot, demo):
    qtbot.mouseClick(page._try, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page._try, Qt.MouseButton.LeftButton)
    assert demo.starts == 1
    demo.progress.emit(12, 60, "Neon Arcade")
    assert "Neon Arcade" in page.told
    assert "12 of 60" in page.told
    assert page._bar.value() == 12
    with qtbot.waitSignal(page.demo_ready) as ready:
        demo.finished.emit(Path("/demo"))
    assert ready.args == [Path("/demo")]


def test_a_failure_is_told_and_can_be_tried_again(page, qtbot, demo):
    qtbot.mouseClick(page._try, Qt.MouseButton.LeftButton)
    demo.failed.emit("The drive is full.")
    assert page.told == "The drive is full."
    qtbot.mouseClick(page._try, Qt.MouseButton.LeftButton)
    assert demo.starts == 2


def test_without_demo_music_there_is_only_the_folder(qtbot, theme):
    page = FirstStart(theme)
    qtbot.addWidget(page)
    page.show()
    assert not page._try.isVisible()
