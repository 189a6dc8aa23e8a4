from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QToolTip

from app.ui import taste_words
from app.ui.expert_names import NOT_TO_CHOOSE, TITLES
from app.ui.places import Place, PlaceKind
from app.ui.taste_belief_list import FIRST_SHOWN
from app.ui.taste_page import FORGETTING, TastePage
from recommender.api import Belief, Scope, Taste, Week
from recommender.pipeline.board import EXPERTS
from tests.app.ui.fake_taste import FakeTaste, a_taste, belief, draw_map

MIRA = belief(Scope.ARTIST, "Mira Lund", 0.2, 1)


@pytest.fixture
def source() -> FakeTaste:
    return FakeTaste()


@pytest.fixture
def page(qtbot, source, reader, covers, theme) -> TastePage:
    made = TastePage(source, reader, covers, theme)
    qtbot.addWidget(made)
    made.resize(760, 600)
    made.show()
    qtbot.waitUntil(lambda: bool(made._tracks))
    return made


def names(beliefs) -> list[str]:
    return [row.belief.name for row in beliefs.rows if not row.isHidden()]


def test_the_strongest_beliefs_come_first_and_all_when_asked_for(page, qtbot):
    artists = page.body.artists
    assert names(artists) == ["Mira Lund", "Okafor Trio", "Ansel Gray", "Delta Union",
                              "Velvet Meridian", "Harbour Choir"]  # fmt: skip
    assert artists.all.text() == "All 12 artists"
    qtbot.mouseClick(artists.all, Qt.MouseButton.LeftButton)
    assert len(names(artists)) == 12
    qtbot.mouseClick(artists.all, Qt.MouseButton.LeftButton)
    assert len(names(artists)) == FIRST_SHOWN


def test_a_row_tells_what_is_believed_and_how_surely(page):
    row = page.body.artists.rows[0]
    assert row.accessibleName() == "Mira Lund, artist: 20 % of what comes, quite sure, 40 plays."
    assert page.body.summary.text().startswith("Learnt from 1,204 plays since July 2023.")


def test_a_belief_is_corrected_with_the_pointer(page, qtbot, source):
    row = page.body.artists.rows[1]
    qtbot.mouseMove(row, row.rect().center())
    row._show_buttons(True)
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    assert source.calls == [("correct", Scope.ARTIST, "Okafor Trio", 0.5)]
    assert not row.back.isVisible()


def test_a_belief_is_corrected_by_keys_and_the_word_taken_back(page, qtbot, source):
    row = page.body.genres.rows[0]
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Minus)
    source.taste = replace(source.taste, beliefs=tuple(
        replace(each, said=-0.5) if each.name == row.belief.name else each
        for each in source.taste.beliefs
    ))  # fmt: skip
    source.changed.emit()
    qtbot.waitUntil(lambda: row.belief.said == -0.5, timeout=5_000)
    assert "You said: less" in row.accessibleName()
    qtbot.keyClick(row, Qt.Key.Key_Minus)
    qtbot.keyClick(row, Qt.Key.Key_0)
    assert [call[3] for call in source.calls] == [-0.5, -1.0, 0.0]


def test_a_row_stays_under_the_hand_that_corrects_it(page, qtbot, source):
    artists, before = page.body.artists, names(page.body.artists)
    artists.rows[0].setFocus()
    weaker = replace(artists.rows[0].belief, strength=0.001, said=-0.5)
    others = [each for each in source.taste.beliefs if each.name != weaker.name]
    source.taste = replace(source.taste, beliefs=(*others, weaker))
    source.changed.emit()
    qtbot.waitUntil(lambda: artists.rows[0].belief == weaker, timeout=5_000)
    assert names(artists) == before


def test_arrows_walk_through_the_rows(page, qtbot):
    rows = page.body.artists.rows
    rows[0].setFocus()
    qtbot.keyClick(rows[0], Qt.Key.Key_Down)
    assert QApplication.focusWidget() is rows[1]
    qtbot.keyClick(rows[1], Qt.Key.Key_Up)
    assert QApplication.focusWidget() is rows[0]


