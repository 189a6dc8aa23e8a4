from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QScrollBar,
    QTableView,
    QWidget,
)

from app.conductor.up_next import Notice
from app.library.folder import ScanProblem
from app.library.scans import ScanProgress, ScanReport
from app.library.track import Track
from app.ui.places import Place, PlaceKind
from app.ui.problems_dialog import ProblemsDialog
from app.ui.settings import Settings
from app.ui.settings_dialog import SettingsDialog
from app.ui.theme import Theme
from app.ui.window import MainWindow

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QLineEdit)
SONG = Track(7, "/music/x.flac", "Slow Tide", "Mira Lund")


def controls(root: QWidget) -> list[QWidget]:
    return [
        each
        for each in root.findChildren(QWidget)
        if isinstance(each, CONTROLS)
        and not isinstance(each, QScrollBar)
        and each.objectName() != "qt_spinbox_lineedit"
    ]


def nameless(root: QWidget) -> list[str]:
    def name(widget):
        return widget.accessibleName() or getattr(widget, "text", lambda: "")()

    return [repr(each) for each in controls(root) if not each.isHidden() and not name(each)]


def test_every_control_of_the_window_has_an_accessible_name(window):
    assert len(controls(window)) > 25
    assert nameless(window) == []


def test_every_control_of_the_dialogs_has_an_accessible_name(window, qtbot, theme):
    window.scanning.show_settings()
    settings = window.findChild(SettingsDialog)
    assert nameless(settings) == []
    settings.close()
    problems = ProblemsDialog([ScanProblem("/a.mp3", "Empty.", 0)], theme, window)
    assert nameless(problems) == []
    problems.close()


def test_tab_reaches_every_control_that_can_be_used(window, qtbot):
    wanted = {
        each
        for each in controls(window)
        if each.isVisible()
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None
    }
    window.content.table.setFocus()
    reached = set()
    for _ in range(200):
        reached.add(QApplication.focusWidget())
        if not window.focusNextChild():
            break
    left = {
        each
        for each in wanted - reached
        if not (isinstance(each, QAbstractButton) and each.group())  # the arrow keys reach those
    }
    assert left == set()


def test_every_icon_button_can_be_reached_by_keyboard(window):
    silent = [
        each.accessibleName()
        for each in controls(window)
        if isinstance(each, QAbstractButton)
        and not each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(each.parent(), QLineEdit | QTableView)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("key", "call"),
    [
        (Qt.Key.Key_Space, ("toggle_play",)),
        (Qt.Key.Key_L, ("like", None)),
        (Qt.Key.Key_D, ("dislike", None)),
        (Qt.Key.Key_Right, ("skip",)),
        (Qt.Key.Key_Left, ("previous",)),
        (Qt.Key.Key_M, ("set_muted", True)),
    ],
)
def test_single_keys_steer_the_player(window, qtbot, conductor, key, call):
    window.content.table.setFocus()
    qtbot.keyClick(window.content.table, key)
    assert conductor.calls == [call]


