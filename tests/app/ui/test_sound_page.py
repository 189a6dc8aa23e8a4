from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QTreeWidget, QWidget

from app.library.database import open_database
from app.library.library import Library
from app.sound.state import Doing, HearingState
from app.ui import sound_words
from app.ui.places import Place, PlaceKind
from app.ui.problems_dialog import ProblemsDialog
from app.ui.settings_dialog import SettingsDialog
from app.ui.sound_moments import NOTHING
from app.ui.sound_page import SoundPage
from app.ui.sound_reading import read_dimensions
from app.ui.taste_map import QUIET_MS
from recommender.audio.moments import Dimension, Moment, Moments, write_moments
from tests.app.ui.fake_sound import (
    HAND_MADE,
    LISTENING,
    NETWORK,
    FakeSound,
    learn_sounds,
    some_moments,
)
from tests.app.ui.fake_taste import FakeTaste


@pytest.fixture
def source() -> FakeSound:
    return FakeSound()


@pytest.fixture
def taste() -> FakeTaste:
    return FakeTaste()


@pytest.fixture
def version(tmp_path) -> Path:
    return learn_sounds(tmp_path / "version")


@pytest.fixture
def page(qtbot, source, taste, reader, covers, theme) -> SoundPage:
    """Before anything was learnt."""
    made = SoundPage(source, taste, reader, covers, theme)
    qtbot.addWidget(made)
    made.resize(760, 600)
    made.show()
    return made


@pytest.fixture
def learnt(page, source, version, qtbot) -> SoundPage:
    """With moments and a map."""
    source.learn(version)
    qtbot.waitUntil(lambda: page.body.moments.moments.count() > 0, timeout=5_000)
    return page


def card(page):
    return page.body.listening


def lists(page):
    return page.body.moments.dimensions, page.body.moments.moments


def click(qtbot, rows, row, button=Qt.MouseButton.LeftButton):
    at = rows.visualItemRect(rows.item(row)).center()
    qtbot.mouseClick(rows.viewport(), button, pos=at)


def titles(rows) -> list[str]:
    return [rows.item(row).text() for row in range(rows.count())]


def test_the_progress_is_told_and_follows_every_step(page, source):
    shown = card(page)
    assert shown.heard.text() == "1,204 of 10,000 songs heard"
    assert shown.left.text() == "about 2 h 5 min left"
    assert shown.now.text() == "Now: Harbour Lights – Mira Lund"
    assert shown.bar.value() == 120
    source.tell(heard=5_000, current="Kites – Okafor Trio", left_s=30.0)
    assert shown.heard.text() == "5,000 of 10,000 songs heard"
    assert shown.left.text() == "less than a minute left"
    assert shown.now.text() == "Now: Kites – Okafor Trio"
    assert shown.bar.value() == 500


class Paints(QObject):
    """Counts how often the widgets it is told of are painted."""

    def __init__(self, *watched: QWidget) -> None:
        super().__init__()
        self.painted: list[QObject] = []
        for each in watched:
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted.append(watched)
        return False


def test_a_step_paints_nothing_but_what_differs(learnt, source, qtbot):
    qtbot.waitUntil(lambda: learnt.body.map.is_drawn, timeout=5_000)
    qtbot.wait(100)
    shown, (dimensions, moments) = card(learnt), lists(learnt)
    still = Paints(shown.compared, shown.learn, dimensions.viewport(), moments.viewport())
    told = Paints(shown.now)
    height = learnt.body.height()
    for heard in range(1_205, 1_210):
        source.tell(heard=heard, current=f"Song {heard}")
        qtbot.wait(20)
    assert len(told.painted) >= 5
    assert still.painted == []
    assert learnt.body.height() == height


