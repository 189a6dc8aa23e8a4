"""The songs that sound like one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from app.library.query import SortKey
from app.sound.state import Doing
from app.ui.content import Content
from app.ui.places import Place, PlaceKind, sounds_like
from app.ui.sound_source import DeliverNear
from app.ui.track_menu import TrackMenu
from app.ui.track_model import Column
from tests.app.ui.fake_sound import NETWORK, FakeSound
from tests.app.ui.songs import song

NEAR = (300, 7, 12, 451, 1, 88)


class SlowSound(FakeSound):
    """Answers when a test wants it to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[DeliverNear] = []

    def ask_near(self, track_id: int, n: int, deliver: DeliverNear) -> None:
        self.asked.append(deliver)


@pytest.fixture
def sound() -> FakeSound:
    made = FakeSound(in_use="hand-made features: 48 songs with plays, the network needs 150")
    made.near = (NEAR, "")
    return made


@pytest.fixture
def make_content(qtbot, conductor, reader, covers, theme):
    def make(sound) -> Content:
        made = Content(conductor, reader, covers, theme, sound=sound)
        qtbot.addWidget(made)
        made.resize(900, 700)
        made.start(Place())
        made.show()
        qtbot.waitUntil(lambda: made.tracks.rowCount() == 600)
        return made

    return make


@pytest.fixture
def content(make_content, sound) -> Content:
    return make_content(sound)


@pytest.fixture
def alike(content, qtbot) -> Content:
    """Shows what sounds like the twentieth song."""
    content.go(sounds_like(content.tracks.track(19)))
    qtbot.waitUntil(lambda: ids(content) == list(NEAR))
    return content


def ids(content) -> list[int]:
    return list(content.tracks.ids)


