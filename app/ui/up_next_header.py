"""The head of a block of *Up next*: its name, a button and a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.ui.icons import pixmap
from app.ui.theme import Theme


class BlockHead(QWidget):
    """A bar with the block's name that stays in sight while its rows scroll."""

    clicked = Signal()
    entered = Signal()

    def __init__(self, theme: Theme, name: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon_name
        self._ground = QColor(theme.colours.panel)
        self._edge: QColor | None = None
        self.setFixedHeight(theme.px(38))
        self._mark = QLabel(self)
        self._name = QLabel(name.upper(), self)
        self._name.setProperty("role", "caption")
        self._name.setAccessibleName(name)
        self._count = QLabel(self)
        self._count.setProperty("role", "small")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.px(18), theme.px(5), theme.px(12), theme.px(3))
        self._row.setSpacing(theme.px(6))
        for label in (self._mark, self._name, self._count):
            self._row.addWidget(label)
        self._row.addStretch(1)
        theme.changed.connect(self._repaint_mark)
        self._repaint_mark()

    def add_button(self, button: QWidget) -> None:
        """Put a button at the right end."""
        button.setParent(self)
        self._row.addWidget(button)

    def set_count(self, words: str) -> None:
        """Say how much is in the block."""
        self._count.setText(words)

    def set_ground(self, colour: QColor, edge: QColor | None = None) -> None:
        """Paint this behind the bar, and a line of the colour `edge` at its left."""
        self._ground, self._edge = QColor(colour), edge
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Opaque, as rows pass beneath it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._ground)
        if self._edge is not None:
            painter.fillRect(0, 0, self._theme.px(2), self.height(), self._edge)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the bar goes to its block."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()
            event.accept()
        else:
            super().mousePressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The mouse is over no row now."""
        super().enterEvent(event)
        self.entered.emit()

    @Slot()
    def _repaint_mark(self) -> None:
        colours = self._theme.colours
        tint = colours.accent if self._icon_name == "auto_awesome" else colours.muted
        self._mark.setPixmap(pixmap(self._icon_name, tint, self._theme.px(15)))
        self.update()


class BlockNote(QLabel):
    """A sentence under a block's name: why it is empty, or where its rows come from."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "small")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setContentsMargins(theme.px(18), 0, theme.px(16), theme.px(7))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.hide()

    def height_for(self, width: int) -> int:
        """The height it needs at a width; 0 without words."""
        return self.heightForWidth(width) if self.text() else 0