def test_pause_and_resume_are_asked_of_the_source(page, source, qtbot):
    qtbot.mouseClick(card(page).button, Qt.MouseButton.LeftButton)
    source.tell(doing=Doing.PAUSED)
    assert card(page).button.text() == "Resume"
    assert card(page).sentence.text() == "Paused. What was heard is kept."
    qtbot.mouseClick(card(page).button, Qt.MouseButton.LeftButton)
    assert source.calls == [("pause",), ("resume",)]


@pytest.mark.parametrize(
    ("doing", "words", "button"),
    [
        (Doing.OFF, "turned off in the settings", "Settings…"),
        (Doing.RESTING, "goes on by itself", ""),
        (Doing.ON_BATTERY, "Waits for mains power", "Settings…"),
        (Doing.TROUBLE, "The disk is full.", "Try again"),
    ],
)
def test_every_state_says_what_it_is_and_what_can_be_done(page, source, doing, words, button):
    source.tell(doing=doing, trouble="The disk is full.")
    shown = card(page)
    assert words in shown.sentence.text()
    assert not shown.now.isVisible()
    assert shown.left.text() == ""
    assert shown.button.isVisible() == bool(button)
    if button:
        assert shown.button.text() == button


def test_after_a_trouble_it_is_tried_again(page, source, qtbot):
    source.tell(doing=Doing.TROUBLE, trouble="The disk is full.")
    assert card(page).sentence.property("role") == "danger"
    qtbot.mouseClick(card(page).button, Qt.MouseButton.LeftButton)
    assert source.calls == [("resume",)]
    source.tell(doing=Doing.PAUSED)
    assert card(page).sentence.property("role") == "muted"


def test_what_was_heard_in_full_is_told_so():
    done = HearingState(Doing.RESTING, 598, 600, problems=2)
    assert sound_words.doing(done) == "New and changed files follow by themselves."
    assert sound_words.heard(replace(done, heard=600)) == "All 600 songs heard"
    assert sound_words.heard(HearingState()) == "No songs to listen to yet"


def test_sounds_that_are_only_read_yet_are_not_said_to_be_unheard():
    assert "as soon as some of them have been heard" in sound_words.compared("", 3)
    assert sound_words.compared("", 1_204).startswith("What was heard is being read")


def test_the_method_in_use_is_told_and_learning_offered(page, source, version, qtbot):
    assert card(page).compared.text().startswith("Songs are compared by hand-made features.")
    assert HAND_MADE in source.in_use
    qtbot.mouseClick(card(page).learn, Qt.MouseButton.LeftButton)
    assert source.calls == [("learn_now",)]
    source.learn(version)
    assert card(page).compared.text().startswith(f"Songs are compared by {NETWORK}.")


def test_what_a_network_lacks_is_said_once():
    lacks = "hand-made features: 48 songs with plays, the network needs 150"
    assert "network takes over" not in sound_words.compared(lacks, 60)
    assert "network takes over" in sound_words.compared("hand-made features", 60)


def test_files_that_could_not_be_heard_are_listed_with_their_reasons(page, source, qtbot):
    assert not card(page).problems.isVisible()
    source.problems = ((3, "The file is empty."), (9_999, "It is gone."), (4, "It is cut short."))
    source.tell(problems=3)
    assert card(page).problems.text() == "3 files could not be heard"
    qtbot.mouseClick(card(page).problems, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.findChild(ProblemsDialog) is not None, timeout=5_000)
    dialog = page.findChild(ProblemsDialog)
    assert dialog.windowTitle() == "Files that could not be heard"
    listed = dialog.findChild(QTreeWidget)
    rows = [listed.topLevelItem(row) for row in range(listed.topLevelItemCount())]
    assert [(row.text(0), row.text(1)) for row in rows] == [
        ("3.flac", "The file is empty."),
        ("4.flac", "It is cut short."),
    ]
    dialog.close()


def test_before_anything_was_heard_the_page_says_that_it_begins_by_itself(page, source):
    source.in_use = ""
    source.tell(doing=Doing.RESTING, heard=0, current="", left_s=None)
    assert page.nothing.isVisible()
    assert page.nothing.headline == "How your music sounds"
    source.tell(doing=Doing.LISTENING, heard=1)
    assert not page.nothing.isVisible()
    assert page.body.isVisible()


