"""What the keys do in the whole window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QListView,
    QWidget,
)


@dataclass(frozen=True, slots=True)
class Command:
    """A name for people, its keys, and what it does."""

    name: str
    keys: tuple[str, ...]
    act: Callable[[], object]


def add_actions(window: QWidget, commands: tuple[Command, ...]) -> dict[str, QAction]:
    """Give the window these commands as actions with shortcuts; by name."""
    actions: dict[str, QAction] = {}
    for command in commands:
        action = QAction(command.name, window)
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _checked=False, act=command.act: act())
        window.addAction(action)
        actions[command.name] = action
    return actions


def belongs_to(event: QKeyEvent, focused: QWidget | None) -> bool:
    """Whether a key that is also a shortcut is meant for the control that has the focus.

    A pressed button is not a pause, an arrow on a slider is not a skip, and letters that are
    typed into a field are letters. Fields of text see to that themselves; this covers the rest.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        return False
    key = event.key()
    if isinstance(focused, QLineEdit | QAbstractSpinBox):
        return key not in range(Qt.Key.Key_F1, Qt.Key.Key_F35 + 1)
    if key == Qt.Key.Key_Space:
        return isinstance(focused, QAbstractButton | QComboBox)
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        controls = QAbstractSlider | QAbstractButton | QComboBox
        return isinstance(focused, controls) or _has_tiles(focused) or _keeps_arrows(focused)
    return False


def _has_tiles(focused: QWidget | None) -> bool:
    return isinstance(focused, QListView) and focused.flow() == QListView.Flow.LeftToRight


def _keeps_arrows(focused: QWidget | None) -> bool:
    """A painted control that arrows move in says so by a property."""
    return focused is not None and bool(focused.property("keepsArrows"))
