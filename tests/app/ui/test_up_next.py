"""The panel as a user meets it: mouse, keys, drags, and lists that change by themselves."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest

from app.conductor.up_next import QueueRow
from app.ui.theme import Theme
from app.ui.up_next import BOTH_EMPTY, QUEUE_EMPTY, UpNextPanel
from app.ui.up_next_drag import track_data
from app.ui.up_next_model import Block
from tests.app.ui.songs import predicted, queued, song

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NO = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def theme(qapp):
    return Theme(qapp, "dark")


@pytest.fixture
def panel(qtbot, conductor, covers, theme):
    panel = UpNextPanel(conductor, covers, theme)
    qtbot.addWidget(panel)
    panel.resize(330, 640)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def filled(panel, conductor):
    conductor.queue_changed.emit(queued([1, 2, 3]))
    conductor.predicted_changed.emit(predicted([11, 12, 13, 14, 15], 1))
    conductor.played_changed.emit((song(21), song(22)))
    panel.view.setFocus()
    return panel


def shown(panel) -> list[int]:
    model = panel.view.model()
    return [model.row(row).track.track_id for row in range(model.rowCount())]


def row_of(panel, number: int) -> int:
    return shown(panel).index(number)


def centre(panel, number: int) -> QPoint:
    view = panel.view
    return view.visualRect(view.model().index(row_of(panel, number))).center()


def go_to(panel, number: int) -> None:
    panel.view.setCurrentIndex(panel.view.model().index(row_of(panel, number)))


def current(panel) -> int:
    return shown(panel)[panel.view.currentIndex().row()]


def hover(panel, number: int) -> None:
    for where in (QPoint(1, 1), centre(panel, number)):
        QTest.mouseMove(panel.view.viewport(), where)


def at_rest(panel) -> bool:
    return not panel.view.sliding()


def drop(panel, data, where: QPoint) -> QDropEvent:
    event = QDropEvent(
        QPointF(where), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NO
    )
    panel.view.dropEvent(event)
    return event


def test_a_click_on_the_heart_of_a_predicted_row_likes_that_song(filled, conductor, qtbot):
    qtbot.waitUntil(lambda: at_rest(filled))
    hover(filled, 12)
    qtbot.mouseClick(filled.view.actions_bar.like, Qt.MouseButton.LeftButton)
    assert conductor.calls == [("like", 12)]


def test_a_click_on_never_again_dislikes_that_song(filled, conductor, qtbot):
    qtbot.waitUntil(lambda: at_rest(filled))
    hover(filled, 13)
    qtbot.mouseClick(filled.view.actions_bar.dislike, Qt.MouseButton.LeftButton)
    assert conductor.calls == [("dislike", 13)]


def test_a_second_click_cannot_hit_the_song_that_came_under_the_mouse(filled, conductor, qtbot):
    qtbot.waitUntil(lambda: at_rest(filled))
    hover(filled, 12)
    filled.view.actions_bar.like.click()
    conductor.predicted_changed.emit(predicted([14, 15, 11, 12, 13], 2))
    bar = filled.view.actions_bar
    assert bar.isHidden() or bar.row.track.track_id == 12
    qtbot.waitUntil(lambda: at_rest(filled) and not bar.isHidden())
    assert bar.row.track.track_id == 15


def test_the_first_frame_of_a_list_has_its_rows_and_tells_its_serial(filled, conductor, qtbot):
    with qtbot.waitSignal(filled.painted, check_params_cb=lambda serial: serial == 7):
        conductor.predicted_changed.emit(predicted([15, 11], 7))
    assert shown(filled) == [1, 2, 3, 15, 11, 21, 22]


def test_rows_slide_from_where_they_were_and_come_to_rest(filled, conductor, qtbot):
    view = filled.view
    qtbot.waitUntil(lambda: at_rest(filled))
    was = view.painted_rect(row_of(filled, 14)).top()
    conductor.predicted_changed.emit(predicted([14, 11, 12, 13, 15], 2))
    row = row_of(filled, 14)
    target = view.visualRect(view.model().index(row)).top()
    assert target < view.painted_rect(row).top() <= was
    qtbot.waitUntil(lambda: at_rest(filled))
    assert view.painted_rect(row).top() == target
    qtbot.waitUntil(lambda: not view.animating(), timeout=3000)


def test_nothing_moves_for_who_wants_a_still_picture(filled, conductor):
    filled.set_reduced_motion(True)
    conductor.predicted_changed.emit(predicted([14, 11, 12, 13, 15], 2))
    assert at_rest(filled)


def test_the_environment_can_ask_for_a_still_picture(filled, conductor, monkeypatch, qtbot):
    qtbot.waitUntil(lambda: at_rest(filled))
    monkeypatch.setenv("SEGUE_REDUCE_MOTION", "1")
    conductor.predicted_changed.emit(predicted([14, 11, 12, 13, 15], 2))
    assert at_rest(filled)


def test_the_focus_stays_on_the_song_when_the_list_changes(filled, conductor):
    go_to(filled, 14)
    conductor.predicted_changed.emit(predicted([14, 11, 12, 13], 2))
    conductor.queue_changed.emit(queued([9, 1, 2, 3]))
    assert current(filled) == 14
    assert filled.view.selectionModel().isSelected(filled.view.currentIndex())


def test_what_the_user_reads_stays_in_place_when_rows_come_above(filled, conductor):
    conductor.predicted_changed.emit(predicted(range(11, 31), 2))
    view = filled.view
    view.verticalScrollBar().setValue(400)
    number = next(each for each in shown(filled) if centre(filled, each).y() > 100)
    was = centre(filled, number)
    conductor.queue_changed.emit(queued([1, 2, 3, 4, 5, 6]))
    assert centre(filled, number) == was


def test_arrows_walk_through_all_three_blocks(filled, qtbot):
    go_to(filled, 1)
    walked = [current(filled)]
    for _ in range(len(shown(filled)) - 1):
        qtbot.keyClick(filled.view, Qt.Key.Key_Down)
        walked.append(current(filled))
    assert walked == [1, 2, 3, 11, 12, 13, 14, 15, 21, 22]


def test_a_row_reached_by_keys_is_not_under_the_bars(filled, conductor, qtbot):
    filled.set_reduced_motion(True)
    conductor.predicted_changed.emit(predicted(range(11, 31), 2))
    go_to(filled, 1)
    view = filled.view
    for key in [Qt.Key.Key_Down] * 22 + [Qt.Key.Key_Up] * 18:
        qtbot.keyClick(view, key)
        rect = view.visualRect(view.currentIndex())
        block = view.row_for(view.currentIndex()).block
        above = view.head(block).geometry()
        assert rect.top() >= above.bottom() or view.verticalOffset() == 0
        if block is not Block.PLAYED:
            assert rect.bottom() <= view.head(Block.PLAYED).geometry().top()


@pytest.mark.parametrize(
    ("number", "call"),
    [(2, ("play_entry", 102)), (13, ("play_predicted", 13)), (22, ("play", (22,)))],
)
def test_enter_plays_a_row_of_each_block(filled, conductor, qtbot, number, call):
    go_to(filled, number)
    qtbot.keyClick(filled.view, Qt.Key.Key_Return)
    assert conductor.calls == [call]


def test_a_double_click_plays(filled, conductor, qtbot):
    where = centre(filled, 13)
    qtbot.mouseClick(filled.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(filled.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert conductor.calls == [("play_predicted", 13)]


def test_letters_react_to_the_focused_row(filled, conductor, qtbot):
    go_to(filled, 12)
    qtbot.keyClick(filled.view, Qt.Key.Key_L)
    qtbot.keyClick(filled.view, Qt.Key.Key_D)
    assert conductor.calls == [("like", 12), ("dislike", 12)]


def test_delete_takes_an_entry_out_of_the_queue_and_nothing_else(filled, conductor, qtbot):
    go_to(filled, 2)
    qtbot.keyClick(filled.view, Qt.Key.Key_Delete)
    go_to(filled, 12)
    qtbot.keyClick(filled.view, Qt.Key.Key_Delete)
    assert conductor.calls == [("remove_entry", 102)]


def test_alt_and_an_arrow_move_an_entry_within_the_queue(filled, conductor, qtbot):
    go_to(filled, 2)
    qtbot.keyClick(filled.view, Qt.Key.Key_Up, ALT)
    qtbot.keyClick(filled.view, Qt.Key.Key_Down, ALT)
    go_to(filled, 3)
    qtbot.keyClick(filled.view, Qt.Key.Key_Down, ALT)
    assert conductor.calls == [("move_entry", 102, 0), ("move_entry", 102, 2)]


def menu_of(panel, qtbot, number: int) -> dict[str, object]:
    go_to(panel, number)
    qtbot.keyClick(panel.view, Qt.Key.Key_Menu)
    menu = panel.view._menu
    return {each.text().split("\t")[0]: each for each in menu.actions() if each.text()}


def test_the_menu_of_a_predicted_row_has_every_action(filled, conductor, qtbot):
    actions = menu_of(filled, qtbot, 12)
    for name in (
        "Play now", "Play next", "Add to queue", "Like", "More like this", "Less like this",
        "Not in this mood", "Never again",
    ):  # fmt: skip
        actions[name].trigger()
    assert conductor.calls == [
        ("play_predicted", 12),
        ("play_next", (12,)),
        ("enqueue", (12,), None),
        ("like", 12),
        ("more_like", 12),
        ("less_like", 12),
        ("not_now", 12),
        ("dislike", 12),
    ]
    filled.view._menu.close()


def test_a_list_counts_as_shown_once_its_first_rows_can_be_seen(panel, conductor, qtbot):
    conductor.predicted_changed.emit(predicted(range(1, 21), 1))
    qtbot.waitUntil(lambda: conductor.lists_shown == 1)
    panel.hide()
    conductor.predicted_changed.emit(predicted(range(2, 21), 2))
    conductor.predicted_changed.emit(predicted(range(3, 21), 3))
    assert conductor.lists_shown == 1
    panel.show()
    qtbot.waitUntil(lambda: conductor.lists_shown == 2)


def test_a_list_scrolled_out_of_sight_is_not_shown_until_it_is_scrolled_back(
    panel, conductor, qtbot
):
    conductor.queue_changed.emit(queued(list(range(100, 140))))
    with qtbot.waitSignal(panel.painted):
        conductor.predicted_changed.emit(predicted(range(1, 21), 1))
    assert conductor.lists_shown == 0
    first = panel.view.model().index(row_of(panel, 1))
    panel.view.scrollTo(first, panel.view.ScrollHint.PositionAtCenter)
    qtbot.waitUntil(lambda: conductor.lists_shown >= 1)


def test_the_menu_of_a_queue_row_can_remove_it(filled, conductor, qtbot):
    actions = menu_of(filled, qtbot, 3)
    assert "Add to queue" not in actions
    actions["Remove from queue"].trigger()
    assert conductor.calls == [("remove_entry", 103)]
    filled.view._menu.close()


def test_why_this_asks_the_recommender(filled, conductor, qtbot):
    menu_of(filled, qtbot, 12)["Why this?"].trigger()
    assert conductor.calls == [("explain", 12)]
    filled.view._menu.close()


@pytest.mark.parametrize("number", [2, 12, 21])
def test_every_row_leads_to_what_sounds_like_it(filled, qtbot, number):
    with qtbot.waitSignal(filled.place_asked) as asked:
        menu_of(filled, qtbot, number)["Sounds like this"].trigger()
    assert asked.args[0].title == f"Sounds like Song {number}"
    assert asked.args[0].track_id == number
    filled.view._menu.close()


def test_nothing_is_said_to_sound_like_a_radio_station(panel, conductor, qtbot):
    station = song(5, location="https://radio.example/live")
    conductor.queue_changed.emit((QueueRow(105, station),))
    assert "Sounds like this" not in menu_of(panel, qtbot, 5)
    panel.view._menu.close()


def gap(panel, index: int) -> QPoint:
    view = panel.view
    return QPoint(150, view._layout.row_top(Block.QUEUE, index) - view.verticalOffset() + 1)


@pytest.mark.parametrize(("at", "index"), [(0, 0), (3, 2), (1, None), (2, None)])
def test_an_entry_is_dragged_to_another_place(filled, conductor, at, index):
    drop(filled, track_data([2], 102), gap(filled, at))
    assert conductor.calls == ([] if index is None else [("move_entry", 102, index)])


def test_songs_of_the_library_are_dropped_between_two_entries(filled, conductor):
    drop(filled, track_data([41, 42]), gap(filled, 1))
    assert conductor.calls == [("enqueue", (41, 42), 1)]


def test_songs_dropped_below_the_queue_go_to_its_end(filled, conductor):
    drop(filled, track_data([41]), centre(filled, 14))
    assert conductor.calls == [("enqueue", (41,), 3)]


@pytest.mark.parametrize("junk", [b"", b"{", b'{"a": 1}', b'["x", true, null]', b"7"])
def test_a_foreign_drag_is_refused(filled, conductor, junk):
    data = track_data([])
    data.setData("application/x-segue-tracks", junk)
    assert not drop(filled, data, gap(filled, 1)).isAccepted()
    assert conductor.calls == []


def test_buttons_clear_and_refresh(filled, conductor, qtbot):
    qtbot.mouseClick(filled.clear, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(filled.refresh, Qt.MouseButton.LeftButton)
    assert conductor.calls == [("clear_queue",), ("refresh",)]


def test_an_empty_queue_says_what_comes_next(panel, conductor):
    assert panel.view.note(Block.QUEUE) == BOTH_EMPTY
    conductor.predicted_changed.emit(predicted([1], 1, "No plays yet: chosen from your tags"))
    assert panel.view.note(Block.QUEUE) == QUEUE_EMPTY
    assert panel.view.note(Block.PREDICTED) == "No plays yet: chosen from your tags"
    assert "No plays yet" in panel.view.accessibleDescription()
    conductor.queue_changed.emit(queued([1]))
    assert panel.view.note(Block.QUEUE) == ""


def test_played_tracks_fold_away_and_come_back(filled, qtbot):
    qtbot.mouseClick(filled.fold, Qt.MouseButton.LeftButton)
    assert shown(filled) == [1, 2, 3, 11, 12, 13, 14, 15]
    assert filled.fold.accessibleName() == "Show played tracks"
    qtbot.mouseClick(filled.fold, Qt.MouseButton.LeftButton)
    assert shown(filled)[-2:] == [21, 22]


def test_an_opinion_is_shown_at_once(filled, conductor, qtbot):
    qtbot.waitUntil(lambda: at_rest(filled))
    conductor.opinion_changed.emit(12, True, False)
    hover(filled, 12)
    assert filled.view.actions_bar.like.accessibleName() == "Take back the like of Song 12"


def test_screen_readers_hear_rows_and_buttons(filled, qtbot):
    qtbot.waitUntil(lambda: at_rest(filled))
    hover(filled, 12)
    bar = filled.view.actions_bar
    names = [each.accessibleName() for each in (bar.like, bar.dislike, bar.more)]
    assert names == ["Like Song 12", "Never again: Song 12", "More for Song 12"]
    assert filled.clear.accessibleName() == "Clear the queue"
    assert filled.refresh.accessibleName() == "New predictions"
    table = QAccessible.queryAccessibleInterface(filled.view)
    words = {table.child(n).text(QAccessible.Text.Name) for n in range(table.childCount())}
    assert "Predicted 2: Song 12 by Artist 5. Because of 12" in words


def test_a_change_of_the_theme_repaints(filled, theme, qtbot):
    dark = filled.grab().toImage().pixelColor(5, 5)
    theme.set_mode("light")
    assert filled.grab().toImage().pixelColor(5, 5).lightness() > dark.lightness() + 100
    theme.set_mode("dark")


NUMBERS = st.lists(st.integers(1, 12), unique=True, max_size=12)


@given(
    st.lists(
        st.tuples(st.sampled_from(["queue", "predicted", "played"]), NUMBERS, st.integers(0, 900)),
        max_size=6,
    )
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
def test_any_lists_end_in_the_right_order_and_at_rest(panel, conductor, qtbot, changes):
    view = panel.view
    clock = [0.0]
    view._now = lambda: clock[0]
    for kind, numbers, scroll in changes:
        if kind == "queue":
            conductor.queue_changed.emit(queued(numbers))
        elif kind == "predicted":
            conductor.predicted_changed.emit(predicted(numbers, 1))
        else:
            conductor.played_changed.emit(tuple(song(number) for number in numbers))
        view.verticalScrollBar().setValue(scroll)
        panel.grab()
        clock[0] += 45
    clock[0] += 5000
    view._next_frame()
    view._next_frame()
    assert not view.animating()
    tops = [view.painted_rect(row).top() for row in range(view.model().rowCount())]
    assert tops == sorted(tops)
    assert tops == [
        view.visualRect(view.model().index(row)).top() for row in range(view.model().rowCount())
    ]