def test_before_anything_was_learnt_there_are_words_instead_of_moments_and_map(page):
    assert page.body.moments.intro.text() == NOTHING
    assert not page.body.moments.dimensions.isVisible()
    assert not page.body.map_card.isVisible()


def test_each_dimension_shows_the_songs_and_seconds_that_excite_it_most(learnt, qtbot):
    dimensions, moments = lists(learnt)
    assert titles(dimensions)[:2] == ["Bright", "Deep bass"]
    assert moments.count() == 10
    assert moments.moment(0).track.track_id == 1
    assert moments.moment(0).start_ms == 83_000
    assert "at 1:23, 4.0 standard deviations" in moments.item(0).data(
        Qt.ItemDataRole.AccessibleTextRole
    )
    click(qtbot, dimensions, 1)
    assert moments.moment(0).track.track_id == 21
    assert learnt.body.moments.name.text() == "Deep bass"
    assert learnt.body.moments.words.text() == "low and slow, with little above"


def test_a_click_plays_the_song_from_that_second(learnt, qtbot):
    _, moments = lists(learnt)
    with qtbot.waitSignal(learnt.play_at_asked) as asked:
        click(qtbot, moments, 1)
    assert asked.args == [12, 90_000]


def test_a_double_click_plays_once(learnt, qtbot):
    _, moments = lists(learnt)
    asked = []
    learnt.play_at_asked.connect(lambda *args: asked.append(args))
    at = moments.visualItemRect(moments.item(0)).center()
    viewport, left = moments.viewport(), Qt.MouseButton.LeftButton
    qtbot.mouseClick(viewport, left, pos=at)
    qtbot.mouseDClick(viewport, left, pos=at)
    qtbot.mouseRelease(viewport, left, pos=at)
    assert asked == [(1, 83_000)]


def test_keys_lead_from_the_dimensions_to_a_moment_and_back(learnt, qtbot):
    dimensions, moments = lists(learnt)
    dimensions.setFocus(Qt.FocusReason.TabFocusReason)
    assert dimensions.shows_ring
    qtbot.keyClick(dimensions, Qt.Key.Key_Down)
    assert moments.moment(0).track.track_id == 21
    qtbot.keyClick(dimensions, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is moments
    qtbot.keyClick(moments, Qt.Key.Key_Down)
    with qtbot.waitSignal(learnt.play_at_asked) as asked:
        qtbot.keyClick(moments, Qt.Key.Key_Return)
    assert asked.args == [32, 90_000]
    qtbot.keyClick(moments, Qt.Key.Key_Left)
    assert QApplication.focusWidget() is dimensions


@pytest.mark.parametrize("by_key", [False, True])
def test_the_menu_is_asked_for_the_song_by_pointer_and_key(learnt, qtbot, by_key):
    _, moments = lists(learnt)
    moments.setCurrentRow(1)
    at = moments.visualItemRect(moments.item(0)).center()
    reason = QContextMenuEvent.Reason.Keyboard if by_key else QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, at, moments.viewport().mapToGlobal(at))
    with qtbot.waitSignal(learnt.menu_asked) as asked:
        moments.contextMenuEvent(event)
    track, where = asked.args
    assert track.track_id == (12 if by_key else 1)
    assert isinstance(where, QPoint)


