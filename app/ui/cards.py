"""The cards that pages are made of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from app.ui.theme import Theme


def plain_words(text: str, role: str = "muted") -> QLabel:
    """Words over as many lines as they need; `role` is one of the style sheet's."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


class Card(QWidget):
    """A heading with `tools` at its right end, words, and a body below them."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        words: str | QLabel,
        body: QWidget | QLayout,
        tools: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        px = theme.px
        self.setObjectName("card")
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(heading, 1)
        for tool in tools:
            head.addWidget(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(14), px(16), px(16))
        column.setSpacing(px(6))
        column.addLayout(head)
        column.addWidget(words if isinstance(words, QLabel) else plain_words(words))
        column.addSpacing(px(6))
        if isinstance(body, QLayout):
            column.addLayout(body, 1)
        else:
            column.addWidget(body)
            column.addStretch(1)