def choose(content, qtbot, words) -> None:
    """Choose an entry of the menu of row 19."""
    track = content.tracks.track(19)
    content.table.menu_asked.emit([track.track_id], track, QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()


def test_the_menu_of_a_song_leads_to_the_songs_that_sound_like_it(content, sound, qtbot):
    track = content.tracks.track(19)
    choose(content, qtbot, "Sounds like this")
    qtbot.waitUntil(lambda: ids(content) == list(NEAR))
    assert sound.calls == [("ask_near", track.track_id, 100)]
    assert content.header._kind.text() == "SOUNDS LIKE · BY HAND-MADE FEATURES"
    assert content.header._title.text() == track.title
    assert content.header._title.accessibleName() == f"Sounds like {track.title}"
    assert content.header._totals.text().startswith(f"{track.artist} · 6 tracks, ")
    content.go_back()
    qtbot.waitUntil(lambda: len(ids(content)) == 600)


def test_nothing_sounds_like_a_radio_station(conductor, theme, qtbot):
    station = song(5, location="https://radio.example/live")
    menu = TrackMenu(conductor, theme, [5], station)
    qtbot.addWidget(menu)
    assert "Sounds like this" not in [action.text() for action in menu.actions()]


def test_the_song_itself_is_not_among_them(content, sound, qtbot):
    track = content.tracks.track(19)
    sound.near = ((3, track.track_id, 4), "")
    content.go(sounds_like(track))
    qtbot.waitUntil(lambda: ids(content) == [3, 4])


def test_songs_that_are_not_in_the_library_any_more_are_left_out(content, sound, qtbot):
    sound.near = ((9_000, 4, 3), "")
    content.go(sounds_like(content.tracks.track(19)))
    qtbot.waitUntil(lambda: ids(content) == [4, 3])


def test_search_narrows_them_down_and_keeps_their_order(alike, sound, qtbot):
    artists = {alike.tracks.track(row).artist for row in range(6)}
    wanted = alike.tracks.track(0).artist
    assert len(artists) > 1
    alike.search(f"artist:{wanted}")
    qtbot.waitUntil(lambda: 0 < alike.tracks.rowCount() < 6)
    assert {alike.tracks.track(row).artist for row in range(alike.tracks.rowCount())} == {wanted}
    found = ids(alike)
    assert found == [each for each in NEAR if each in found]
    alike.search("zzzz")
    qtbot.waitUntil(alike.message.isVisible)
    assert "zzzz" in alike.message.headline
    alike.search("")
    qtbot.waitUntil(lambda: ids(alike) == list(NEAR))
    assert len(sound.calls) == 1


def test_a_column_sorts_them_and_likeness_is_what_sorting_comes_back_to(alike, qtbot):
    first = alike.header._sorts.actions()[0]
    assert first.text() == "Likeness"
    heading = alike.table.horizontalHeader()
    for descending in (False, True):
        with qtbot.waitSignal(alike.tracks.modelReset):
            heading.sectionClicked.emit(Column.TITLE)
        titles = [alike.tracks.track(row).title for row in range(6)]
        assert titles == sorted(titles, reverse=descending)
    with qtbot.waitSignal(alike.tracks.modelReset):
        heading.sectionClicked.emit(Column.TITLE)
    assert ids(alike) == list(NEAR)
    with qtbot.waitSignal(alike.tracks.modelReset):
        alike.header.sort_asked.emit(SortKey.DEFAULT, True)
    assert ids(alike) == list(reversed(NEAR))
    alike.go(Place(PlaceKind.LIKED))
    assert first.text() == "Artist and album"


def test_they_are_played_and_queued_the_likest_first(alike, conductor, qtbot):
    alike.header.play_asked.emit()
    qtbot.waitUntil(lambda: bool(conductor.calls))
    alike.header.queue_asked.emit()
    qtbot.waitUntil(lambda: len(conductor.calls) == 2)
    assert conductor.calls == [("play", NEAR), ("enqueue", NEAR, None)]


@pytest.mark.parametrize(
    ("doing", "help_words"),
    [
        (Doing.LISTENING, "this page fills by itself"),
        (Doing.OFF, "switched off"),
        (Doing.PAUSED, "paused"),
        (Doing.ON_BATTERY, "mains power"),
        (Doing.TROUBLE, "The drive is full."),
        (Doing.RESTING, ""),
    ],
)
def test_a_song_that_was_not_heard_says_so_and_what_to_do(content, sound, qtbot, doing, help_words):
    sound.near = ((), "Segue has not listened to this song yet.")
    sound.tell(doing=doing, trouble="The drive is full." if doing is Doing.TROUBLE else "")
    content.go(sounds_like(content.tracks.track(19)))
    qtbot.waitUntil(content.message.isVisible)
    sentence = content.message._sentence.text()
    assert sentence.startswith("Segue has not listened to this song yet.")
    assert help_words in sentence
    assert content.header._play.isHidden()


def test_a_window_without_a_recommender_says_that_nothing_was_heard(make_content, qtbot):
    content = make_content(None)
    content.go(sounds_like(content.tracks.track(19)))
    qtbot.waitUntil(content.message.isVisible)
    assert "Nothing has been listened to yet." in content.message._sentence.text()


def test_the_songs_come_when_more_was_heard_and_stay_where_they_are_scrolled_to(
    make_content, sound, qtbot
):
    sound.near = (tuple(range(100, 200)), "")
    content = make_content(sound)
    content._alike._soon.setInterval(1)
    content.go(sounds_like(content.tracks.track(19)))
    qtbot.waitUntil(lambda: ids(content) == list(range(100, 200)))
    bar = content.table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    offset = bar.value()
    sound.near = ((*range(100, 199), 300), "")
    sound.in_use = NETWORK
    sound.tell(heard=1_300)
    qtbot.waitUntil(lambda: ids(content)[-1] == 300)
    assert bar.value() == offset > 0
    assert content.header._kind.text().endswith(f"BY {NETWORK.upper()}")


def test_news_that_change_nothing_are_not_asked_about(alike, sound, qtbot):
    alike._alike._soon.setInterval(1)
    sound.tell(current="Another song")
    qtbot.waitUntil(lambda: not alike._alike._soon.isActive())
    assert len(sound.calls) == 1


def test_while_it_is_asked_the_page_is_empty_and_not_that_of_another_place(make_content, qtbot):
    sound = SlowSound()
    content = make_content(sound)
    content.go(sounds_like(content.tracks.track(19)))
    assert len(ids(content)) == 600
    qtbot.waitUntil(lambda: content._pages.currentWidget() is content._pages._nothing_yet)
    sound.asked[0](NEAR, "")
    qtbot.waitUntil(lambda: ids(content) == list(NEAR))
    qtbot.waitUntil(content.table.isVisible)


def test_an_answer_for_a_place_that_was_left_is_not_shown(make_content, qtbot):
    sound = SlowSound()
    content = make_content(sound)
    first, second = (sounds_like(content.tracks.track(row)) for row in (19, 20))
    content.go(first)
    content.go(second)
    sound.asked[0]((1, 2), "")
    sound.asked[1]((3, 4), "")
    qtbot.waitUntil(lambda: ids(content) == [3, 4])
    content.go(first)
    content.go(Place(PlaceKind.LIKED))
    sound.asked[2]((5, 6), "")
    qtbot.waitUntil(lambda: sorted(ids(content)) == [1, 2, 15])


def test_a_slow_answer_is_waited_for_while_more_is_heard(make_content, qtbot):
    sound = SlowSound()
    content = make_content(sound)
    content._alike._soon.setInterval(1)
    content.go(sounds_like(content.tracks.track(19)))
    for heard in range(1_300, 1_310):
        sound.tell(heard=heard)
    qtbot.wait(20)
    sound.asked[0]((3, 4), "")
    qtbot.waitUntil(lambda: ids(content) == [3, 4])
    qtbot.waitUntil(lambda: len(sound.asked) == 2)
    sound.asked[1]((4, 3), "")
    qtbot.waitUntil(lambda: ids(content) == [4, 3])


def test_a_row_of_up_next_and_a_dot_of_the_map_lead_there_too(make_window, database, sound, qtbot):
    window = make_window(database, sound=sound)
    content = window.content
    qtbot.waitUntil(lambda: content.tracks.rowCount() == 600)
    window.up_next.view.place_wanted.emit(sounds_like(song(7)))
    qtbot.waitUntil(lambda: ids(content) == [each for each in NEAR if each != 7])
    assert content.header.back.isVisible()
    window.taste.menu_asked.emit(song(12), QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    next(each for each in menu.actions() if each.text() == "Sounds like this").trigger()
    menu.close()
    qtbot.waitUntil(lambda: ids(content) == [each for each in NEAR if each != 12])


def test_the_next_start_does_not_begin_with_a_song_that_is_no_more_known(
    make_window, database, sound, qtbot
):
    window = make_window(database, sound=sound)
    window.content.go(sounds_like(song(7)))
    window.close()
    assert make_window(database, sound=sound).content.place == Place()
