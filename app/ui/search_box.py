"""Where the user types what to find."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.ui.icon_button import IconButton
from app.ui.icons import pixmap
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
        self._glass = QLabel(self)
        self._glass.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._clear = IconButton(theme, "close", "Clear the search", self, size=16)
        self._clear.set_label("Clear the search", "Esc")
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self.setTextMargins(theme.px(26), 0, theme.px(28), 0)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the signs at both ends."""
        super().resizeEvent(event)
        pad, button = self._theme.px(12), self._clear.sizeHint()
        self._glass.move(pad, (self.height() - self._glass.height()) // 2)
        self._clear.resize(button)
        right = self.width() - button.width() - pad // 2
        self._clear.move(right, (self.height() - button.height()) // 2)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self.typed.emit(text)

    @Slot()
    def _retint(self) -> None:
        side = self._theme.px(18)
        self._glass.setPixmap(pixmap("search", self._theme.colours.muted, side))
        self._glass.setFixedSize(side, side)
