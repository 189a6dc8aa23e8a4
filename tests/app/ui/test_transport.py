"""The transport bar: what it shows and what it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QToolTip

from app.player.engine import PlaybackState
from app.ui.playback_clock import PlaybackClock, position_text
from app.ui.theme import Theme
from app.ui.transport import NOTHING_PLAYS, TransportBar
from tests.app.ui.fake_conductor import FakeConductor
from tests.app.ui.songs import song

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def theme(qapp):
    return Theme(qapp, "dark")


@pytest.fixture
def bar(qtbot, conductor, covers, theme):
    return shown(qtbot, TransportBar(conductor, covers, theme))


def shown(qtbot, bar: TransportBar, width: int = 1280) -> TransportBar:
    qtbot.addWidget(bar)
    bar.resize(width, bar.height())
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def wheel(widget, up: bool) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, middle, QPoint(), QPoint(0, 120 if up else -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    widget.wheelEvent(event)


def test_it_shows_what_plays(bar, conductor):
    assert bar.title.text() == NOTHING_PLAYS
    conductor.start(song(3, album="Crossings", liked=True))
    assert (bar.title.text(), bar.artist.text()) == ("Song 3", "Artist 3, Crossings")
    assert bar.like.isChecked()
    assert not bar.cover.pixmap().isNull()


def test_a_radio_shows_what_the_station_says(bar, conductor):
    radio = song(3, title="Radio X", location="http://radio.example/live", duration_ms=None)
    conductor.start(radio)
    conductor.stream_title_changed.emit("Mira Lund - Slow Tide")
    assert (bar.title.text(), bar.artist.text()) == ("Mira Lund - Slow Tide", "Radio X")
    assert bar.remaining.text() == "live"
    assert not bar.slider.isEnabled()


def test_the_next_track_forgets_the_stream_title(bar, conductor):
    conductor.start(song(3, location="http://radio.example/live"))
    conductor.stream_title_changed.emit("Something")
    conductor.start(song(4))
    assert bar.title.text() == "Song 4"


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("play", ("toggle_play",)),
        ("skip", ("skip",)),
        ("previous", ("previous",)),
        ("like", ("like", None)),
        ("dislike", ("dislike", None)),
        ("shuffle", ("set_shuffle", True)),
        ("repeat", ("set_repeat", "all")),
    ],
)
def test_every_button_asks_the_conductor(bar, conductor, qtbot, name, call):
    conductor.start(song(1))
    qtbot.mouseClick(getattr(bar, name), LEFT)
    qtbot.keyClick(getattr(bar, name), Qt.Key.Key_Space)
    assert conductor.calls == [call, call]


def test_a_pill_is_filled_only_once_the_like_is_saved(bar, conductor, qtbot):
    conductor.start(song(1))
    qtbot.mouseClick(bar.like, LEFT)
    assert not bar.like.isChecked()
    conductor.opinion_changed.emit(1, True, False)
    assert bar.like.isChecked()
    assert bar.like.text() == "Liked"
    conductor.opinion_changed.emit(2, False, True)
    assert bar.like.isChecked()


def test_repeat_goes_round(bar, conductor, qtbot):
    for mode in ("all", "one", "off"):
        qtbot.mouseClick(bar.repeat, LEFT)
        assert conductor.calls[-1] == ("set_repeat", mode)
        conductor.modes_changed.emit(mode, False)
    assert bar.repeat.accessibleName() == "Repeat: off"


def test_the_slider_moves_between_two_reports(bar, conductor, qtbot):
    conductor.start(song(1))
    conductor.position_changed.emit(10_000, 200_000)
    qtbot.waitUntil(lambda: bar.slider._position > 10_060)


def test_the_slider_rests_while_paused_or_hidden(bar, conductor):
    conductor.start(song(1))
    assert bar._frames.isActive()
    conductor.state_changed.emit(PlaybackState.PAUSED)
    assert not bar._frames.isActive()
    conductor.state_changed.emit(PlaybackState.PLAYING)
    bar.hide()
    assert not bar._frames.isActive()


def test_a_click_on_the_line_seeks_there(bar, conductor, qtbot):
    conductor.start(song(1))
    conductor.position_changed.emit(0, 200_000)
    qtbot.mouseClick(bar.slider, LEFT, pos=bar.slider.rect().center())
    verb, position = conductor.calls[-1]
    assert verb == "seek"
    assert abs(position - 100_000) < 1_000


def test_a_drag_shows_the_time_and_seeks_once(bar, conductor, qtbot):
    conductor.start(song(1))
    conductor.position_changed.emit(0, 200_000)
    slider = bar.slider
    quarter = QPoint(slider.width() // 4, 5)
    qtbot.mousePress(slider, LEFT, pos=quarter)
    conductor.position_changed.emit(5_000, 200_000)
    qtbot.mouseMove(slider, QPoint(slider.width() // 2, 5))
    assert slider.holding
    assert conductor.calls == []
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(slider.width() // 2, 5))
    assert [call[0] for call in conductor.calls] == ["seek"]


@pytest.mark.parametrize(
    ("key", "position"),
    [
        (Qt.Key.Key_Right, 55_000), (Qt.Key.Key_Left, 45_000), (Qt.Key.Key_PageUp, 80_000),
        (Qt.Key.Key_Home, 0), (Qt.Key.Key_End, 199_000),
    ],
)  # fmt: skip
def test_keys_seek(bar, conductor, qtbot, key, position):
    conductor.start(replace(song(1)))
    conductor.state_changed.emit(PlaybackState.PAUSED)
    conductor.position_changed.emit(50_000, 200_000)
    qtbot.keyClick(bar.slider, key)
    assert conductor.calls == [("seek", position)]


def test_time_and_time_left_are_shown(bar, conductor):
    conductor.start(song(1))
    conductor.state_changed.emit(PlaybackState.PAUSED)
    conductor.position_changed.emit(127_000, 303_000)
    assert (bar.elapsed.text(), bar.remaining.text()) == ("2:07", "−2:56")
    assert bar.slider.accessibleDescription() == "2:07 of 5:03"


def test_the_wheel_and_keys_change_the_volume(bar, conductor, qtbot):
    conductor.volume_changed.emit(50, False)
    wheel(bar.volume, up=True)
    assert conductor.calls == [("set_volume", 55)]
    qtbot.keyClick(bar.volume.slider, Qt.Key.Key_Left)
    assert conductor.calls[-1] == ("set_volume", 45)


def test_mute_is_one_press_and_turning_up_ends_it(bar, conductor, qtbot):
    qtbot.mouseClick(bar.volume.button, LEFT)
    assert conductor.calls == [("set_muted", True)]
    conductor.volume_changed.emit(50, True)
    assert bar.volume.button.accessibleName() == "Unmute"
    wheel(bar.volume, up=True)
    assert conductor.calls[1:] == [("set_muted", False), ("set_volume", 55)]


def test_showing_the_volume_asks_for_nothing(bar, conductor):
    conductor.volume_changed.emit(13, True)
    assert conductor.calls == []
    assert bar.volume.slider.value() == 13


def test_no_sound_is_said_in_words(qtbot, covers, theme):
    words = "No sound: VLC was not found. Install libvlc5."
    bar = shown(qtbot, TransportBar(FakeConductor(words), covers, theme))
    assert bar.warning.isVisible()
    assert bar.warning.text() == bar.warning_button.accessibleName() == words
    qtbot.keyClick(bar.warning_button, Qt.Key.Key_Space)
    assert QToolTip.text() == words
    QToolTip.hideText()


def test_it_folds_in_a_narrow_window(bar, qtbot):
    bar.resize(900, bar.height())
    assert bar.volume.compact
    qtbot.waitUntil(lambda: bar.like.width() == bar.like.height())
    assert bar.minimumSizeHint().width() <= 900
    for control in (bar.like, bar.dislike, bar.volume, bar.skip, bar.play, bar.slider):
        place = control.mapTo(bar, QPoint())
        assert place.x() >= 0
        assert place.x() + control.width() <= 900
    qtbot.mouseClick(bar.volume.button, LEFT)
    assert bar.volume.popup.isVisible()
    bar.volume.popup.hide()


def test_every_control_has_a_name(bar):
    controls = (
        bar.shuffle, bar.previous, bar.play, bar.skip, bar.repeat, bar.slider, bar.like,
        bar.dislike, bar.volume.button, bar.volume.slider, bar.volume.popup_slider,
    )  # fmt: skip
    assert all(control.accessibleName() for control in controls)
    assert all(control.focusPolicy() & Qt.FocusPolicy.TabFocus for control in controls)


def test_the_clock_runs_between_reports_and_ends_at_the_end():
    clock = PlaybackClock()
    clock.reset(3_000, 0)
    clock.run(True, 0)
    clock.report(1_000, 3_000, 100)
    assert clock.position_ms(800) == 1_700
    assert clock.position_ms(9_000) == 3_000


def test_an_old_report_after_a_seek_does_not_pull_the_line_back():
    clock = PlaybackClock()
    clock.report(10_000, 300_000, 0)
    clock.run(True, 0)
    clock.jump(200_000, 100)
    clock.report(10_150, 300_000, 150)
    assert clock.position_ms(200) == 200_100
    clock.report(15_000, 300_000, 2_000)
    assert clock.position_ms(2_000) == 15_000


def test_a_pause_holds_the_clock():
    clock = PlaybackClock()
    clock.run(True, 0)
    clock.run(False, 500)
    assert clock.position_ms(5_000) == 500


@given(st.lists(st.integers(-200, 200), min_size=1, max_size=20))
def test_late_and_early_reports_never_make_the_line_jump(errors: list[int]):
    clock = PlaybackClock()
    clock.report(0, 600_000, 0)
    clock.run(True, 0)
    now = 0.0
    for error in errors:
        now += 250
        before = clock.position_ms(now)
        clock.report(max(0, int(now) + error), 600_000, now)
        assert clock.position_ms(now) == pytest.approx(before, abs=1)
    assert clock.position_ms(now + 1_000) == pytest.approx(now + 1_000 + errors[-1], abs=2)


@pytest.mark.parametrize(
    ("position_ms", "words"),
    [(0, "0:00"), (59_999, "0:59"), (61_000, "1:01"), (3_661_000, "1:01:01")],
)
def test_positions_in_words(position_ms, words):
    assert position_text(position_ms) == words
