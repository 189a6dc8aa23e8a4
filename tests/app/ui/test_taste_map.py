from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.ui import taste_map_data
from app.ui.taste_map import TasteMap
from app.ui.taste_map_data import MapData, Names
from app.ui.taste_map_view import WHOLE, View, map_look
from recommender.api import Scope
from recommender.vectors.song_map import Label
from tests.app.ui.fake_taste import draw_map

places = st.floats(-1, 2)


def some_points(count: int, genres: int = 3, seed: int = 0) -> MapData:
    rng = np.random.default_rng(seed)
    return MapData(
        np.arange(1, count + 1), rng.random((count, 2)).astype(np.float32),
        rng.integers(0, genres + 1, count), rng.random(count).astype(np.float32),
        rng.random(count) < 0.1, Names(("Jazz", "Rock", "Dub")[:genres], ()),
    )  # fmt: skip


@pytest.fixture
def song_map(qtbot, reader, theme, tmp_path):
    made = TasteMap(reader, theme)
    qtbot.addWidget(made)
    made.resize(700, 440)
    made.show()
    with qtbot.waitSignal(made.loaded) as told:
        made.load(draw_map(tmp_path / "map"))
    assert told.args == [True]
    qtbot.waitUntil(lambda: made.is_drawn)
    return made


def spot(song_map: TasteMap, song_id: int) -> QPoint:
    data = song_map._data
    return song_map.view.to_screen(*data.place(data.row_of(song_id))).toPoint()


