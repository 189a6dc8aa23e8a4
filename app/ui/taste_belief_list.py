"""What the model believes of artists, or of genres: the strongest, and all when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.library.track import Track
from app.ui.covers import Covers
from app.ui.taste_beliefs import BeliefRow
from app.ui.theme import Theme
from recommender.api import Belief

FIRST_SHOWN = 6


class BeliefList(QWidget):
    """The strongest beliefs of one kind; the others come with a button."""

    corrected = Signal(object, float)
    forget_asked = Signal(object)
    opened = Signal(object)

    def __init__(
        self, title: str, theme: Theme, covers: Covers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._covers = theme, covers
        self._beliefs: tuple[Belief, ...] = ()
        self._tracks: Mapping[int, Track] = {}
        self.rows: list[BeliefRow] = []
        self._title = title
        self._shows_all = False
        caption = QLabel(title.upper(), self)
        caption.setProperty("role", "caption")
        caption.setContentsMargins(theme.px(9), 0, 0, theme.px(4))
        self.all = QPushButton(f"All {title.lower()}", self)
        self.all.setProperty("kind", "quiet")
        self.all.clicked.connect(self._turn)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(caption)
        self._column.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def show_beliefs(self, beliefs: Sequence[Belief], tracks: Mapping[int, Track]) -> None:
        """Show these, the strongest first; while one is pointed at, or has the focus, each stays
        where it is, so that a second press meets the same name."""
        shown, self._tracks = list(beliefs), tracks
        if any(row.underMouse() or row.hasFocus() for row in self.rows):
            places = {belief.name: place for place, belief in enumerate(self._beliefs)}
            shown.sort(key=lambda belief: places.get(belief.name, len(places)))
        self._beliefs = tuple(shown)
        self._fill()

    def _fill(self) -> None:
        shown = self._beliefs if self._shows_all else self._beliefs[:FIRST_SHOWN]
        full = max((belief.high for belief in self._beliefs), default=1.0)
        while len(self.rows) < len(shown):
            self._add_row()
        for row, belief in zip(self.rows, shown, strict=False):
            track = next(filter(None, map(self._tracks.get, belief.song_ids)), None)
            row.show_belief(belief, full, track)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(shown))
        more = len(self._beliefs) > FIRST_SHOWN
        self.all.setVisible(more)
        kind = self._title.lower()
        self.all.setText("Show fewer" if self._shows_all else f"All {len(self._beliefs)} {kind}")
        self.setVisible(bool(self._beliefs))

    def _add_row(self) -> None:
        row = BeliefRow(self._theme, self._covers, self)
        row.corrected.connect(self.corrected)
        row.forget_asked.connect(self.forget_asked)
        row.opened.connect(self.opened)
        place = len(self.rows)
        row.moved.connect(lambda step: self._move(place + step))
        self._column.insertWidget(1 + len(self.rows), row)
        before = self.rows[-1] if self.rows else None
        if before is not None:
            QWidget.setTabOrder(before, row)
        QWidget.setTabOrder(row, self.all)
        self.rows.append(row)

    def _move(self, place: int) -> None:
        if 0 <= place < len(self.rows) and not self.rows[place].isHidden():
            self.rows[place].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _turn(self) -> None:
        self._shows_all = not self._shows_all
        self._fill()