def test_forgetting_says_what_it_does_and_waits_for_a_yes(page, qtbot, source):
    row = page.body.artists.rows[0]
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Delete)
    box = page.findChild(QMessageBox)
    assert box.informativeText() == FORGETTING
    assert box.defaultButton().text() == "Cancel"
    assert source.calls == []
    yes = next(each for each in box.buttons() if each.text() == "Forget")
    yes.click()
    assert source.calls == [("forget", Scope.ARTIST, "Mira Lund")]


def test_a_cancelled_forgetting_changes_nothing(page, qtbot, source):
    page.body.artists.rows[0].forget.click()
    page.findChild(QMessageBox).defaultButton().click()
    assert source.calls == []


def test_the_menu_offers_what_can_be_done(page, source):
    row = page.body.artists.rows[0]
    row.show_belief(replace(MIRA, said=1.0), 0.3, None)
    menu = row.menu()
    offered = {each.text(): each for each in menu.actions() if isinstance(each, QAction)}
    assert not offered["More of it"].isEnabled()
    offered["Take your word back"].trigger()
    assert source.calls == [("correct", Scope.ARTIST, "Mira Lund", 0.0)]
    menu.deleteLater()


def test_a_click_opens_the_artist_or_genre(page, qtbot):
    with qtbot.waitSignal(page.place_asked) as asked:
        qtbot.mouseClick(
            page.body.genres.rows[1], Qt.MouseButton.LeftButton, pos=QPoint(20, 20)
        )  # fmt: skip
    assert asked.args == [Place(PlaceKind.GENRE, "Jazz")]


def test_every_expert_has_a_plain_name_and_the_chart_tells_the_shares(page):
    known = set(TITLES) - set(NOT_TO_CHOOSE)
    assert {expert.name for expert in EXPERTS} <= known
    told = page.body.shares.accessibleDescription()
    assert told == "What followed before 60 %, Artists you play 30 %, Time of day 10 %"