def test_tracks_that_vanished_are_left_out(learnt, source, database, tmp_path, qtbot):
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("DELETE FROM tracks WHERE track_id = 1 OR track_id BETWEEN 21 AND 160")
    connection.close()
    _, moments = lists(learnt)
    learnt.hide()
    learnt.show()
    qtbot.waitUntil(lambda: moments.moment(0).track.track_id == 12, timeout=5_000)
    gone = learn_sounds(
        tmp_path / "gone", Moments("", (Dimension("A", "", (Moment(1, 0, 3, 1),)),))
    )
    source.learn(gone)
    qtbot.waitUntil(lambda: learnt.body.moments.intro.text() == NOTHING, timeout=5_000)
    assert not moments.isVisible()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format_version": 99, "model": "", "dimensions": []}',
        '{"format_version": 1, "model": "", "dimensions": [{"name": "A"}]}',
    ],
)
def test_a_damaged_file_of_moments_leaves_the_words(page, source, version, qtbot, text):
    (version / "sound" / "moments.json").write_text(text)
    source.learn(version)
    qtbot.waitUntil(lambda: page.body.map_card.isVisible(), timeout=5_000)
    assert page.body.moments.intro.text() == NOTHING


def test_a_moment_that_is_no_number_is_left_out(database, version):
    path = version / "sound" / "moments.json"
    value = json.loads(path.read_text())
    first = value["dimensions"][0]["moments"]
    first[0]["start_s"], first[1]["strength"], first[2]["song_id"] = "soon", float("nan"), None
    path.write_text(json.dumps(value))
    connection = open_database(database)
    dimensions = read_dimensions(Library(connection), version)
    connection.close()
    assert [moment.track.track_id for moment in dimensions[0].moments] == [
        34, 45, 56, 67, 78, 89, 100,
    ]  # fmt: skip


def test_there_are_no_more_dimensions_than_can_be_looked_through(database, tmp_path):
    write_moments(tmp_path / "sound", some_moments(dimensions=28))
    connection = open_database(database)
    dimensions = read_dimensions(Library(connection), tmp_path)
    connection.close()
    assert len(dimensions) == 24


def test_the_chosen_dimension_stays_when_learning_brings_others(learnt, source, tmp_path, qtbot):
    dimensions, moments = lists(learnt)
    click(qtbot, dimensions, 2)
    made = some_moments()
    turned = replace(made, dimensions=made.dimensions[::-1])
    source.learn(learn_sounds(tmp_path / "next", turned))
    qtbot.waitUntil(lambda: titles(dimensions)[0] == "Organ", timeout=5_000)
    assert dimensions.currentItem().text() == "Plucked strings"
    assert moments.moment(0).track.track_id == 41


def test_what_plays_is_marked_and_its_moment_while_it_is_heard(learnt, database):
    _, moments = lists(learnt)
    connection = open_database(database)
    track = Library(connection).track(12)
    connection.close()
    learnt.show_playing(track, 91_000)
    assert [row for row in range(10) if moments.plays(row)] == [1]
    assert moments.is_heard(1)
    learnt.show_playing(track, 120_000)
    assert moments.plays(1)
    assert not moments.is_heard(1)
    learnt.show_playing(None)
    assert not any(moments.plays(row) for row in range(10))


def test_the_map_by_sound_shows_the_session_and_plays(learnt, taste, qtbot):
    shown = learnt.body.map
    qtbot.waitUntil(lambda: learnt.body.map_card.isVisible(), timeout=5_000)
    qtbot.waitUntil(lambda: len(shown._path_rows) == len(taste.taste.session))
    assert shown.accessibleName() == "Map of your library by sound"
    with qtbot.waitSignal(learnt.play_asked) as asked:
        shown.play_asked.emit(7)
    assert asked.args == [7]


