"""What stands where on the Sound page."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.library.reader import Reader
from app.ui.covers import Covers
from app.ui.group_views import TILE_INSET_PX
from app.ui.sound_moments import MomentsCard
from app.ui.sound_progress import ListeningCard
from app.ui.taste_map_card import MapCard
from app.ui.theme import Theme

_BESIDE_PX = 470
_WIDEST_PX = 1120


class SoundLayout(QWidget):
    """Layout only: three cards below each other."""

    def __init__(self, covers: Covers, reader: Reader, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.title = QLabel("Sound", self)
        self.title.setProperty("role", "title")
        self.listening = ListeningCard(theme)
        self.moments = MomentsCard(theme, covers)
        self.map_card = MapCard(
            reader,
            theme,
            "The map by sound",
            "Songs that sound alike lie together, whoever made them; the line is this session. "
            "Double-click plays a song, a right click offers more.",
            "Map of your library by sound",
        )
        self.map = self.map_card.map
        self._lay_out()

    def fit(self, width: int, height: int) -> None:
        """Put lists beside each other, or below, and make the map as high as the page can show."""
        self.map_card.fit(height)
        self.moments.fit(width >= self._theme.px(_BESIDE_PX))

    def _lay_out(self) -> None:
        px, column = self._theme.px, QVBoxLayout()
        column.setSpacing(px(14))
        for part in (self.title, self.listening, self.moments, self.map_card):
            column.addWidget(part)
        column.addStretch(1)
        column.setContentsMargins(0, 0, 0, px(24))
        inside = QWidget(self)
        inside.setMaximumWidth(px(_WIDEST_PX))
        inside.setLayout(column)
        inside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(TILE_INSET_PX), 0, px(8), 0)
        row.addWidget(inside)
