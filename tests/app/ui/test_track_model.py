from __future__ import annotations

from array import array

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.ui.track_model import PAGE_ROWS, PAGES_KEPT, Column, TrackModel, TrackRole
from app.ui.up_next_drag import dragged_tracks


@pytest.fixture
def asked():
    return []


@pytest.fixture
def model(qapp, reader, asked):
    def fetch(ids, deliver):
        asked.append(list(ids))
        reader.ask(lambda library: library.tracks(ids), deliver, "page")

    return TrackModel(fetch)


def shown(model, row, column=Column.TITLE, role=Qt.ItemDataRole.DisplayRole):
    return model.data(model.index(row, column), role)


def test_the_model_keeps_the_rules_of_qt(model, qtbot):
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.show_ids(array("q", range(1, 601)))
    shown(model, 0)
    qtbot.waitUntil(lambda: shown(model, 0) is not None)
    model.show_ids(array("q"))
    assert tester.model() is model


def test_rows_known_already_show_without_asking(model, asked, reader, qtbot):
    taken = []
    reader.ask(lambda library: library.tracks(range(1, 4)), taken.extend, "first")
    qtbot.waitUntil(lambda: len(taken) == 3)
    model.show_ids(array("q", (1, 2, 3)), taken)
    assert shown(model, 1) == taken[1].title
    assert shown(model, 1, Column.COVER, TrackRole) == taken[1]
    assert asked == []


def test_a_page_that_is_looked_at_is_fetched_once_and_then_shown(model, asked, qtbot):
    model.show_ids(array("q", range(1, 601)))
    assert shown(model, 300) is None
    assert shown(model, 301) is None
    with qtbot.waitSignal(model.dataChanged):
        pass
    assert shown(model, 300, Column.COVER, TrackRole).track_id == 301
    page = 300 // PAGE_ROWS
    assert asked == [list(range(page * PAGE_ROWS + 1, (page + 1) * PAGE_ROWS + 1))]


def test_pages_that_are_on_the_screen_together_come_together(model, qtbot):
    model.show_ids(array("q", range(1, 601)))
    shown(model, PAGE_ROWS - 1)
    shown(model, PAGE_ROWS)
    qtbot.waitUntil(lambda: shown(model, PAGE_ROWS) is not None)
    assert shown(model, PAGE_ROWS - 1) is not None


def test_an_answer_for_rows_shown_before_is_dropped(qapp):
    waiting = []
    model = TrackModel(lambda ids, deliver: waiting.append(deliver))
    model.show_ids(array("q", (1, 2)))
    shown(model, 0)
    qapp.processEvents()
    model.show_ids(array("q", (3,)))
    waiting[0]([])
    assert model.rowCount() == 1
    assert shown(model, 0) is None


def test_only_so_many_pages_are_kept(model, asked, qapp):
    rows = (PAGES_KEPT + 3) * PAGE_ROWS
    lazy = TrackModel(lambda ids, deliver: deliver([]))
    lazy.show_ids(array("q", range(1, rows + 1)))
    for row in range(0, rows, PAGE_ROWS):
        shown(lazy, row)
        qapp.processEvents()
    assert len(lazy._pages) == PAGES_KEPT


def test_a_like_given_elsewhere_shows_at_once(model, qtbot):
    model.show_ids(array("q", range(1, 11)))
    shown(model, 0)
    qtbot.waitUntil(lambda: shown(model, 4) is not None)
    assert shown(model, 4, Column.LIKED) == ""
    with qtbot.waitSignal(model.dataChanged):
        model.set_opinion(5, True, False)
    assert shown(model, 4, Column.LIKED) == "Liked"
    model.set_opinion(5, False, True)
    assert shown(model, 4, Column.LIKED) == "Never again"


def test_the_row_that_plays_is_told_to_a_screen_reader(model, qtbot):
    model.show_ids(array("q", range(1, 11)))
    shown(model, 0)
    qtbot.waitUntil(lambda: shown(model, 4) is not None)
    model.set_playing(5)
    spoken = shown(model, 4, Column.TITLE, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith(", playing")
    away = shown(model, 5, Column.TITLE, Qt.ItemDataRole.AccessibleTextRole)
    assert away.endswith(", not available")
    assert "drive" in shown(model, 5, Column.TITLE, Qt.ItemDataRole.ToolTipRole)


def test_dragged_rows_carry_their_ids_in_order(model):
    model.show_ids(array("q", (9, 4, 7)))
    indexes = [model.index(row, column) for row in (2, 0) for column in range(3)]
    assert dragged_tracks(model.mimeData(indexes)) == [9, 7]
