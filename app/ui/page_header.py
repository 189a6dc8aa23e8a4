"""The head of a page: where the user is, how much is there, and what to do with all of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.library.query import SortKey
from app.ui.covers import Covers
from app.ui.elided_label import ElidedLabel
from app.ui.group_model import cover_track
from app.ui.icon_button import IconButton
from app.ui.icons import icon, icon_size
from app.ui.places import Place, PlaceKind
from app.ui.theme import Theme

_SORTS = (
    (SortKey.DEFAULT, "Artist and album"),
    (SortKey.TITLE, "Title"),
    (SortKey.ARTIST, "Artist"),
    (SortKey.ALBUM, "Album"),
    (SortKey.GENRE, "Genre"),
    (SortKey.YEAR, "Year"),
    (SortKey.DURATION, "Length"),
)
_BY_LIKENESS = "Likeness"
_DRILLED = (PlaceKind.ALBUM, PlaceKind.ARTIST, PlaceKind.GENRE, PlaceKind.SOUNDS_LIKE)
_WITH_COVER = (PlaceKind.ALBUM, PlaceKind.SOUNDS_LIKE)
_FOLDS_BELOW_PX = 560
_COVER_PX, _FOLDED_COVER_PX = 84, 52


class PageHeader(QWidget):
    """Back, cover, title, totals, play, queue, sort."""

    back_asked = Signal()
    play_asked = Signal()
    queue_asked = Signal()
    sort_asked = Signal(object, bool)
    """A SortKey, and whether it is descending."""

    def __init__(self, theme: Theme, covers: Covers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._covers = covers
        self._place = Place()
        self._sort = (SortKey.DEFAULT, False)
        self.back = IconButton(theme, "arrow_back", "Back", self, size=22)
        self.back.set_label("Back", "Alt+Left")
        self._cover = QLabel(self)
        self._kind = ElidedLabel(self)
        self._kind.setProperty("role", "caption")
        self._title = ElidedLabel(self)
        self._title.setProperty("role", "title")
        self._totals = ElidedLabel(self)
        self._totals.setProperty("role", "muted")
        self._play = QPushButton(self)
        self._play.setProperty("kind", "primary")
        self._queue = QPushButton(self)
        self._words = {self._play: "Play", self._queue: "Add to queue"}
        self._is_folded = False
        self._sorting = IconButton(theme, "sort", "Sort the tracks", self, size=20)
        self._order = QAction("Descending", self, checkable=True)
        self._build_menu()
        self._lay_out()
        self._connect()
        self._retint()
        self._fold(False)

    def show_place(self, place: Place, can_go_back: bool) -> None:
        """Head another page."""
        self._place = place
        drilled, alike = place.kind in _DRILLED, place.kind is PlaceKind.SOUNDS_LIKE
        self._title.setText(place.name if alike else place.title)
        self._title.setAccessibleName(place.title)
        self._kind.setText(place.kind.value.upper())
        self._kind.setVisible(drilled)
        self._cover.setVisible(place.kind in _WITH_COVER)
        self.offer_play(drilled)
        self._sorting.setVisible(not place.is_group)
        self._sorts.actions()[0].setText(_BY_LIKENESS if alike else _SORTS[0][1])
        self.back.setVisible(drilled and can_go_back)
        self.show_totals("")
        self._show_cover(place.cover_key)

    def show_totals(self, text: str) -> None:
        """Tell how much there is; what has a cover also says whose it is and of when."""
        parts = [text]
        if self._place.kind in _WITH_COVER:
            parts = [self._place.artist, str(self._place.year or ""), text]
        self._totals.setText(" · ".join(filter(None, parts)))

    def show_basis(self, words: str) -> None:
        """Say beside the kind of the place what it goes by."""
        kind = self._place.kind.value
        self._kind.setText(" · ".join(filter(None, (kind, words))).upper())

    def offer_play(self, is_offered: bool) -> None:
        """Show or hide what plays all of it."""
        self._play.setVisible(is_offered)
        self._queue.setVisible(is_offered)

    def show_sort(self, sort: SortKey, descending: bool) -> None:
        """Mark how the tracks are sorted."""
        self._sort = (sort, descending)
        for action in self._sorts.actions():
            action.setChecked(action.data() == sort)
        self._order.setChecked(descending)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave most of a narrow head to the words that tell where one is."""
        super().resizeEvent(event)
        is_narrow = self.width() < self._theme.px(_FOLDS_BELOW_PX)
        if is_narrow != self._is_folded:
            self._fold(is_narrow)

    def _fold(self, is_folded: bool) -> None:
        self._is_folded = is_folded
        for button, words in self._words.items():
            button.setText("" if is_folded else words)
            button.setToolTip(words if is_folded else "")
            button.setAccessibleName(words)
        self._show_cover(self._place.cover_key)

    def _build_menu(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName("Sort the tracks")
        self._sorts = QActionGroup(self)
        for key, name in _SORTS:
            action = QAction(name, self, checkable=True)
            action.setData(key)
            self._sorts.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self._order)
        self._sorting.setMenu(menu)
        self._sorting.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        px = self._theme.px
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addStretch(1)
        for label in (self._kind, self._title, self._totals):
            words.addWidget(label)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.back)
        row.addWidget(self._cover)
        row.addLayout(words, 1)
        row.addWidget(self._play)
        row.addWidget(self._queue)
        row.addWidget(self._sorting)
        self._kind.setContentsMargins(0, 0, 0, 0)

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_asked)
        self._play.clicked.connect(self.play_asked)
        self._queue.clicked.connect(self.queue_asked)
        self._sorts.triggered.connect(
            lambda action: self.sort_asked.emit(action.data(), self._sort[1])
        )
        self._order.triggered.connect(lambda down: self.sort_asked.emit(self._sort[0], down))
        self._covers.loaded.connect(self._show_cover)
        self._theme.changed.connect(self._retint)

    @Slot(str)
    def _show_cover(self, cover_key: str) -> None:
        place = self._place
        if place.kind not in _WITH_COVER or cover_key != place.cover_key:
            return
        track = cover_track(place.name, place.artist, place.cover_key, place.cover_location)
        side = self._theme.px(_FOLDED_COVER_PX if self._is_folded else _COVER_PX)
        self._cover.setPixmap(self._covers.pixmap(track, side, self.devicePixelRatioF()))
        self._cover.setContentsMargins(0, 0, self._theme.px(8), 0)

    @Slot()
    def _retint(self) -> None:
        size = self._theme.px(18)
        for button in (self._play, self._queue):
            button.setIconSize(icon_size(size))
        colours = self._theme.colours
        self._play.setIcon(icon("play_arrow_fill", colours.accent_text, size))
        self._queue.setIcon(icon("playlist_add", colours.text, size))
