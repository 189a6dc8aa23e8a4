from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.ui.places import PlaceKind
from app.ui.sidebar import Sidebar, SidebarButton


@pytest.fixture
def sidebar(qtbot, theme):
    made = Sidebar(theme)
    qtbot.addWidget(made)
    made.show()
    made.show_place(PlaceKind.TRACKS)
    return made


def button(sidebar, name):
    return next(each for each in sidebar.findChildren(SidebarButton) if each.text() == name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Tracks", PlaceKind.TRACKS),
        ("Albums", PlaceKind.ALBUMS),
        ("Artists", PlaceKind.ARTISTS),
        ("Genres", PlaceKind.GENRES),
        ("Taste", PlaceKind.TASTE),
        ("Sound", PlaceKind.SOUND),
        ("Liked", PlaceKind.LIKED),
        ("Disliked", PlaceKind.DISLIKED),
        ("History", PlaceKind.HISTORY),
    ],
)
def test_an_entry_leads_to_its_section(sidebar, qtbot, name, kind):
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.mouseClick(button(sidebar, name), Qt.MouseButton.LeftButton)
    assert chosen.args == [kind]


def test_the_arrow_keys_walk_through_the_sections(sidebar, qtbot):
    tracks = button(sidebar, "Tracks")
    tracks.setFocus()
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.keyClick(tracks, Qt.Key.Key_Down)
    assert chosen.args == [PlaceKind.ALBUMS]


def test_streams_and_settings_are_asked_for(sidebar, qtbot):
    with qtbot.waitSignal(sidebar.stream_asked):
        qtbot.mouseClick(button(sidebar, "Open stream…"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(sidebar.settings_asked):
        qtbot.mouseClick(button(sidebar, "Settings"), Qt.MouseButton.LeftButton)
    assert button(sidebar, "Tracks").isChecked()


def test_folded_it_is_narrow_and_tells_names_by_tooltip(sidebar):
    wide = sidebar.width()
    sidebar.set_compact(True)
    assert sidebar.width() < wide / 2
    assert button(sidebar, "Albums").toolTip() == "Albums"
    sidebar.grab()
    sidebar.set_compact(False)
    assert sidebar.width() == wide
    assert button(sidebar, "Albums").toolTip() == ""
