"""Where the user types what to find."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from app.ui.icons import icon
from app.ui.theme import Theme

_HINT = (
    "Words are looked for in title, artist, album and genre.\n"
    "Terms narrow it down:  artist:lund   album:coast   genre:jazz   year:1990..1999   liked:yes"
)


class SearchBox(QLineEdit):
    """A field that tells of every keystroke at once. Escape clears it, Down leaves it."""

    typed = Signal(str)
    left = Signal()
    """Down or Enter: the user wants to go to what was found."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "search")
        self.setPlaceholderText("Search    artist:   year:   liked:")
        self.setAccessibleName("Search the library")
        self.setAccessibleDescription(_HINT)
        self.setToolTip(_HINT)
        self.setMaxLength(500)
        self._glass = QAction(self)
        self._clear = QAction("Clear the search", self)
        self._clear.triggered.connect(self.clear)
        self._clear.setVisible(False)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(button.defaultAction().text() or "Search")
        self.textChanged.connect(self._tell)
        theme.changed.connect(self._retint)
        self._retint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears, Down and Enter go to what was found."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self.typed.emit(text)

    @Slot()
    def _retint(self) -> None:
        muted, size = self._theme.colours.muted, self._theme.px(18)
        self._glass.setIcon(icon("search", muted, size))
        self._clear.setIcon(icon("close", muted, size))
