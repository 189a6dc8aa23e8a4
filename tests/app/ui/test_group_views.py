from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QAbstractItemModelTester

from app.library.query import GroupRow
from app.ui.group_model import GroupModel
from app.ui.group_views import GroupView
from app.ui.places import Place, PlaceKind

ALBUMS = tuple(
    GroupRow(f"Album {number}", f"Artist {number}", 10, 1990, f"key{number}", f"/m/{number}.mp3")
    for number in range(40)
)


@pytest.fixture
def model(qapp):
    return GroupModel()


@pytest.fixture
def view(qtbot, model, theme, covers):
    made = GroupView(model, theme, covers)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    model.show_groups(PlaceKind.ALBUMS, ALBUMS)
    return made


def test_the_model_keeps_the_rules_of_qt(model):
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.show_groups(PlaceKind.ALBUMS, ALBUMS)
    model.show_groups(PlaceKind.GENRES, ())
    assert tester.model() is model


def test_a_tile_leads_to_its_place(model):
    model.show_groups(PlaceKind.ALBUMS, ALBUMS)
    assert model.place(1) == Place(PlaceKind.ALBUM, "Album 1", "Artist 1", "key1", "/m/1.mp3", 1990)
    model.show_groups(PlaceKind.GENRES, (GroupRow("Dub", "", 3),))
    assert model.place(0) == Place(PlaceKind.GENRE, "Dub")


def test_a_tile_is_described_for_a_screen_reader(model):
    role = Qt.ItemDataRole.AccessibleTextRole
    model.show_groups(PlaceKind.ALBUMS, ALBUMS)
    assert model.data(model.index(2), role) == "Album 2, Artist 2 · 1990"
    model.show_groups(PlaceKind.ARTISTS, (GroupRow("", "", 1),))
    assert model.data(model.index(0), role) == "Unknown artist, 1 track"


def test_tiles_fill_the_width_in_even_columns(view):
    for width in (420, 700, 1000):
        view.resize(width, 500)
        tops = [view.visualRect(view.model().index(row)).top() for row in range(12)]
        columns = tops.count(tops[0])
        used = columns * view.gridSize().width()
        assert columns >= 2
        assert width - view.gridSize().width() < used <= width


def test_a_click_opens_and_a_click_on_the_sign_plays(view, qtbot):
    index = view.model().index(3)
    tile = view.visualRect(index)
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=tile.topLeft() + QPoint(40, 40)
        )
    assert opened.args[0].name == "Album 3"
    sign = view._play_sign(index).center()
    with qtbot.waitSignal(view.play_asked) as played:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=sign)
    assert played.args[0].name == "Album 3"


def test_enter_opens_the_tile_with_the_keyboard(view, qtbot):
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args[0].name == "Album 1"


def test_the_menu_key_asks_for_the_menu(view, qtbot):
    view.setCurrentIndex(view.model().index(2))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    with qtbot.waitSignal(view.menu_asked) as asked:
        view.contextMenuEvent(event)
    assert asked.args[0].name == "Album 2"


def test_new_tiles_leave_the_view_where_it_was(view, model, qtbot):
    view.executeDelayedItemsLayout()
    view.verticalScrollBar().setValue(400)
    view.setCurrentIndex(model.index(9))
    offset = view.verticalScrollBar().value()
    assert offset > 0
    view.keep_place(lambda: model.show_groups(PlaceKind.ALBUMS, (*ALBUMS, *ALBUMS)))
    assert view.verticalScrollBar().value() == offset
    assert view.currentIndex().row() == 9
    view.keep_place(lambda: model.show_groups(PlaceKind.ALBUMS, ALBUMS[5:]))
    assert not view.currentIndex().isValid()


@pytest.mark.parametrize("kind", [PlaceKind.ALBUMS, PlaceKind.ARTISTS, PlaceKind.GENRES])
def test_every_kind_of_tile_can_be_painted(view, model, kind):
    blank = view.viewport().grab().toImage()
    model.show_groups(kind, ALBUMS[:3])
    assert view.viewport().grab().toImage() != blank


def test_a_strip_is_one_line_high(qtbot, model, theme, covers):
    strip = GroupView(model, theme, covers, strip=True)
    qtbot.addWidget(strip)
    strip.resize(500, 400)
    strip.show()
    model.show_groups(PlaceKind.ALBUMS, ALBUMS)
    tops = {strip.visualRect(model.index(row)).top() for row in range(40)}
    assert len(tops) == 1
    assert strip.gridSize().height() <= strip.height() < 2 * strip.gridSize().height()
