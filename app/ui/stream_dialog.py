"""Asks for the address of a stream or a playlist, and says inside why one does not open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.conductor.interface import Conductor
from app.conductor.up_next import Notice
from app.library.track import Track
from app.ui.theme import Theme

RECENT_KEY = "streams/recent"
MOST_RECENT = 8
PATIENCE_MS = 20_000
EMPTY = "Type an address first, for example http://radio.example/live.m3u."
SILENT = "Nothing came back yet. Check the address, or wait: it plays once the server answers."
_FILES = "Playlists (*.m3u *.m3u8 *.pls *.xspf);;All files (*)"


class Memory(Protocol):
    """Where recent addresses are kept; `Settings` is one."""

    def text(self, key: str, default: str = "") -> str:
        """The value of a key."""

    def set(self, key: str, value: str | int) -> None:
        """Keep a value."""


def recent_addresses(memory: Memory | None) -> list[str]:
    """What was opened lately, latest first."""
    if memory is None:
        return []
    try:
        kept = json.loads(memory.text(RECENT_KEY, "[]"))
    except ValueError:
        return []
    if not isinstance(kept, list):
        return []
    return [each for each in kept if isinstance(each, str)][:MOST_RECENT]


class StreamDialog(QDialog):
    """Closes itself when the stream plays; deletes itself when closed."""

    def __init__(
        self,
        conductor: Conductor,
        theme: Theme,
        parent: QWidget | None = None,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(parent)
        self._conductor, self._theme, self._memory = conductor, theme, memory
        self._asked = ""
        self._listening = True
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open stream")
        self.setMinimumWidth(theme.px(460))
        self.address = QLineEdit(self)
        self.address.setPlaceholderText("http://… or a playlist file")
        self.address.setAccessibleName("Address of a stream or playlist")
        self.address.setClearButtonEnabled(True)
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.hide()
        self.recent = QListWidget(self)
        self.recent.setProperty("role", "field")
        self.recent.setAccessibleName("Opened lately")
        self.browse = QPushButton("Choose a file…", self)
        self.cancel = QPushButton("Cancel", self)
        self.open_button = QPushButton("Open", self)
        self.open_button.setProperty("kind", "primary")
        self.open_button.setDefault(True)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._arrange()
        self._fill_recent()
        self._connect()

    def _arrange(self) -> None:
        px = self._theme.px
        title = QLabel("Open a stream or playlist", self)
        title.setProperty("role", "heading")
        hint = QLabel("An internet radio address, or an m3u, m3u8, pls or xspf list.", self)
        hint.setProperty("role", "muted")
        self._recent_title = QLabel("OPENED LATELY", self)
        self._recent_title.setProperty("role", "caption")
        buttons = QHBoxLayout()
        buttons.addWidget(self.browse)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(22), px(20), px(22), px(18))
        column.setSpacing(px(10))
        for widget in (title, hint, self.address, self.message, self._recent_title, self.recent):
            column.addWidget(widget)
        column.addSpacing(px(4))
        column.addLayout(buttons)

    def _fill_recent(self) -> None:
        known = recent_addresses(self._memory)
        for address in known:
            item = QListWidgetItem(address, self.recent)
            item.setToolTip(address)
        row = self.recent.sizeHintForRow(0) if known else 0
        self.recent.setFixedHeight(min(len(known), 5) * row + self._theme.px(12))
        self.recent.setVisible(bool(known))
        self._recent_title.setVisible(bool(known))

    def _connect(self) -> None:
        self.open_button.clicked.connect(self._open)
        self.cancel.clicked.connect(self.reject)
        self.browse.clicked.connect(self._browse)
        self.recent.itemClicked.connect(lambda item: self.address.setText(item.text()))
        self.recent.itemActivated.connect(self._open_recent)
        self.address.textEdited.connect(lambda: self.message.hide())
        self._patience.timeout.connect(lambda: self._say(SILENT, "muted"))
        self._conductor.noticed.connect(self._noticed)
        self._conductor.now_playing_changed.connect(self._playing)

    @Slot()
    def _open(self) -> None:
        text = self.address.text().strip()
        if not text:
            self._say(EMPTY, "danger")
            self.address.setFocus()
            return
        self._asked = text
        self._say("Opening…", "muted")
        self.open_button.setEnabled(False)
        self._patience.start()
        self._conductor.open_location(text)

    @Slot(QListWidgetItem)
    def _open_recent(self, item: QListWidgetItem) -> None:
        self.address.setText(item.text())
        if not self._asked:
            self._open()

    @Slot()
    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a playlist", str(Path.home()), _FILES)
        if path:
            self.address.setText(path)
            self._open()

    def _noticed(self, notice: Notice) -> None:
        """While it waits, what the conductor has to say is about this address."""
        if self._asked and not notice.undoable:
            self._asked = ""
            self._patience.stop()
            self.open_button.setEnabled(True)
            self._say(notice.text, "danger")
            self.address.setFocus()

    def _playing(self, track: Track | None) -> None:
        if self._asked and track is not None:
            self._remember(self._asked)
            self.accept()

    def _remember(self, address: str) -> None:
        if self._memory is not None:
            others = [each for each in recent_addresses(self._memory) if each != address]
            kept = [address, *others][:MOST_RECENT]
            self._memory.set(RECENT_KEY, json.dumps(kept))

    def _say(self, words: str, role: str) -> None:
        self.message.setProperty("role", role)
        self.message.style().polish(self.message)
        self.message.setText(words)
        self.message.show()

    def done(self, result: int) -> None:
        """Stop listening."""
        self._patience.stop()
        self._asked = ""
        if self._listening:
            self._listening = False
            self._conductor.noticed.disconnect(self._noticed)
            self._conductor.now_playing_changed.disconnect(self._playing)
        super().done(result)
