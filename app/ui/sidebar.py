"""The sections at the left."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QLabel, QVBoxLayout, QWidget

from app.ui.icons import pixmap, window_icon
from app.ui.places import PlaceKind
from app.ui.theme import Theme

_SECTIONS: tuple[tuple[str, tuple[tuple[PlaceKind, str, str], ...]], ...] = (
    (
        "LIBRARY",
        (
            (PlaceKind.TRACKS, "Tracks", "music_note"),
            (PlaceKind.ALBUMS, "Albums", "album"),
            (PlaceKind.ARTISTS, "Artists", "artist"),
            (PlaceKind.GENRES, "Genres", "genres"),
        ),
    ),
    (
        "YOU",
        (
            (PlaceKind.TASTE, "Taste", "bubble_chart"),
            (PlaceKind.SOUND, "Sound", "graphic_eq"),
            (PlaceKind.LIKED, "Liked", "favorite"),
            (PlaceKind.DISLIKED, "Disliked", "block"),
            (PlaceKind.HISTORY, "History", "history"),
        ),
    ),
)
KINDS = tuple(kind for _, entries in _SECTIONS for kind, _, _ in entries)
"""What has an entry, from above to below."""


class SidebarButton(QAbstractButton):
    """An entry with icon and name; the name is left out, and shown as tooltip, when compact."""

    def __init__(self, theme: Theme, icon_name: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon_name
        self._compact = False
        self.setText(name)
        self.setAccessibleName(name.rstrip("…"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_compact(self, compact: bool) -> None:
        """Show the icon only."""
        self._compact = compact
        self.setToolTip(self.text() if compact else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the words need."""
        height = self._theme.px(36)
        if self._compact:
            return QSize(self._theme.px(40), height)
        font = self._theme.font(13, bold=True)
        words = QFontMetrics(font).horizontalAdvance(self.text())
        return QSize(self._theme.px(60) + words, height)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the hover."""
        self.update()
        super().enterEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Background, icon, name and focus ring."""
        px, colours = self._theme.px, self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selection if self.isChecked() else colours.hover)
            painter.drawRoundedRect(box, px(8), px(8))
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, px(8), px(8))
        self._paint_words(painter, colours.accent if self.isChecked() else colours.muted)

    def _paint_words(self, painter: QPainter, tint: QColor) -> None:
        px, colours = self._theme.px, self._theme.colours
        side = px(20)
        left = (self.width() - side) // 2 if self._compact else px(12)
        painter.drawPixmap(left, (self.height() - side) // 2, pixmap(self._icon_name, tint, side))
        if not self._compact:
            painter.setPen(colours.accent if self.isChecked() else colours.text)
            painter.setFont(self._theme.font(13, bold=self.isChecked()))
            left += side + px(12)
            words = self.rect().adjusted(left, 0, -px(6), 0)
            elided = painter.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, words.width()
            )
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, elided)


class WordMark(QLabel):
    """The name of the player, its middle letter in the accent colour."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compact = False
        font = theme.font(21, bold=True)
        font.setWeight(font.Weight.Bold)
        self.setFont(font)
        self.setFixedHeight(theme.px(32))
        self.setAccessibleName("Segue")
        theme.changed.connect(self._write)
        self._write()

    def set_compact(self, compact: bool) -> None:
        """Show one letter only."""
        self._compact = compact
        self._write()

    @Slot()
    def _write(self) -> None:
        if self._compact:
            self.setPixmap(window_icon().pixmap(self._theme.px(28)))
            self.setAlignment(Qt.AlignmentFlag.AlignCenter)
            return
        accented = f'<span style="color:{self._theme.colours.accent.name()}">g</span>'
        self.setText(f"se{accented}ue")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Sidebar(QWidget):
    """Chooses what the middle shows. Folds to icons."""

    chosen = Signal(object)
    """A PlaceKind."""
    stream_asked = Signal()
    settings_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compact = False
        self._captions: list[QLabel] = []
        self._buttons: dict[PlaceKind, SidebarButton] = {}
        self._others: list[SidebarButton] = []
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Sections")
        self._group = QButtonGroup(self)
        self._mark = WordMark(theme, self)
        self._fill(QVBoxLayout(self))
        self._fix_width()
        theme.changed.connect(self.update)

    def show_place(self, kind: PlaceKind) -> None:
        """Mark the section that is shown."""
        self._buttons[kind].setChecked(True)

    def set_compact(self, compact: bool) -> None:
        """Fold to icons, or unfold."""
        if compact == self._compact:
            return
        self._compact = compact
        self._mark.setIndent(0 if compact else self._theme.px(11))
        self._mark.set_compact(compact)
        for button in (*self._buttons.values(), *self._others):
            button.set_compact(compact)
        for caption in self._captions:
            caption.setVisible(not compact)
        self._fix_width()

    def _fill(self, layout: QVBoxLayout) -> None:
        px = self._theme.px
        layout.setContentsMargins(px(10), px(15), px(10), px(12))
        layout.setSpacing(px(2))
        self._mark.setIndent(px(11))
        layout.addWidget(self._mark)
        layout.addSpacing(px(10))
        for caption, entries in _SECTIONS:
            self._add_caption(layout, caption)
            for kind, name, icon_name in entries:
                button = self._add_button(layout, icon_name, name)
                button.setCheckable(True)
                self._group.addButton(button)
                self._buttons[kind] = button
                button.clicked.connect(lambda _checked, kind=kind: self.chosen.emit(kind))
        self._add_caption(layout, "LISTEN")
        stream = self._add_button(layout, "radio", "Open stream…")
        stream.clicked.connect(self.stream_asked)
        layout.addStretch(1)
        settings = self._add_button(layout, "settings", "Settings")
        settings.clicked.connect(self.settings_asked)
        self._others = [stream, settings]

    def _add_caption(self, layout: QVBoxLayout, text: str) -> None:
        caption = QLabel(text, self)
        caption.setProperty("role", "caption")
        px = self._theme.px
        caption.setContentsMargins(px(12), px(14), 0, px(4))
        layout.addWidget(caption)
        self._captions.append(caption)

    def _add_button(self, layout: QVBoxLayout, icon_name: str, name: str) -> SidebarButton:
        button = SidebarButton(self._theme, icon_name, name, self)
        layout.addWidget(button)
        return button

    def _fix_width(self) -> None:
        self.setFixedWidth(self._theme.px(62 if self._compact else 192))
