"""A map of the library on a card: its tools, its legend, and what stands there without a map."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.library.reader import Reader
from app.ui.cards import Card, plain_words
from app.ui.icon_button import IconButton
from app.ui.taste_map import HEIGHT_PX, TasteMap
from app.ui.taste_map_view import genre_colours
from app.ui.theme import Theme

NO_MAP = "The map is drawn when Segue has learnt from your library."
_LEAST_MAP_PX = 220
_AROUND_PX = 90
_EMPTY_PX = 150


class MapCard(Card):
    """Shows the map as soon as it is loaded; until then words, and a button to learn."""

    def __init__(self, reader: Reader, theme: Theme, title: str, words: str, map_name: str) -> None:
        """`map_name` is the map's accessible name; no two maps of a window may share it."""
        tools, body = _tools(theme), QVBoxLayout()
        super().__init__(theme, title, words, body, tools)
        self._theme, self.tools = theme, tools
        self.map = TasteMap(reader, theme, map_name)
        self.learn = QPushButton("Learn now")
        self.legend = Legend(theme)
        self._pages = QStackedWidget()
        self._map_height = theme.px(HEIGHT_PX)
        body.setSpacing(theme.px(10))
        body.addWidget(self._pages)
        body.addWidget(self.legend)
        self._pages.addWidget(self._nothing())
        self._pages.addWidget(self.map)
        self._pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        far, near, here = tools
        near.clicked.connect(lambda: self.map.zoom(1.6))
        far.clicked.connect(lambda: self.map.zoom(1 / 1.6))
        here.clicked.connect(self.map.show_latest)
        self.map.loaded.connect(self._show_map)
        self._show_map(False)

    def fit(self, height: int) -> None:
        """Make the map as high as a page of this height in pixels can show."""
        usual = self._theme.px(HEIGHT_PX)
        self._map_height = max(_LEAST_MAP_PX, min(usual, height - self._theme.px(_AROUND_PX)))
        self.map.setFixedHeight(self._map_height)
        self._show_map(bool(self._pages.currentIndex()))

    def _nothing(self) -> QWidget:
        nothing = QWidget()
        empty = QVBoxLayout(nothing)
        empty.setSpacing(self._theme.px(12))
        empty.addStretch(1)
        why = plain_words(NO_MAP)
        why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.addWidget(why)
        empty.addWidget(self.learn, 0, Qt.AlignmentFlag.AlignHCenter)
        empty.addStretch(1)
        return nothing

    def _show_map(self, is_there: bool) -> None:
        self._pages.setCurrentIndex(int(is_there))
        self._pages.setFixedHeight(self._map_height if is_there else self._theme.px(_EMPTY_PX))
        for tool in self.tools:
            tool.setVisible(is_there)
        self.legend.show_genres(self.map.genres)


def _tools(theme: Theme) -> tuple[IconButton, IconButton, IconButton]:
    far = IconButton(theme, "remove", "Farther", size=20)
    far.set_label("Farther", "−")
    near = IconButton(theme, "add", "Nearer", size=20)
    near.set_label("Nearer", "+")
    return far, near, IconButton(theme, "my_location", "Go to the latest song", size=20)


class Legend(QWidget):
    """Which colour is which genre; or, with `lines`, which line is which."""

    def __init__(self, theme: Theme, *, lines: bool = False) -> None:
        super().__init__()
        self._theme, self._lines = theme, lines
        self._names: tuple[str, ...] = ("Segue", "Just play favourites") if lines else ()
        self.setFixedHeight(theme.px(18))
        theme.changed.connect(self.update)

    def show_genres(self, names: tuple[str, ...]) -> None:
        """Show these, as many as there is room for."""
        self._names = names
        self.setVisible(bool(names))
        self.setAccessibleName(f"Genres: {', '.join(names)}" if names else "Genres")
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(self._theme.px(200), self._theme.px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dots or dashes, and names."""
        px, colours = self._theme.px, self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(11))
        of_genres = genre_colours(self._theme, len(self._names))
        inks = (colours.accent, colours.muted) if self._lines else of_genres
        left, high = 0.0, self.height()
        for name, ink in zip(self._names, inks, strict=False):
            width = painter.fontMetrics().horizontalAdvance(name)
            if left + px(16) + width > self.width():
                break
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            side = px(10) if not self._lines else px(3)
            for mark in self._marks(
                left, (high - side) / 2, side, is_dashed=name != self._names[0]
            ):
                painter.drawRoundedRect(mark, side / 2, side / 2)
            painter.setPen(colours.muted)
            words = QRectF(left + px(16), 0, width + 2, high)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
            left += px(16) + width + px(16)

    def _marks(self, left: float, top: float, side: int, *, is_dashed: bool) -> list[QRectF]:
        """A dot; or a line, whole or of two dashes as it is drawn in the chart."""
        if not self._lines:
            return [QRectF(left, top, side, side)]
        px = self._theme.px
        if not is_dashed:
            return [QRectF(left, top, px(12), side)]
        return [QRectF(left + px(at), top, px(5), side) for at in (0, 7)]