def test_control_z_takes_back(window, qtbot, conductor):
    qtbot.keyClick(window.content.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert conductor.calls == [("undo",)]


def test_letters_typed_into_the_search_steer_nothing(window, qtbot, conductor):
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = window.middle.search
    assert QApplication.focusWidget() is search
    for key in (Qt.Key.Key_D, Qt.Key.Key_L, Qt.Key.Key_Space, Qt.Key.Key_Slash):
        qtbot.keyClick(search, key)
    qtbot.keyClick(search, Qt.Key.Key_Left)
    qtbot.keyClick(search, Qt.Key.Key_Right)
    assert search.text() == "dl /"
    assert conductor.calls == []


def test_space_on_a_button_presses_that_button(window, qtbot, conductor):
    button = window.middle.up_next
    button.setFocus()
    assert window.up_next.isVisible()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not window.up_next.isVisible()
    assert conductor.calls == []


def test_arrows_walk_through_tiles_instead_of_skipping(window, qtbot, conductor):
    window.content.go(Place(PlaceKind.ALBUMS))
    qtbot.waitUntil(window.content.groups.isVisible)
    groups = window.content.groups
    groups.setFocus()
    groups.setCurrentIndex(groups.model().index(0))
    qtbot.keyClick(groups, Qt.Key.Key_Right)
    assert groups.currentIndex().row() == 1
    assert conductor.calls == []


def test_the_sidebar_and_control_digits_change_the_place(window, qtbot):
    window.sidebar.chosen.emit(PlaceKind.LIKED)
    assert window.content.place.kind is PlaceKind.LIKED
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.content.place.kind is PlaceKind.ALBUMS
    assert window.sidebar._buttons[PlaceKind.ALBUMS].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.content.place.kind is PlaceKind.LIKED


def test_going_elsewhere_clears_the_search(window, qtbot):
    window.middle.search.setText("kites")
    qtbot.waitUntil(lambda: window.content.tracks.rowCount() < 600)
    window.sidebar.chosen.emit(PlaceKind.LIKED)
    assert window.middle.search.text() == ""
    qtbot.waitUntil(lambda: window.content.tracks.rowCount() == 3)


def test_it_folds_down_to_900_by_600_without_losing_anything(window, qtbot):
    wide = window.sidebar.width()
    window.resize(900, 600)
    assert window.width() == 900
    assert window.height() == 600
    assert window.sidebar.width() < wide
    for part in (window.sidebar, window.content.table, window.transport, window.middle.search):
        corner = part.mapTo(window, part.rect().bottomRight())
        assert window.rect().contains(corner), part
    window.resize(1280, 800)
    assert window.sidebar.width() == wide


def test_up_next_hides_and_comes_back_by_key(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert not window.up_next.isVisible()
    assert window.middle.up_next.accessibleName() == "Show Up next"
    qtbot.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert window.up_next.isVisible()


def test_size_and_place_come_back_at_the_next_start(make_window, database):
    first = make_window(database, size=(760, 560))
    first.content.go(Place(PlaceKind.ALBUMS))
    first.close()
    second = make_window(database, size=None)
    assert (second.width(), second.height()) == (760, 560)
    assert second.content.place.kind is PlaceKind.ALBUMS


def test_the_width_of_up_next_comes_back_at_the_next_start(make_window, database):
    first = make_window(database)
    first._split.setSizes([500, 400])
    width = first.up_next.width()
    assert width > 350
    first.close()
    assert abs(make_window(database).up_next.width() - width) <= 2


def test_settings_of_a_broken_kind_are_forgiven(make_window, database):
    from app.library.database import open_database

    connection = open_database(database)
    with connection:
        connection.executemany(
            "INSERT INTO settings VALUES (?, ?)",
            [("window/section", "nowhere"), ("window/geometry", "ü!"), ("window/up_next", "x")],
        )
    connection.close()
    assert make_window(database).content.place == Place()


def test_closing_is_told(window, qtbot):
    with qtbot.waitSignal(window.closed):
        qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


def test_the_title_names_what_plays(window, conductor):
    conductor.start(SONG)
    assert window.windowTitle() == "Slow Tide – Mira Lund · Segue"
    conductor.now_playing_changed.emit(None)
    assert window.windowTitle() == "Segue"


def test_a_notice_becomes_a_toast_with_undo(window, conductor):
    conductor.noticed.emit(Notice("Liked Slow Tide", undoable=True))
    toast = window.toasts.toasts[0]
    assert toast.notice.text == "Liked Slow Tide"
    conductor.undo_changed.emit()
    assert window.toasts.toasts == ()


def test_an_empty_library_without_folders_welcomes(
    make_window, qtbot, scans, tmp_path, monkeypatch
):
    window = make_window()
    qtbot.waitUntil(lambda: window.middle.is_first_start)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    window.scanning.first_start.folder_asked.emit()
    assert scans.calls == [("add_folder", Path(tmp_path))]
    assert not window.middle.is_first_start
    assert window.focusWidget() is window.content.table


def test_a_folder_added_while_the_library_is_still_asked_is_not_met_with_a_welcome(
    make_window, qtbot, tmp_path
):
    window = make_window()
    window.scanning.add_folder(tmp_path)
    qtbot.waitUntil(window.content.message.isVisible)
    qtbot.wait(50)
    assert not window.middle.is_first_start


def test_an_empty_library_with_a_folder_does_not_welcome(make_window, qtbot, tmp_path):
    from app.library.database import open_database

    path = tmp_path / "other.db"
    connection = open_database(path)
    with connection:
        connection.execute("INSERT INTO folders(path, added_at_ms) VALUES ('/music', 0)")
    connection.close()
    window = make_window(path)
    qtbot.waitUntil(window.content.message.isVisible)
    qtbot.wait(50)
    assert not window.middle.is_first_start


def test_a_scan_is_followed_and_its_finds_are_shown(window, qtbot, scans, database):
    scans.progress.emit(ScanProgress("/music/a.flac", 1, 3))
    assert window.scan_bar.isVisible()
    qtbot.mouseClick(window.scan_bar._cancel, Qt.MouseButton.LeftButton)
    assert scans.calls == [("cancel",)]
    with qtbot.waitSignal(window.content.tracks.modelReset):
        scans.changed.emit()
    with qtbot.waitSignal(window.content.tracks.modelReset):
        scans.finished.emit(ScanReport(added=2, problems=1))
    assert window.scan_bar.words == "2 added, 1 could not be read"


def test_f5_rescans(window, qtbot, scans):
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert scans.calls == [("start",)]


def test_settings_list_the_folders_and_remove_one(window, qtbot, scans):
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(SettingsDialog)
    qtbot.waitUntil(lambda: dialog.music.folders.count() == 1)
    assert "600 tracks" in dialog.music.folders.item(0).text()
    dialog.music.folders.setCurrentRow(0)
    dialog.music.remove.click()
    assert scans.calls == [("remove_folder", 1)]
    with qtbot.waitSignal(window.replay_gain_changed):
        dialog.music.gain.setCurrentIndex(dialog.music.gain.findData("off"))
    dialog.close()


def test_unreadable_files_are_shown_with_their_reasons(window, qtbot, database):
    import sqlite3

    connection = sqlite3.connect(database)
    with connection:
        connection.execute(
            "INSERT INTO scan_problems(location, folder_id, problem, seen_at_ms)"
            " VALUES ('/music/b.mp3', 1, 'The file is empty.', 0)"
        )
    connection.close()
    window.scan_bar.problems_asked.emit()
    qtbot.waitUntil(lambda: window.findChild(ProblemsDialog) is not None)
    dialog = window.findChild(ProblemsDialog)
    assert dialog._list.topLevelItem(0).text(1) == "The file is empty."
    dialog.close()


def test_the_theme_changes_under_the_open_window(window, theme):
    dark = window.grab().toImage()
    theme.set_mode("light")
    light = window.grab().toImage()
    assert dark.pixelColor(5, 300).lightness() < 60
    assert light.pixelColor(5, 300).lightness() > 200


def test_why_this_opens_for_a_track_of_the_library(window, qtbot, conductor):
    track = window.content.tracks.track(0)
    window.content.table.selectRow(0)
    window.content.why_asked.emit(track)
    assert conductor.calls == [("explain", track.track_id)]
    QApplication.activePopupWidget().close()


@pytest.fixture
def large_font(qapp):
    usual = qapp.font()
    large = qapp.font()
    large.setPointSizeF(usual.pointSizeF() * 2)
    qapp.setFont(large)
    yield large
    qapp.setFont(usual)


def test_with_letters_twice_as_large_it_stays_readable_and_whole(
    large_font, qapp, conductor, reader, scans, covers, database, qtbot
):
    settings = Settings(database)
    window = MainWindow(conductor, reader, scans, covers, Theme(qapp, "dark"), settings)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    qtbot.waitUntil(lambda: window.content.tracks.rowCount() == 600)
    table = window.content.table
    assert table.rowHeight(0) > 1.5 * QFontMetrics(large_font).height()
    for part in (window.sidebar, table, window.transport, window.middle.search):
        assert window.rect().contains(part.mapTo(window, part.rect().bottomRight())), part
    settings.close()
