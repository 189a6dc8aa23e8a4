"""What stands where on the Taste page."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.library.reader import Reader
from app.ui.cards import Card, plain_words
from app.ui.covers import Covers
from app.ui.group_views import TILE_INSET_PX
from app.ui.taste_belief_list import BeliefList
from app.ui.taste_charts import SharesChart, WeeksChart
from app.ui.taste_map_card import Legend, MapCard
from app.ui.theme import Theme

_BESIDE_PX = 620
_WIDEST_PX = 1120


class TasteLayout(QWidget):
    """Layout only: cards below each other, their halves beside each other where there is room."""

    def __init__(self, covers: Covers, reader: Reader, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.title, self.summary = QLabel("Taste", self), plain_words("")
        self.title.setProperty("role", "title")
        self.artists = BeliefList("Artists", theme, covers)
        self.genres = BeliefList("Genres", theme, covers)
        self.shares, self.weeks = SharesChart(theme), WeeksChart(theme)
        self.foretold = plain_words("")
        self.map_card = MapCard(
            reader,
            theme,
            "The map",
            "Songs that go together lie together; the line is this session. "
            "Double-click plays a song, a right click offers more.",
            "Map of your library",
        )
        self.map, self.legend = self.map_card.map, self.map_card.legend
        self.learn = self.map_card.learn
        self._pairs: list[QBoxLayout] = []
        self._column = QVBoxLayout()
        self.beliefs_card = self._beliefs()
        self.shares_card = Card(
            theme,
            "Who earns their weight",
            "What has lately lifted the songs that you then played.",
            self.shares,
        )
        weeks = QVBoxLayout()
        weeks.setSpacing(theme.px(10))
        weeks.addWidget(Legend(theme, lines=True))
        weeks.addWidget(self.weeks, 1)
        self.weeks_card = Card(theme, "How well it foretells you", self.foretold, weeks)
        self._lay_out()

    def fit(self, width: int, height: int) -> None:
        """Put halves beside each other, or below, and make the map as high as the page can show."""
        self.map_card.fit(height)
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
        column.addWidget(self.map_card)
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
        return Card(
            self._theme,
            "What Segue believes",
            "How much of what comes next it expects of each; a wide band says that it is not "
            "sure. Point at a row and press + or − to correct it, or let it forget.",
            pair,
        )

    def _pair(self, first: QWidget, second: QWidget, gap: int) -> QBoxLayout:
        pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        pair.setSpacing(gap)
        pair.addWidget(first, 1)
        pair.addWidget(second, 1)
        self._pairs.append(pair)
        return pair
