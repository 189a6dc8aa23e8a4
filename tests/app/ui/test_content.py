from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.library.query import SortKey
from app.ui.content import Content
from app.ui.places import Place, PlaceKind
from app.ui.track_model import Column
from tests.app.ui import shelf


@pytest.fixture
def content(qtbot, conductor, reader, covers, theme):
    made = Content(conductor, reader, covers, theme)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.start(Place())
    made.show()
    qtbot.waitUntil(lambda: made.tracks.rowCount() == 600)
    return made


def go(content, qtbot, place):
    """Go there, and wait for the answer."""
    models = (content.tracks, content._groups)
    with qtbot.waitSignal(models[place.is_group].modelReset):
        content.go(place)


def column(content, number):
    model = content.tracks
    return [model.track(row) for row in range(min(number, model.rowCount()))]


def test_the_first_rows_are_there_before_anything_is_fetched(content):
    assert content.tracks.track(0) is not None
    assert content.tracks.track(0).artist == "Ansel Gray"


def test_search_shows_what_matches_and_how_much(content, qtbot):
    content.search("artist:mira kites")
    qtbot.waitUntil(lambda: content.tracks.rowCount() not in (0, 600))
    tracks = column(content, 100)
    assert {track.artist for track in tracks} == {"Mira Lund"}
    assert {track.title for track in tracks} == {"Kites"}
    expected = f"{len(tracks)} tracks, "
    qtbot.waitUntil(lambda: content.header._totals.text().startswith(expected))


def test_typing_on_shows_only_the_last_answer(content, qtbot):
    for text in ("h", "ha", "har", "harb", "harbour choir"):
        content.search(text)
    qtbot.waitUntil(lambda: content.tracks.rowCount() == 50)
    assert {track.artist for track in column(content, 50)} == {"Harbour Choir"}


def test_nothing_found_is_said_in_words(content, qtbot):
    content.search("zzzz")
    qtbot.waitUntil(content.message.isVisible)
    assert "zzzz" in content.message.headline
    content.search("")
    qtbot.waitUntil(content.table.isVisible)


def test_nothing_liked_yet_is_said_in_words(content, qtbot):
    content.go(Place(PlaceKind.DISLIKED))
    qtbot.waitUntil(content.message.isVisible)
    assert content.message.headline == "Nothing disliked"


def test_a_heading_sorts_up_then_down_then_as_before(content, qtbot):
    heading = content.table.horizontalHeader()

    def click():
        with qtbot.waitSignal(content.tracks.modelReset):
            heading.sectionClicked.emit(Column.YEAR)
        return [track.year for track in column(content, 60)]

    first = column(content, 10)
    years = click()
    assert years == sorted(years)
    years = click()
    assert years == sorted(years, reverse=True)
    click()
    assert column(content, 10) == first


def test_sorting_is_in_the_menu_of_the_head_too(content, qtbot):
    with qtbot.waitSignal(content.tracks.modelReset):
        content.header.sort_asked.emit(SortKey.TITLE, True)
    titles = [track.title for track in column(content, 20)]
    assert titles == sorted(titles, reverse=True)


def test_an_artist_leads_to_albums_and_tracks_and_back(content, qtbot):
    go(content, qtbot, Place(PlaceKind.ARTISTS))
    qtbot.waitUntil(content.groups.isVisible)
    names = [content._groups.group(row).name for row in range(content._groups.rowCount())]
    assert sorted(names) == sorted(shelf.ARTISTS)
    with qtbot.waitSignal(content.tracks.modelReset):
        content.groups.opened.emit(content._groups.place(names.index("Mira Lund")))
    qtbot.waitUntil(content.albums.isVisible)
    assert {track.artist for track in column(content, 100)} == {"Mira Lund"}
    assert content._albums.rowCount() == 5
    with qtbot.waitSignal(content.tracks.modelReset):
        content.albums.opened.emit(content._albums.place(0))
    assert content.place.kind is PlaceKind.ALBUM
    assert len({track.album for track in column(content, 100)}) == 1
    content.go_back()
    assert content.place == Place(
        PlaceKind.ARTIST, "Mira Lund", cover_location="/music/Mira Lund/Northern Coast/1.flac"
    )
    content.go_back()
    assert content.place.kind is PlaceKind.ARTISTS
    content.go_back()
    content.go_back()
    assert content.place == Place()