def test_what_an_expert_goes_by_comes_with_the_pointer(page, qtbot):
    chart = page.body.shares
    page.scroll_area.ensureWidgetVisible(chart)
    at = QPoint(20, chart.height() // 3 // 2)
    QApplication.sendEvent(
        chart, QHelpEvent(QHelpEvent.Type.ToolTip, at, chart.mapToGlobal(at))
    )  # fmt: skip
    assert "let follow" in QToolTip.text()
    QToolTip.hideText()


def test_weeks_are_named_by_arrows_and_pointer(page, qtbot):
    chart = page.body.weeks
    page.scroll_area.ensureWidgetVisible(chart)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.named.endswith(": 40 % of 20 plays, favourites 15 %")
    qtbot.mouseMove(chart, QPoint(chart.width() - 20, 60))
    assert chart.named.endswith(": 45 % of 20 plays, favourites 15 %")


def test_no_answer_leaves_what_is_there(page, source, qtbot):
    before = page.taste
    source.taste = None
    page._ask()
    assert page.taste == before
    assert page.body.isVisible()


def test_before_the_first_answer_the_page_says_what_it_waits_for(
    qtbot, source, reader, covers, theme
):
    source.taste = None
    page = TastePage(source, reader, covers, theme)
    qtbot.addWidget(page)
    page.show()
    assert page._nothing.isVisible()
    assert "as Segue sees it" in page._nothing.headline


def test_a_play_refreshes_the_page_in_place(page, source, qtbot):
    row = page.body.artists.rows[0]
    bar = page.scroll_area.verticalScrollBar()
    bar.setValue(60)
    first = source.taste.beliefs
    source.taste = replace(
        source.taste,
        beliefs=tuple(replace(each, plays=99) for each in first),
        session=(*source.taste.session, 9),
    )
    asked = source.asked
    source.changed.emit()
    source.changed.emit()
    qtbot.waitUntil(lambda: row.belief.plays == 99, timeout=5_000)
    assert source.asked == asked + 1, "several plays at once are one question"
    assert bar.value() == 60
    assert page.body.artists.rows[0] is row


def test_nothing_changes_under_the_eyes_of_one_who_scrolls(page, source, qtbot):
    page._still.start()
    source.taste = replace(source.taste, plays=5_000)
    page._ask()
    assert page.taste.plays == 1204
    qtbot.waitUntil(lambda: page.taste.plays == 5_000, timeout=5_000)


def test_a_hidden_page_asks_nothing(page, source, qtbot):
    page.hide()
    asked = source.asked
    source.changed.emit()
    qtbot.wait(1_400)
    assert source.asked == asked


def test_without_a_map_learning_is_offered(page, source, qtbot):
    assert not page.body.map.isVisible()
    page.scroll_area.ensureWidgetVisible(page.body.learn)
    qtbot.mouseClick(page.body.learn, Qt.MouseButton.LeftButton)
    assert source.calls == [("learn_now",)]


def test_a_new_training_brings_its_map_and_plays_from_it(page, source, qtbot, tmp_path):
    source.folder = draw_map(tmp_path / "version")
    source.changed.emit()
    qtbot.waitUntil(lambda: page.body.map.isVisible(), timeout=5_000)
    assert page.body.legend.accessibleName().startswith("Genres: ")
    with qtbot.waitSignal(page.play_asked) as played:
        page.body.map.play_asked.emit(12)
    assert played.args == [12]


def test_a_narrow_page_puts_the_lists_below_each_other(page, qtbot):
    artists, genres = page.body.artists, page.body.genres
    assert artists.y() == genres.y()
    page.resize(420, 600)
    qtbot.waitUntil(lambda: genres.y() > artists.y())
    qtbot.waitUntil(lambda: page.scroll_area.horizontalScrollBar().maximum() == 0)


def test_every_control_can_be_reached_and_has_a_name(page):
    for each in page.findChildren(QAbstractButton):
        if not each.isHidden():
            assert each.accessibleName() or each.text()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (replace(MIRA, low=0.18, high=0.22), "very sure"),
        (MIRA, "quite sure"),
        (replace(MIRA, low=0.1, high=0.35), "fairly sure"),
        (replace(MIRA, low=0.0, high=0.9), "a first guess"),
        (replace(MIRA, plays=2), "a first guess"),
    ],
)
def test_doubt_is_told_in_words(made: Belief, words):
    assert taste_words.doubt(made) == words


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        ((), "Nothing was foretold yet."),
        ((Week(0, 10, 0.5, 0.1),), "Only 10 plays so far, too few to judge by: 50 %"),
        ((Week(0, 50, 0.5, 0.1), Week(1, 50, 0.3, 0.1)), "40 % of your songs were among its first "
         "ten, more than the 10 % of just playing favourites."),
        ((Week(0, 50, 0.1, 0.4),), "less than the 40 %"),
    ],
)  # fmt: skip
def test_how_well_it_foretells_is_told_honestly(weeks, words):
    assert words in taste_words.foretold(weeks)


def test_the_section_opens_the_page_and_back_comes_back_to_it(
    qtbot, make_window, database, conductor
):
    window = make_window(database)
    qtbot.waitUntil(lambda: window.content.tracks.rowCount() == 600)
    window.actions_by_name["Go to taste"].trigger()
    assert window.taste.isVisible()
    assert not window.middle.search.isVisible()
    window.taste.place_asked.emit(Place(PlaceKind.ARTIST, "Mira Lund"))
    qtbot.waitUntil(lambda: not window.taste.isVisible())
    assert window.middle.search.isVisible()
    window.content.go_back()
    assert window.taste.isVisible()
    window.taste.play_asked.emit(12)
    assert ("play", (12,)) in conductor.calls
    window.actions_by_name["Search"].trigger()
    assert window.content.place == Place()
    assert window.middle.search.isVisible()


def test_a_search_that_comes_late_does_not_cover_the_page(qtbot, make_window, database):
    window = make_window(database)
    window.content.go(Place(PlaceKind.ALBUMS))
    window.content.go(Place(PlaceKind.TASTE))
    qtbot.wait(600)
    assert window.taste.isVisible()


def test_an_empty_taste_says_how_to_begin():
    assert "play some songs" in taste_words.summary(Taste())
    assert a_taste().plays == 1204
