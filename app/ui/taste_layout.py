"""What stands where on the Taste page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.library.reader import Reader
from app.ui.covers import Covers
from app.ui.group_views import TILE_INSET_PX
from app.ui.icon_button import IconButton
from app.ui.taste_belief_list import BeliefList
from app.ui.taste_charts import SharesChart, WeeksChart
from app.ui.taste_map import HEIGHT_PX, TasteMap
from app.ui.taste_map_view import genre_colours
from app.ui.theme import Theme

NO_MAP = "The map is drawn when Segue has learnt from your library."
_BESIDE_PX = 620
_WIDEST_PX = 1120
_LEAST_MAP_PX = 220


class TasteLayout(QWidget):
    """Layout only: cards below each other, their halves beside each other where there is room."""

    def __init__(self, covers: Covers, reader: Reader, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.title, self.summary = QLabel("Taste", self), _words("", "muted")
        self.title.setProperty("role", "title")
        self.artists = BeliefList("Artists", theme, covers)
        self.genres = BeliefList("Genres", theme, covers)
        self.shares, self.weeks = SharesChart(theme), WeeksChart(theme)
        self.foretold = _words("", "muted")
        self.map = TasteMap(reader, theme)
        self.learn = QPushButton("Learn now")
        self.legend = Legend(theme)
        self._map_pages = QStackedWidget()
        self._map_height = theme.px(HEIGHT_PX)
        self._pairs: list[QBoxLayout] = []
        self._column = QVBoxLayout()
        self.beliefs_card = self._beliefs()
        self.shares_card = self._card(
            "Who earns their weight",
            "What has lately lifted the songs that you then played.",
            self.shares,
        )
        weeks = QVBoxLayout()
        weeks.setSpacing(theme.px(10))
        weeks.addWidget(Legend(theme, lines=True))
        weeks.addWidget(self.weeks, 1)
        self.weeks_card = self._card("How well it foretells you", self.foretold, weeks)
        self._lay_out()
        self.map.loaded.connect(self._show_map)
        self._show_map(False)

    def fit(self, width: int, height: int) -> None:
        """Put halves beside each other, or below, and make the map as high as the page can show."""
        lowest, usual = _LEAST_MAP_PX, self._theme.px(HEIGHT_PX)
        self._map_height = max(lowest, min(usual, height - self._theme.px(90)))
        self.map.setFixedHeight(self._map_height)
        self._show_map(bool(self._map_pages.currentIndex()))
        beside = width >= self._theme.px(_BESIDE_PX)
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        for pair in self._pairs:
            pair.setDirection(way)

    def _lay_out(self) -> None:
        px, column = self._theme.px, self._column
        column.setSpacing(px(14))
        head = QVBoxLayout()
        head.setSpacing(px(2))
        head.addWidget(self.title)
        head.addWidget(self.summary)
        column.addLayout(head)
        column.addWidget(self.beliefs_card)
        column.addLayout(self._pair(self.shares_card, self.weeks_card, px(14)))
        column.addWidget(self._map_card())
        column.addStretch(1)
        inside = QWidget(self)
        inside.setMaximumWidth(px(_WIDEST_PX))
        inside.setLayout(column)
        column.setContentsMargins(0, 0, 0, px(24))
        row = QHBoxLayout(self)
        row.setContentsMargins(px(TILE_INSET_PX), 0, px(8), 0)
        row.addWidget(inside)
        wide = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inside.setSizePolicy(wide)

    def _beliefs(self) -> QWidget:
        pair = self._pair(self.artists, self.genres, self._theme.px(18))
        return self._card(
            "What Segue believes",
            "How much of what comes next it expects of each; a wide band says that it is not "
            "sure. Point at a row and press + or − to correct it, or let it forget.",
            pair,
        )

    def _map_card(self) -> QWidget:
        px, theme = self._theme.px, self._theme
        near = IconButton(theme, "add", "Nearer", self, size=20)
        near.set_label("Nearer", "+")
        far = IconButton(theme, "remove", "Farther", self, size=20)
        far.set_label("Farther", "−")
        here = IconButton(theme, "my_location", "Go to the latest song", self, size=20)
        near.clicked.connect(lambda: self.map.zoom(1.6))
        far.clicked.connect(lambda: self.map.zoom(1 / 1.6))
        here.clicked.connect(self.map.show_latest)
        self.map_tools = (far, near, here)
        nothing = QWidget()
        empty = QVBoxLayout(nothing)
        empty.setSpacing(px(12))
        empty.addStretch(1)
        why = _words(NO_MAP, "muted")
        why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.addWidget(why)
        empty.addWidget(self.learn, 0, Qt.AlignmentFlag.AlignHCenter)
        empty.addStretch(1)
        self._map_pages.addWidget(nothing)
        self._map_pages.addWidget(self.map)
        self._map_pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        body = QVBoxLayout()
        body.setSpacing(px(10))
        body.addWidget(self._map_pages)
        body.addWidget(self.legend)
        return self._card(
            "The map",
            "Songs that go together lie together; the line is this session. "
            "Double-click plays a song, a right click offers more.",
            body,
            self.map_tools,
        )

    def _show_map(self, is_there: bool) -> None:
        self._map_pages.setCurrentIndex(int(is_there))
        self._map_pages.setFixedHeight(self._map_height if is_there else self._theme.px(150))
        for tool in self.map_tools:
            tool.setVisible(is_there)
        self.legend.show_genres(self.map.genres)

    def _pair(self, first: QWidget, second: QWidget, gap: int) -> QBoxLayout:
        pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        pair.setSpacing(gap)
        pair.addWidget(first, 1)
        pair.addWidget(second, 1)
        self._pairs.append(pair)
        return pair

    def _card(
        self,
        title: str,
        words: str | QLabel,
        body: QWidget | QLayout,
        tools: tuple[QWidget, ...] = (),
    ) -> QWidget:
        px = self._theme.px
        card = QWidget(self)
        card.setObjectName("card")
        card.setProperty("role", "card")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        card.setAccessibleName(title)
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(heading, 1)
        for tool in tools:
            head.addWidget(tool)
        column = QVBoxLayout(card)
        column.setContentsMargins(px(16), px(14), px(16), px(16))
        column.setSpacing(px(6))
        column.addLayout(head)
        label = words if isinstance(words, QLabel) else _words(words, "muted")
        column.addWidget(label)
        column.addSpacing(px(6))
        if isinstance(body, QLayout):
            column.addLayout(body, 1)
        else:
            column.addWidget(body)
            column.addStretch(1)
        return card


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


def _words(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
