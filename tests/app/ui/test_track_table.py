from __future__ import annotations

from array import array

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent

from app.ui.track_drag import make_drag
from app.ui.track_model import Column, TrackModel
from app.ui.track_table import TrackTable
from app.ui.up_next_drag import dragged_tracks


@pytest.fixture
def table(qtbot, reader, covers, theme):
    def fetch(ids, deliver):
        reader.ask(lambda library: library.tracks(ids), deliver, "page")

    model = TrackModel(fetch)
    made = TrackTable(model, theme, covers)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    model.show_ids(array("q", range(1, 101)))
    qtbot.waitUntil(lambda: model.track(0) is not None)
    return made


def cell(table, row, column):
    return table.visualRect(table.model().index(row, column)).center()


def test_enter_plays_all_that_is_selected(table, qtbot):
    table.selectRow(3)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(table.play_asked) as asked:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert asked.args == [[4, 5]]


def test_a_double_click_plays_that_track_alone(table, qtbot):
    table.selectAll()
    with qtbot.waitSignal(table.play_asked) as asked:
        qtbot.mouseDClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 2, Column.TITLE)
        )
    assert asked.args == [[3]]


def test_a_click_on_the_cover_plays_that_track_once(table, qtbot):
    played = []
    table.play_asked.connect(played.append)
    where = cell(table, 2, Column.COVER)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert played[0] == [3]
    assert len(played) == 1


def test_a_click_on_the_heart_likes_without_selecting(table, qtbot):
    with qtbot.waitSignal(table.like_asked) as asked:
        qtbot.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 4, Column.LIKED)
        )
    assert asked.args == [5]
    assert not table.selectionModel().hasSelection()


def test_the_menu_key_asks_for_the_menu_of_the_selection(table, qtbot):
    table.selectRow(1)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    with qtbot.waitSignal(table.menu_asked) as asked:
        table.contextMenuEvent(event)
    assert asked.args[0] == [2]
    assert asked.args[1].track_id == 2


def test_letters_do_not_walk_through_all_rows(table, qtbot):
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_S)
    assert not table.selectionModel().hasSelection()


@pytest.mark.parametrize(
    ("width", "hidden"),
    [
        (1100, set()),
        (700, {Column.YEAR}),
        (600, {Column.YEAR, Column.GENRE}),
        (450, {Column.YEAR, Column.GENRE, Column.ALBUM}),
        (260, {Column.YEAR, Column.GENRE, Column.ALBUM, Column.ARTIST}),
    ],
)
def test_the_least_needed_columns_go_first_when_room_is_short(table, width, hidden):
    table.resize(width, 500)
    assert {column for column in Column if table.isColumnHidden(column)} == hidden
    used = sum(table.columnWidth(column) for column in Column)
    assert used <= table.viewport().width()
    assert table.columnWidth(Column.TITLE) > 60


def test_columns_that_say_the_same_everywhere_are_left_out(table):
    table.leave_out({Column.ALBUM, Column.GENRE}, numbered=True)
    assert table.isColumnHidden(Column.ALBUM)
    table.leave_out(())
    assert not table.isColumnHidden(Column.ALBUM)


def test_the_ring_is_for_the_keyboard_only(table, qtbot):
    table.activateWindow()
    table.setFocus()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell(table, 2, Column.TITLE))
    assert table._state.ringed == -1
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert table._state.ringed == 3


def test_a_drag_carries_the_selected_tracks_in_order(table, theme):
    table.selectRow(2)
    drag = make_drag(table, theme, table.chosen_ids(), "Slow Tide")
    assert dragged_tracks(drag.mimeData()) == [3]
    assert not drag.pixmap().isNull()
    drag.deleteLater()


def test_every_kind_of_row_can_be_painted(table, qtbot, theme):
    table.model().set_playing(2)
    table.model().set_opinion(3, False, True)
    table.selectRow(4)
    table._hover(0)
    before = table.viewport().grab().toImage()
    theme.set_mode("light")
    after = table.viewport().grab().toImage()
    assert before != after


def test_a_hidden_text_is_told_by_a_tooltip(table):
    delegate = table.itemDelegate()
    table.resize(320, 400)
    long_title = next(row for row in range(100) if len(table.model().track(row).title) > 40)
    index = table.model().index(long_title, Column.TITLE)
    short = table.model().index(0, Column.LENGTH)
    assert not delegate._fits(index, table.visualRect(index))
    assert delegate._fits(short, table.visualRect(short))
