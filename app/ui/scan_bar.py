"""Tells how a scan is doing, and afterwards what it did."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.library.scans import ScanProgress, ScanReport
from app.ui.elided_label import ElidedLabel
from app.ui.icon_button import IconButton
from app.ui.theme import Theme
from app.ui.wording import count

REPORT_SHOWN_MS = 9_000


class ScanBar(QWidget):
    """One line with a progress bar; hidden while there is nothing to tell."""

    cancel_asked = Signal()
    problems_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = ElidedLabel(self)
        self._file = ElidedLabel(self)
        self._file.setProperty("role", "small")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the scan")
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setAccessibleName("Cancel the scan")
        self._problems = QPushButton("Show them", self)
        self._problems.setAccessibleName("Show the files that could not be read")
        self._close = IconButton(theme, "close", "Close this message", self, size=18)
        self._hide_later = QTimer(self, singleShot=True, interval=REPORT_SHOWN_MS)
        self._lay_out()
        self._cancel.clicked.connect(self._cancelled)
        self._problems.clicked.connect(self.problems_asked)
        self._close.clicked.connect(self.hide)
        self._hide_later.timeout.connect(self.hide)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def show_progress(self, progress: ScanProgress) -> None:
        """Name the file and how far it is."""
        self._hide_later.stop()
        if progress.total:
            words = f"Scanning, {progress.done:,} of {count(progress.total, 'file')}"
            self._bar.setRange(0, progress.total)
            self._bar.setValue(progress.done)
        else:
            words = "Looking for music…"
            self._bar.setRange(0, 0)
        self._words.setText(words)
        self._file.setText(_end_of(progress.current))
        self._show_parts(running=True, problems=False)

    def show_report(self, report: ScanReport) -> None:
        """Tell what came of it; nothing when nothing did."""
        words = report_in_words(report)
        if not words:
            self.hide()
            return
        self._words.setText(words)
        self._show_parts(running=False, problems=bool(report.problems))
        if not report.problems and not report.error:
            self._hide_later.start()

    @Slot()
    def _cancelled(self) -> None:
        self._words.setText("Stopping…")
        self._cancel.setEnabled(False)
        self.cancel_asked.emit()

    def _show_parts(self, running: bool, problems: bool) -> None:
        self._bar.setVisible(running)
        self._file.setVisible(running)
        if self._cancel.isHidden() and running:
            self._cancel.setEnabled(True)
        self._cancel.setVisible(running)
        self._close.setVisible(not running)
        self._problems.setVisible(problems)
        self.show()

    def _lay_out(self) -> None:
        px = self._theme.px
        lines = QVBoxLayout()
        lines.setSpacing(px(4))
        lines.addWidget(self._words)
        lines.addWidget(self._bar)
        lines.addWidget(self._file)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(14), px(10), px(10), px(10))
        row.setSpacing(px(10))
        row.addLayout(lines, 1)
        row.addWidget(self._problems)
        row.addWidget(self._cancel)
        row.addWidget(self._close)


def report_in_words(report: ScanReport) -> str:
    """`312 added, 2 could not be read`; empty when nothing changed."""
    if report.error:
        return report.error
    parts = [
        f"{number:,} {words}"
        for number, words in (
            (report.added, "added"),
            (report.changed, "changed"),
            (report.moved, "moved"),
            (report.missing, "no longer there"),
            (report.problems, "could not be read"),
        )
        if number
    ]
    words = ", ".join(parts)
    if report.cancelled:
        return f"Scan cancelled. {words}" if words else "Scan cancelled."
    return words


def _end_of(path: str) -> str:
    """The last parts of a path: they tell most."""
    return " / ".join(PurePath(path).parts[-3:])
