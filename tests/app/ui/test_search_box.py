from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.ui.search_box import SearchBox


@pytest.fixture
def box(qtbot, theme):
    made = SearchBox(theme)
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_keystroke_is_told_at_once(box, qtbot):
    told = []
    box.typed.connect(told.append)
    qtbot.keyClicks(box, "sea")
    assert told == ["s", "se", "sea"]


def test_escape_clears_and_then_leaves(box, qtbot):
    left = []
    box.left.connect(lambda: left.append(True))
    box.setText("sea")
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""
    assert left == []
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert left == [True]


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return])
def test_down_and_enter_go_to_what_was_found(box, qtbot, key):
    box.setText("sea")
    with qtbot.waitSignal(box.left):
        qtbot.keyClick(box, key)
    assert box.text() == "sea"


def test_a_long_text_is_held_in_bounds(box):
    box.setText("x" * 10_000)
    assert len(box.text()) == 500
