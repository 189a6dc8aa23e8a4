"""Toasts say what happened, and take it back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from app.conductor.up_next import Notice
from app.ui.theme import Theme
from app.ui.toast import GRACE_MS, SHOWN_MS, ToastLayer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LIKED = Notice("Liked Slow Tide. 6 songs moved up", undoable=True)


@pytest.fixture(scope="module")
def theme(qapp):
    return Theme(qapp, "dark")


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    QLineEdit(window)
    window.show()
    qtbot.waitExposed(window)
    QTest.mouseMove(window, QPoint(1, 1))
    return window


@pytest.fixture
def layer(window, theme):
    bar = QWidget(window)
    bar.setFixedHeight(92)
    layer = ToastLayer(window, theme)
    layer.rest_on(bar)
    return layer


def test_undo_takes_it_back_and_closes(layer, qtbot):
    undone: list[bool] = []
    toast = layer.show_notice(LIKED, lambda: undone.append(True))
    qtbot.mouseClick(toast.undo, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert layer.toasts == ()


def test_an_undo_that_would_take_back_something_else_is_withdrawn(layer):
    layer.show_notice(LIKED, lambda: None)
    told = layer.show_notice(Notice("Nothing to undo."), lambda: None)
    layer.withdraw_undo()
    assert layer.toasts == (told,)


def test_undo_is_reached_by_keys(layer, qtbot):
    undone: list[bool] = []
    toast = layer.show_notice(LIKED, lambda: undone.append(True))
    assert toast.undo.focusPolicy() & Qt.FocusPolicy.TabFocus
    toast.undo.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(toast.undo, Qt.Key.Key_Space)
    assert undone == [True]


def test_a_notice_that_cannot_be_undone_has_no_undo(layer):
    toast = layer.show_notice(Notice("“x.mp3” cannot be played: it is empty."), lambda: None)
    assert not toast.undo.isVisible()
    assert toast.dismiss.isVisible()


def test_it_leaves_by_itself_but_not_while_the_mouse_is_on_it(layer):
    toast = layer.show_notice(LIKED, lambda: None)
    assert toast._timer.remainingTime() > SHOWN_MS - 2000
    toast.event(QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert toast.waiting()
    toast.event(QEvent(QEvent.Type.Leave))
    assert 0 < toast._timer.remainingTime() < GRACE_MS * 1.5
    toast._timer.timeout.emit()
    assert layer.toasts == ()


def test_it_waits_while_it_has_the_focus(layer, window):
    toast = layer.show_notice(LIKED, lambda: None)
    toast.undo.setFocus()
    assert toast.waiting()
    window.findChild(QLineEdit).setFocus()
    assert not toast.waiting()


def test_the_latest_reaction_takes_the_place_of_the_one_before(layer):
    layer.show_notice(LIKED, lambda: None)
    layer.show_notice(Notice("Never again: Kites", undoable=True), lambda: None)
    assert [toast.notice.text for toast in layer.toasts] == ["Never again: Kites"]


def test_an_error_does_not_push_the_undo_away(layer, qtbot):
    undoable = layer.show_notice(LIKED, lambda: None)
    error = layer.show_notice(Notice("This file cannot be played."), lambda: None)
    assert layer.toasts == (undoable, error)
    qtbot.waitUntil(lambda: not undoable.rising() and not error.rising())
    assert undoable.geometry().bottom() < error.geometry().top()


def test_at_most_two_are_shown(layer):
    for number in range(5):
        layer.show_notice(Notice(f"Error {number}"), lambda: None)
    assert [toast.notice.text for toast in layer.toasts] == ["Error 3", "Error 4"]


@pytest.mark.parametrize("text", ["Short", "A very long sentence about a file " * 12])
def test_it_stands_above_the_bar_in_the_middle(layer, window, qtbot, text):
    toast = layer.show_notice(Notice(text, undoable=True), lambda: None)
    for width in (900, 1400):
        window.resize(width, 600)
        qtbot.waitUntil(lambda: not toast.rising())
        place = toast.geometry()
        assert place.bottom() < 600 - 92
        assert place.top() > 0
        assert abs(place.center().x() - width // 2) <= 1
        assert toast.words.height() >= toast.words.heightForWidth(toast.words.width())


def test_screen_readers_are_told(layer, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: told.append(event.message())
    )
    layer.show_notice(LIKED, lambda: None)
    assert told == [LIKED.text]
