"""The line that tells how learning goes, in the real window's panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.autoplay.train_messages import Progressed
from app.autoplay.trainer import TrainerState
from app.ui.learning_line import LearningLine
from app.ui.theme import Theme


def line_of(qtbot: QtBot, theme: Theme) -> LearningLine:
    line = LearningLine(theme)
    qtbot.addWidget(line)
    return line


def test_nothing_is_shown_while_nothing_happens(qtbot: QtBot, theme: Theme) -> None:
    line = line_of(qtbot, theme)
    assert line.isHidden()
    line.show_state(TrainerState.RUNNING)
    assert not line.isHidden()
    line.show_state(TrainerState.RESTING)
    assert line.isHidden()


def test_it_tells_how_far_learning_is(qtbot: QtBot, theme: Theme) -> None:
    line = line_of(qtbot, theme)
    line.show_state(TrainerState.RUNNING)
    line.show_progress(Progressed("All your sessions", 0.4, 130.0))
    assert line.words == "Learning from your plays… 40 %"
    assert line.toolTip() == "All your sessions, about 2 min left"
    line.show_progress(Progressed("The map of your songs", 0.99, 3.0))
    assert line.toolTip() == "The map of your songs, less than a minute left"


def test_its_button_pauses_and_goes_on(qtbot: QtBot, theme: Theme) -> None:
    line = line_of(qtbot, theme)
    line.show_state(TrainerState.RUNNING)
    line.show()
    button = line.findChild(QToolButton)
    assert button is not None
    assert button.accessibleName() == "Pause learning"
    with qtbot.waitSignal(line.pause_asked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    line.show_state(TrainerState.PAUSED)
    assert line.words.startswith("Learning is paused")
    assert button.accessibleName() == "Go on learning"
    with qtbot.waitSignal(line.resume_asked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