def test_the_theme_changes_all_colours_at_once(learnt, theme, qtbot):
    dimensions, moments = lists(learnt)
    qtbot.waitUntil(lambda: moments.width() > 200)

    def lightness() -> list[float]:
        body = learnt.body
        cards = [
            each.grab().toImage().pixelColor(each.width() // 2, 4).lightnessF()
            for each in (card(learnt), body.moments, body.map_card)
        ]
        whole = learnt.grab().toImage()
        rows = [
            each.viewport().mapTo(learnt, each.visualItemRect(each.item(0)).topRight())
            for each in (dimensions, moments)
        ]
        return [*cards, *(whole.pixelColor(at + QPoint(-12, 4)).lightnessF() for at in rows)]

    dark = lightness()
    theme.set_mode("light")
    assert max(dark) < 0.4
    assert min(lightness()) > 0.7


def test_a_narrow_page_puts_the_moments_below_and_cuts_nothing(learnt, qtbot):
    dimensions, moments = lists(learnt)
    assert dimensions.mapTo(learnt, QPoint()).x() < moments.mapTo(learnt, QPoint()).x()
    learnt.resize(400, 600)
    qtbot.waitUntil(lambda: dimensions.width() > 300)
    qtbot.waitUntil(
        lambda: moments.mapTo(learnt, QPoint()).y() > dimensions.mapTo(learnt, QPoint()).y() + 200
    )
    qtbot.waitUntil(lambda: learnt.scroll_area.horizontalScrollBar().maximum() == 0)
    for rows in (dimensions, moments):
        assert rows.horizontalScrollBar().maximum() == 0


def turn_wheel(rows) -> bool:
    at = QPointF(20, 20)
    event = QWheelEvent(
        at, QPointF(rows.viewport().mapToGlobal(at.toPoint())), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(rows.viewport(), event)
    return event.isAccepted()


def test_a_wheel_that_scrolls_the_page_is_not_caught_by_a_list(learnt, source, tmp_path, qtbot):
    source.learn(learn_sounds(tmp_path / "next", some_moments(dimensions=24)))
    dimensions, _ = lists(learnt)
    qtbot.waitUntil(lambda: dimensions.count() == 24, timeout=5_000)
    learnt.scroll_area.verticalScrollBar().setValue(100)
    assert not turn_wheel(dimensions), "the page gets it"
    assert dimensions.verticalScrollBar().value() == 0
    qtbot.wait(QUIET_MS + 100)
    assert turn_wheel(dimensions)
    assert dimensions.verticalScrollBar().value() > 0


def test_every_control_has_a_name(learnt):
    for each in learnt.findChildren(QAbstractButton):
        if each.isVisible():
            assert each.accessibleName() or each.text()
    for rows in lists(learnt):
        assert rows.accessibleName()


def test_a_hidden_page_follows_when_it_is_shown_again(page, source):
    page.hide()
    source.tell(heard=7_000)
    assert card(page).heard.text() == "1,204 of 10,000 songs heard"
    page.show()
    assert card(page).heard.text() == "7,000 of 10,000 songs heard"


def test_the_section_opens_the_page_and_a_moment_is_played(qtbot, make_window, database, conductor):
    window = make_window(database)
    qtbot.waitUntil(lambda: window.content.tracks.rowCount() == 600)
    window.actions_by_name["Go to sound"].trigger()
    assert window.content.place == Place(PlaceKind.SOUND)
    assert window.sound.isVisible()
    assert window.sound.nothing.isVisible()
    window.sound.play_at_asked.emit(12, 90_000)
    assert ("play_at", 12, 90_000) in conductor.calls
    window.sound.play_asked.emit(7)
    assert ("play", (7,)) in conductor.calls
    window.sound.settings_asked.emit()
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    dialog.close()


def test_arrows_in_the_lists_do_not_skip_the_song(qtbot, make_window, database, conductor, version):
    window = make_window(database)
    window.content.go(Place(PlaceKind.SOUND))
    source = FakeSound(LISTENING)
    window.sound._source = source
    source.learn(version)
    window.sound.hide()
    window.sound.show()
    dimensions, moments = lists(window.sound)
    qtbot.waitUntil(lambda: moments.count() > 0, timeout=5_000)
    dimensions.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(dimensions, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is moments
    qtbot.keyClick(moments, Qt.Key.Key_Left)
    assert QApplication.focusWidget() is dimensions
    assert ("skip",) not in conductor.calls
    assert ("previous",) not in conductor.calls
