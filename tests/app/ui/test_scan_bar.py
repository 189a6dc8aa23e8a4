from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.library.scans import ScanProgress, ScanReport
from app.ui.scan_bar import ScanBar, report_in_words


@pytest.fixture
def bar(qtbot, theme):
    made = ScanBar(theme)
    qtbot.addWidget(made)
    made.resize(600, 60)
    return made


def test_it_names_the_file_and_how_far_it_is(bar):
    bar.show_progress(ScanProgress("/music/Mira Lund/Northern Coast/03 Slow Tide.flac", 4, 12_480))
    assert bar.isVisible()
    assert bar.words == "Scanning, 4 of 12,480 files"
    assert bar._file.text() == "Mira Lund / Northern Coast / 03 Slow Tide.flac"


def test_while_folders_are_walked_it_promises_no_number(bar):
    bar.show_progress(ScanProgress("/music", 0, 0))
    assert bar.words == "Looking for music…"
    assert bar._bar.maximum() == 0


def test_cancelling_is_asked_for_once(bar, qtbot):
    bar.show_progress(ScanProgress("/music/a.mp3", 1, 2))
    with qtbot.waitSignal(bar.cancel_asked):
        qtbot.mouseClick(bar._cancel, Qt.MouseButton.LeftButton)
    assert not bar._cancel.isEnabled()


def test_a_second_scan_can_be_cancelled_again(bar, qtbot):
    bar.show_progress(ScanProgress("/music/a.mp3", 1, 2))
    qtbot.mouseClick(bar._cancel, Qt.MouseButton.LeftButton)
    bar.show_report(ScanReport(cancelled=True))
    bar.show_progress(ScanProgress("/music/a.mp3", 1, 2))
    assert bar._cancel.isEnabled()


def test_unreadable_files_can_be_listed(bar, qtbot):
    bar.show_report(ScanReport(added=312, problems=2))
    assert bar.words == "312 added, 2 could not be read"
    assert not bar._hide_later.isActive()
    with qtbot.waitSignal(bar.problems_asked):
        qtbot.mouseClick(bar._problems, Qt.MouseButton.LeftButton)


def test_good_news_goes_by_itself_and_no_news_is_not_shown(bar):
    bar.show_report(ScanReport(added=3))
    assert bar._hide_later.isActive()
    assert not bar._problems.isVisible()
    bar.show_report(ScanReport())
    assert not bar.isVisible()


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (ScanReport(added=1_200, changed=3), "1,200 added, 3 changed"),
        (ScanReport(moved=2, missing=4), "2 moved, 4 no longer there"),
        (ScanReport(cancelled=True), "Scan cancelled."),
        (ScanReport(cancelled=True, added=5), "Scan cancelled. 5 added"),
        (ScanReport(error="The drive is full."), "The drive is full."),
        (ScanReport(), ""),
    ],
)
def test_a_report_in_words(report, words):
    assert report_in_words(report) == words