def test_an_album_is_played_and_queued_in_its_order(content, qtbot, conductor):
    album = Place(PlaceKind.ALBUM, "Northern Coast", "Mira Lund")
    content.play_all(album)
    qtbot.waitUntil(lambda: bool(conductor.calls))
    content.queue_all(album)
    qtbot.waitUntil(lambda: len(conductor.calls) == 2)
    assert conductor.calls == [
        ("play", tuple(range(1, 11))),
        ("enqueue", tuple(range(1, 11)), None),
    ]


def test_unliking_takes_the_row_out_of_the_liked(content, qtbot, conductor, database):
    content.go(Place(PlaceKind.LIKED))
    qtbot.waitUntil(lambda: content.tracks.rowCount() == 3)
    connection_kind = "dislike"
    shelf.like(database, 2, connection_kind)
    conductor.opinion_changed.emit(2, False, True)
    qtbot.waitUntil(lambda: content.tracks.rowCount() == 2)


def test_the_song_that_plays_is_marked(content, conductor):
    track = content.tracks.track(3)
    conductor.start(track)
    assert content.tracks.playing_id == track.track_id
    conductor.now_playing_changed.emit(None)
    assert content.tracks.playing_id == 0


def test_a_refresh_keeps_what_is_selected_and_scrolled_to(content, qtbot):
    content.table.selectRow(200)
    content.table.scrollTo(content.tracks.index(200, 0))
    offset = content.table.verticalScrollBar().value()
    chosen = content.table.chosen_ids()
    with qtbot.waitSignal(content.tracks.modelReset):
        content.refresh()
    assert content.table.verticalScrollBar().value() == offset
    assert content.table.chosen_ids() == chosen


def test_a_refresh_selects_nothing_by_itself(content, qtbot):
    content.focus_rows()
    assert content.table.currentIndex().row() == 0
    with qtbot.waitSignal(content.tracks.modelReset):
        content.refresh()
    assert content.table.currentIndex().row() == 0
    assert not content.table.selectionModel().hasSelection()


def test_an_answer_that_fails_is_told(content, qtbot, database):
    import sqlite3

    connection = sqlite3.connect(database)
    connection.execute("ALTER TABLE tracks RENAME TO lost")
    connection.commit()
    connection.close()
    with qtbot.waitSignal(content.failed) as told:
        content.go(Place(PlaceKind.GENRES))
    assert told.args[0]


def test_the_menu_of_a_row_acts_on_it(content, qtbot, conductor):
    track = content.tracks.track(2)
    content.table.menu_asked.emit([track.track_id], track, QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == [
        "Play now", "Play next", "Add to queue", "Like", "More like this", "Less like this",
        "Not in this mood", "Never again", "Why this?", "Sounds like this", "Go to artist",
        "Go to album", "Show in file manager",
    ]  # fmt: skip
    for word in words[:8]:
        next(action for action in menu.actions() if action.text() == word).trigger()
    number = track.track_id
    assert conductor.calls == [
        ("play", (number,)),
        ("play_next", (number,)),
        ("enqueue", (number,), None),
        ("like", number),
        ("more_like", number),
        ("less_like", number),
        ("not_now", number),
        ("dislike", number),
    ]
    with qtbot.waitSignal(content.why_asked) as asked:
        next(action for action in menu.actions() if action.text() == "Why this?").trigger()
    assert asked.args == [track]
    next(action for action in menu.actions() if action.text() == "Go to album").trigger()
    assert content.place.kind is PlaceKind.ALBUM
    menu.close()


def test_the_menu_of_an_album_plays_it(content, qtbot, conductor):
    content._show_group_menu(Place(PlaceKind.ALBUM, "Northern Coast", "Mira Lund"), QPoint(1, 1))
    menu = QApplication.activePopupWidget()
    next(action for action in menu.actions() if action.text() == "Play now").trigger()
    qtbot.waitUntil(lambda: conductor.calls == [("play", tuple(range(1, 11)))])
    menu.close()


def test_down_from_the_search_reaches_the_rows(content, qtbot):
    content.focus_rows()
    assert QApplication.focusWidget() is content.table
    qtbot.keyClick(content.table, Qt.Key.Key_Down)
    assert content.table.currentIndex().row() == 1
