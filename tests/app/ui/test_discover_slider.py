"""The slider from *Familiar* to *Discover*, by mouse, by keys and as the conductor holds it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from app.ui.discover_slider import MIDDLE, PAUSE_MS, DiscoverBar, words_of
from app.ui.theme import Theme
from app.ui.up_next import UpNextPanel
from recommender.api import Tuning

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot, theme) -> DiscoverBar:
    bar = DiscoverBar(theme)
    qtbot.addWidget(bar)
    bar.resize(300, bar.sizeHint().height())
    bar.show()
    qtbot.waitExposed(bar)
    bar.asked = []
    bar.wanted.connect(bar.asked.append)
    return bar


def at(bar: DiscoverBar, percent: int) -> QPoint:
    return QPoint(round(bar.slider.x_of(percent)), bar.slider.height() // 2)


def test_a_click_asks_for_another_list(bar, qtbot):
    qtbot.mouseClick(bar.slider, LEFT, pos=at(bar, 80))
    assert bar.asked == [pytest.approx(0.8, abs=0.01)]


def test_a_drag_asks_now_and_then_and_at_last_for_where_the_knob_was_left(bar, qtbot):
    qtbot.mousePress(bar.slider, LEFT, pos=at(bar, 50))
    for percent in range(56, 100):
        qtbot.mouseMove(bar.slider, at(bar, percent))
        bar.slider._follow(bar.slider.x_of(percent))
    assert len(bar.asked) == 1
    qtbot.mouseRelease(bar.slider, LEFT, pos=at(bar, 99))
    qtbot.waitUntil(lambda: bar.asked[-1] == pytest.approx(0.99, abs=0.01))
    qtbot.wait(2 * PAUSE_MS)
    assert len(bar.asked) == 2


def test_near_the_middle_is_the_middle(bar, qtbot):
    qtbot.mouseClick(bar.slider, LEFT, pos=at(bar, 90))
    qtbot.wait(PAUSE_MS + 50)
    qtbot.mouseClick(bar.slider, LEFT, pos=at(bar, MIDDLE + 4))
    assert bar.asked[-1] == 0.5


def test_a_double_click_goes_back_to_the_middle(bar, qtbot):
    bar.show_discover(0.1)
    qtbot.mouseDClick(bar.slider, LEFT, pos=at(bar, 10))
    qtbot.waitUntil(lambda: bar.asked[-1:] == [0.5])
    assert not bar.slider.isSliderDown()


@pytest.mark.parametrize(
    ("key", "discover"),
    [
        (Qt.Key.Key_Right, 0.55), (Qt.Key.Key_Left, 0.45), (Qt.Key.Key_PageUp, 0.75),
        (Qt.Key.Key_Home, 0.0), (Qt.Key.Key_End, 1.0),
    ],
)  # fmt: skip
def test_keys_move_it(bar, qtbot, key, discover):
    qtbot.keyClick(bar.slider, key)
    assert bar.asked == [discover]


def test_showing_how_the_list_is_held_asks_for_nothing(bar, qtbot):
    bar.show_discover(0.3)
    qtbot.wait(2 * PAUSE_MS)
    assert (bar.slider.value(), bar.asked) == (30, [])


def test_what_is_told_while_the_knob_is_held_does_not_pull_it_away(bar, qtbot):
    qtbot.mousePress(bar.slider, LEFT, pos=at(bar, 80))
    bar.show_discover(0.2)
    assert bar.slider.value() == pytest.approx(80, abs=1)
    qtbot.mouseRelease(bar.slider, LEFT, pos=at(bar, 80))


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (50, "As you usually listen"), (0, "The songs you know best"), (100, "Songs to discover"),
        (80, "More songs to discover, 60 %"), (35, "More songs you know, 30 %"),
    ],
)  # fmt: skip
def test_it_says_in_words_what_it_means(bar, percent, words):
    bar.slider.setValue(percent)
    assert words_of(percent) == words
    assert bar.slider.accessibleDescription() == words
    assert words in bar.slider.toolTip()
    assert bar.slider.accessibleName()


def test_the_panel_hands_it_to_the_conductor_and_keeps_the_rest(qtbot, conductor, covers, theme):
    conductor.tuning = Tuning(0.5, ("clock",))
    panel = UpNextPanel(conductor, covers, theme)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.keyClick(panel.discover.slider, Qt.Key.Key_End)
    assert conductor.calls[-1] == ("tune", Tuning(1.0, ("clock",)))
    qtbot.wait(PAUSE_MS + 50)
    conductor.tuning_changed.emit(Tuning(0.2))
    assert panel.discover.slider.value() == 20


def test_it_fits_into_the_panel_with_text_of_twice_the_size(qtbot, conductor, covers):
    application = QApplication.instance()
    before = QFont(application.font())
    large = QFont(before)
    large.setPixelSize(26)
    try:
        application.setFont(large)
        panel = UpNextPanel(conductor, covers, Theme(application, "light"))
        qtbot.addWidget(panel)
        panel.resize(panel.minimumWidth(), 600)
        panel.show()
        qtbot.waitExposed(panel)
        bar = panel.discover
        assert bar.minimumSizeHint().width() <= panel.width()
        assert bar.slider.width() >= bar.slider.minimumSizeHint().width()
    finally:
        application.setFont(before)
        Theme(application, "dark")