def wheel(song_map: TasteMap, turned: int) -> bool:
    at = QPointF(song_map.rect().center())
    event = QWheelEvent(
        at, song_map.mapToGlobal(at), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(song_map, event)
    return event.isAccepted()


def colour_at(song_map: TasteMap, at: QPoint) -> str:
    return song_map.grab().toImage().pixelColor(at).name()


def test_each_song_is_drawn_where_it_lies(song_map, theme):
    ground = theme.colours.panel.name()
    drawn = [colour_at(song_map, spot(song_map, song)) for song in (1, 25, 313, 576, 600)]
    assert ground not in drawn


def test_the_song_under_the_pointer_is_named(song_map, qtbot, reader):
    qtbot.mouseMove(song_map, spot(song_map, 250))
    qtbot.waitUntil(lambda: song_map.song is not None)
    assert song_map.song.track_id == 250
    assert song_map.song.artist in song_map.accessibleDescription()
    between = (spot(song_map, 1) + spot(song_map, 27)) / 2
    qtbot.mouseMove(song_map, between)
    assert song_map.song is None


def test_a_double_click_plays_and_the_menu_is_asked_for(song_map, qtbot):
    with qtbot.waitSignal(song_map.play_asked) as played:
        qtbot.mouseDClick(song_map, Qt.MouseButton.LeftButton, pos=spot(song_map, 77))
    assert played.args == [77]
    qtbot.mouseMove(song_map, spot(song_map, 78))
    qtbot.waitUntil(lambda: song_map.song is not None)
    with qtbot.waitSignal(song_map.menu_asked) as asked:
        at = spot(song_map, 78)
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(song_map, QContextMenuEvent(reason, at, song_map.mapToGlobal(at)))
    assert asked.args[0].track_id == 78


def test_a_drag_moves_the_map_and_names_nothing(song_map, qtbot):
    before = spot(song_map, 313)
    qtbot.mousePress(song_map, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(song_map, QPoint(330, 220))
    qtbot.mouseRelease(song_map, Qt.MouseButton.LeftButton, pos=QPoint(330, 220))
    moved = spot(song_map, 313) - before
    assert (moved.x(), moved.y()) == (30, 20)
    assert song_map.song is None
    qtbot.waitUntil(lambda: song_map.is_drawn)


def test_the_wheel_zooms_and_leaves_the_page_its_own_turns(song_map):
    assert not wheel(song_map, -120), "all is seen: the page scrolls on"
    assert wheel(song_map, 120)
    near = song_map.view.scale
    assert near > song_map.view.fit
    assert wheel(song_map, -240)
    assert song_map.view.scale == song_map.view.fit
    song_map.page_scrolled()
    assert not wheel(song_map, 120), "the page came under the wheel while it was turning"


def test_keys_zoom_move_name_and_play(song_map, qtbot):
    song_map.setFocus()
    qtbot.keyClick(song_map, Qt.Key.Key_Plus)
    qtbot.keyClick(song_map, Qt.Key.Key_Plus)
    scale = song_map.view.scale
    assert scale == pytest.approx(song_map.view.fit * 2.25)
    qtbot.keyClick(song_map, Qt.Key.Key_Right)
    assert song_map.view.x > 0.5
    qtbot.waitUntil(lambda: song_map.song is not None)
    with qtbot.waitSignal(song_map.play_asked) as played:
        qtbot.keyClick(song_map, Qt.Key.Key_Return)
    assert played.args == [song_map.song.track_id]
    qtbot.keyClick(song_map, Qt.Key.Key_0)
    assert song_map.view.scale == song_map.view.fit


def test_the_sessions_path_ends_at_the_latest_song(song_map, theme):
    song_map.show_session([1, 99_999, 313])
    assert colour_at(song_map, spot(song_map, 313)) == theme.colours.accent.name()
    song_map.show_latest()
    assert song_map.view.scale > song_map.view.fit
    assert (spot(song_map, 313) - song_map.rect().center()).manhattanLength() <= 2


def test_another_theme_draws_other_colours(song_map, qtbot, theme):
    at = spot(song_map, 313)
    dark = colour_at(song_map, at)
    theme.set_mode("light")
    qtbot.waitUntil(lambda: colour_at(song_map, at) != dark)
    theme.set_mode("dark")


def test_a_folder_without_a_map_says_that_there_is_none(qtbot, reader, theme, tmp_path):
    made = TasteMap(reader, theme)
    qtbot.addWidget(made)
    for folder in (None, tmp_path / "nothing"):
        with qtbot.waitSignal(made.loaded) as told:
            made.load(folder)
        assert told.args == [False]


def test_songs_that_left_the_library_are_not_on_the_map(qtbot, reader, theme, tmp_path):
    made = TasteMap(reader, theme)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.loaded):
        made.load(draw_map(tmp_path / "map", songs=700))
    assert len(made._data) == 600
    assert made._data.row_of(601) is None


@settings(max_examples=60, deadline=None)
@given(places, places, st.floats(0.001, 0.6), st.floats(1, 1.7), st.integers(0, 3))
def test_the_grid_finds_what_looking_at_all_songs_finds(x, y, reach, aspect, seed):
    data = some_points(300, seed=seed)
    far = np.hypot((data.xy[:, 0] - x) * aspect, data.xy[:, 1] - y)
    found = data.nearest(x, y, reach, aspect)
    if far.min() > reach:
        assert found is None
    else:
        assert far[found] == far.min()


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.2, 9), st.floats(0, 700), st.floats(0, 440))
def test_zooming_keeps_what_is_under_the_pointer(x, y, factor, at_x, at_y):
    view = View(x, y, 1.0, 1, 1).resized(700, 440).zoomed(3.0, QPointF(350, 220))
    at = QPointF(at_x, at_y)
    zoomed = view.zoomed(factor, at)
    kept = 0 < zoomed.x < 1 and 0 < zoomed.y < 1
    if kept:
        assert zoomed.to_map(at) == pytest.approx(view.to_map(at), abs=1e-6)


def test_many_points_and_few_are_drawn_in_the_same_places(qapp, theme):
    data = some_points(12_000)
    view = WHOLE.resized(600, 400)
    image = taste_map_data.draw(data, view, map_look(theme, 3, 1.0))
    assert (image.width(), image.height()) == (600, 400)
    inked = sum(
        image.pixelColor(view.to_screen(*data.place(row)).toPoint()).alpha() > 90
        for row in range(11_900, 12_000)
    )
    assert inked > 90
    near = view.zoomed(20.0, QPointF(300, 200))
    assert taste_map_data.draw(data, near, map_look(theme, 3, 1.0)).width() == 600


def test_labels_that_would_lie_upon_each_other_give_way(song_map):
    class Drawn(list):
        def drawPixmap(self, at, _picture):
            self.append(at)

    crowd = [Label(f"Name {n}", Scope.GENRE, 0.5, 0.5, 90) for n in range(9)]
    apart = Label("Far", Scope.GENRE, 0.1, 0.1, 9)
    drawn = Drawn()
    song_map._marks.paint_labels(drawn, song_map.view, (*crowd, apart), 1.0)
    assert len(drawn) == 2


def test_pointer_leaving_names_nothing(song_map, qtbot):
    qtbot.mouseMove(song_map, spot(song_map, 250))
    song_map.clearFocus()
    QApplication.sendEvent(song_map, QEvent(QEvent.Type.Leave))
    assert song_map._row is None
