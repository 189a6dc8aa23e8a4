"""The page of the very first start: where is the music?"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import signals
from app.ui.icons import icon, icon_size, pixmap
from app.ui.theme import Theme


class DemoMusic(Protocol):
    """Makes the demo music in a process of its own. Signals come on the window's thread."""

    progress: signals.Signal[[int, int, str]]
    """done, total, name of the track that is being made."""
    finished: signals.Signal[[Path]]
    """The folder with the music."""
    failed: signals.Signal[[str]]
    """Why not, in words."""

    def start(self) -> None:
        """Begin; returns at once."""


class FirstStart(QWidget):
    """Two ways in: the user's own folders, or the demo music."""

    folder_asked = Signal()
    demo_ready = Signal(object)
    """The folder (Path) with the demo music."""

    def __init__(
        self, theme: Theme, demo: DemoMusic | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._demo = demo
        self._cards: list[tuple[QLabel, str]] = []
        self._choose = QPushButton("Choose a music folder…", self)
        self._choose.setProperty("kind", "primary")
        self._try = QPushButton("Try the demo music", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the demo music")
        self._bar.hide()
        self._told = QLabel(self)
        self._told.setProperty("role", "small")
        self._told.setWordWrap(True)
        self._told.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._lay_out()
        self._connect()
        self._retint()

    @property
    def told(self) -> str:
        """What the line at the bottom says."""
        return self._told.text()

    def _lay_out(self) -> None:
        px = self._theme.px
        title = QLabel("Welcome to Segue", self)
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        lead = QLabel(
            "The player whose queue learns from you. "
            "It listens to what you like and skip, on this machine only.",
            self,
        )
        lead.setProperty("role", "muted")
        lead.setWordWrap(True)
        lead.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        cards = QHBoxLayout()
        cards.setSpacing(px(16))
        cards.addWidget(
            self._card(
                "library_music",
                "Your music",
                "Point Segue at the folders with your music. Files are only read, never changed.",
                self._choose,
            ),
            1,
        )
        cards.addWidget(
            self._card(
                "auto_awesome",
                "Just looking",
                "About 60 short tracks in five styles, made on your machine in a moment.",
                self._try,
            ),
            1,
        )
        column = QWidget(self)
        column.setMaximumWidth(px(640))
        inside = QVBoxLayout(column)
        inside.setSpacing(px(10))
        inside.addStretch(2)
        inside.addWidget(title)
        inside.addWidget(lead)
        inside.addSpacing(px(14))
        inside.addLayout(cards)
        inside.addSpacing(px(8))
        inside.addWidget(self._bar)
        inside.addWidget(self._told)
        inside.addStretch(3)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(column, 100)
        row.addStretch(1)

    def _card(self, icon_name: str, headline: str, sentence: str, button: QPushButton) -> QFrame:
        px = self._theme.px
        card = QFrame(self)
        card.setProperty("role", "card")
        sign = QLabel(card)
        self._cards.append((sign, icon_name))
        head = QLabel(headline, card)
        head.setProperty("role", "heading")
        words = QLabel(sentence, card)
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(px(20), px(20), px(20), px(20))
        layout.setSpacing(px(8))
        layout.addWidget(sign)
        layout.addWidget(head)
        layout.addWidget(words)
        layout.addStretch(1)
        layout.addSpacing(px(8))
        layout.addWidget(button)
        button.setAccessibleDescription(sentence)
        return card

    def _connect(self) -> None:
        self._choose.clicked.connect(self.folder_asked)
        self._try.clicked.connect(self._make_demo)
        self._try.setVisible(self._demo is not None)
        self._theme.changed.connect(self._retint)
        if self._demo is not None:
            self._demo.progress.connect(self._show_progress)
            self._demo.finished.connect(self._demo_finished)
            self._demo.failed.connect(self._demo_failed)

    @Slot()
    def _make_demo(self) -> None:
        if self._demo is not None:
            self._try.setEnabled(False)
            self._bar.setRange(0, 0)
            self._bar.show()
            self._told.setText("Making the demo music…")
            self._demo.start()

    def _show_progress(self, done: int, total: int, name: str) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._told.setText(f"Making “{name}” ({done} of {total})" if name else "Almost there…")

    def _demo_finished(self, folder: Path) -> None:
        self._bar.hide()
        self._try.setEnabled(True)
        self._told.setText("")
        self.demo_ready.emit(folder)

    def _demo_failed(self, reason: str) -> None:
        self._bar.hide()
        self._try.setEnabled(True)
        self._told.setText(reason)

    @Slot()
    def _retint(self) -> None:
        colours, size = self._theme.colours, self._theme.px(30)
        for label, icon_name in self._cards:
            label.setPixmap(pixmap(icon_name, colours.accent, size))
        for button in (self._choose, self._try):
            button.setIconSize(icon_size(self._theme.px(18)))
        self._choose.setIcon(icon("create_new_folder", colours.accent_text, self._theme.px(18)))
        self._try.setIcon(icon("headphones", colours.text, self._theme.px(18)))
