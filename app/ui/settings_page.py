"""What the pages of the settings are made of."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import Theme

_WIDEST_NAME = "Learning on"


class SettingsPage(QScrollArea):
    """A column of headings, forms and buttons that scrolls where a window is low."""

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.theme = theme
        self.body = QWidget(self)
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(theme.px(4), theme.px(4), theme.px(12), theme.px(4))
        self.column.setSpacing(theme.px(10))
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.body.setAutoFillBackground(False)
        self.setWidget(self.body)

    def sizeHint(self) -> QSize:
        """As much as is in it, so that it scrolls only where there is no room."""
        inside = self.body.sizeHint()
        width = max(inside.width(), self.theme.px(520))
        return QSize(width, max(inside.height(), self.body.heightForWidth(width)))

    def heading(self, text: str) -> None:
        """Begin a part."""
        if self.column.count():
            self.column.addSpacing(self.theme.px(8))
        label = QLabel(text, self.body)
        label.setProperty("role", "heading")
        self.column.addWidget(label)

    def form(self) -> QGridLayout:
        """Names beside what they name; the names of all forms are equally wide."""
        form = QGridLayout()
        form.setHorizontalSpacing(self.theme.px(16))
        form.setVerticalSpacing(self.theme.px(8))
        names = self.fontMetrics().horizontalAdvance(_WIDEST_NAME)
        form.setColumnMinimumWidth(0, names + self.theme.px(4))
        form.setColumnStretch(1, 1)
        self.column.addLayout(form)
        return form

    def words(self, text: str = "") -> QLabel:
        """Small words that wrap."""
        label = QLabel(text, self.body)
        label.setProperty("role", "small")
        label.setWordWrap(True)
        return label

    def buttons(self, *buttons: QPushButton) -> None:
        """Buttons beside each other."""
        row = QHBoxLayout()
        for button in buttons:
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
