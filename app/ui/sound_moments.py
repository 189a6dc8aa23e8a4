"""What is heard in songs: dimensions at the left, the songs and seconds of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.ui.cards import Card, plain_words
from app.ui.covers import Covers
from app.ui.elided_label import ElidedLabel
from app.ui.sound_lists import DimensionList, MomentList
from app.ui.sound_reading import HeardDimension
from app.ui.theme import Theme

NOTHING = (
    "Once Segue has learnt from what it heard, this shows what it tells songs apart by, and the "
    "seconds of your songs that have most of it."
)
HOW = (
    "Each of these is something that it tells songs apart by. The songs beside it have most of it, "
    "at these seconds: a click plays from there, a right click offers more."
)
_LEAST_ROWS, _ROWS_ABOVE = 6, 4
_KEY = Qt.FocusReason.ShortcutFocusReason


class MomentsCard(Card):
    """Keeps the chosen dimension while others come, and changes nothing where nothing changed."""

    play_at_asked = Signal(int, int)
    """A track's number, and a position in milliseconds."""
    menu_asked = Signal(object, QPoint)

    def __init__(self, theme: Theme, covers: Covers) -> None:
        body = QVBoxLayout()
        intro = plain_words(NOTHING)
        super().__init__(theme, "What it hears", intro, body)
        self.intro = intro
        self._theme = theme
        self._shown: tuple[HeardDimension, ...] = ()
        self.dimensions = DimensionList(theme)
        self.moments = MomentList(theme, covers)
        self.name, self.words = ElidedLabel(), ElidedLabel()
        self.name.setProperty("role", "strong")
        self.words.setProperty("role", "muted")
        self._lists = QWidget()
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out(body)
        self.dimensions.chosen.connect(self._show_chosen)
        self.dimensions.left.connect(lambda: self.moments.setFocus(_KEY))
        self.moments.left.connect(lambda: self.dimensions.setFocus(_KEY))
        self.moments.play_at_asked.connect(self.play_at_asked)
        self.moments.menu_asked.connect(self.menu_asked)

    @property
    def shown(self) -> tuple[HeardDimension, ...]:
        """The dimensions that are shown."""
        return self._shown

    def show_dimensions(self, dimensions: Sequence[HeardDimension]) -> None:
        """Show these; the one that was chosen stays so."""
        if tuple(dimensions) == self._shown:
            return
        names = [dimension.name for dimension in dimensions]
        before = self._shown[self.dimensions.currentRow()].name if self._shown else ""
        self._shown = tuple(dimensions)
        self._lists.setVisible(bool(self._shown))
        self.intro.setText(HOW if self._shown else NOTHING)
        if self._shown:
            chosen = names.index(before) if before in names else 0
            self.dimensions.show_dimensions(self._shown, chosen)
            self._show_chosen(chosen)
            self._fit_rows()

    def fit(self, is_wide: bool) -> None:
        """Put the lists beside each other, or below."""
        way = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._pair.direction() != way:
            self._pair.setDirection(way)
            self._fit_rows()

    def _lay_out(self, body: QVBoxLayout) -> None:
        px, right = self._theme.px, QVBoxLayout()
        right.setSpacing(px(1))
        heads = QVBoxLayout()
        heads.setContentsMargins(px(8), 0, px(8), px(6))
        heads.setSpacing(px(1))
        heads.addWidget(self.name)
        heads.addWidget(self.words)
        right.addLayout(heads)
        right.addWidget(self.moments)
        right.addStretch(1)
        self._pair.setContentsMargins(0, 0, 0, 0)
        self._pair.setSpacing(px(16))
        self._pair.addWidget(self.dimensions, 2)
        self._pair.addLayout(right, 3)
        self._lists.setLayout(self._pair)
        body.addWidget(self._lists)
        self._lists.hide()

    @Slot(int)
    def _show_chosen(self, place: int) -> None:
        dimension = self._shown[place]
        self.name.setText(dimension.name)
        self.words.setText(dimension.words)
        self.moments.show_moments(dimension.moments)

    def _fit_rows(self) -> None:
        """Room for the longest list of moments, so that nothing jumps when another is chosen."""
        if not self._shown:
            return
        self.moments.set_rows(max(len(dimension.moments) for dimension in self._shown))
        is_wide = self._pair.direction() is QBoxLayout.Direction.LeftToRight
        least = min(len(self._shown), _LEAST_ROWS if is_wide else _ROWS_ABOVE)
        self.dimensions.set_rows(least, is_least=is_wide)
