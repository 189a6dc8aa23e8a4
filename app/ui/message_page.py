"""What a page says when it has nothing to show."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.icons import pixmap
from app.ui.theme import Theme


class MessagePage(QWidget):
    """An icon, a headline and a sentence that helps."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = "music_note"
        self._sign = QLabel(self)
        self._headline = QLabel(self)
        self._headline.setProperty("role", "heading")
        self._sentence = QLabel(self)
        self._sentence.setProperty("role", "muted")
        self._sentence.setWordWrap(True)
        self._sentence.setMaximumWidth(theme.px(420))
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.px(8))
        layout.addStretch(2)
        for label in (self._sign, self._headline, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 100)
            row.addStretch(1)
            layout.addLayout(row)
        layout.addStretch(3)
        theme.changed.connect(self._retint)

    @property
    def headline(self) -> str:
        """What it says in short."""
        return self._headline.text()

    def say(self, icon_name: str, headline: str, sentence: str) -> None:
        """Show these words."""
        self._icon_name = icon_name
        self._headline.setText(headline)
        self._sentence.setText(sentence)
        self._retint()

    @Slot()
    def _retint(self) -> None:
        self._sign.setPixmap(
            pixmap(self._icon_name, self._theme.colours.outline, self._theme.px(52))
        )
