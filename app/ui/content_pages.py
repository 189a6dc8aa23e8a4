"""What the middle of the window shows one of: tracks, groups, a message, nothing yet, or a page."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.group_views import TILE_INSET_PX, GroupView
from app.ui.message_page import MessagePage
from app.ui.places import Place, PlaceKind
from app.ui.theme import Theme
from app.ui.track_table import TrackTable

_SIGNS = {
    PlaceKind.LIKED: "favorite",
    PlaceKind.DISLIKED: "block",
    PlaceKind.HISTORY: "history",
    PlaceKind.SOUNDS_LIKE: "graphic_eq",
}


class ContentPages(QStackedWidget):
    """Takes the views over; `albums` stands above the tracks of an artist."""

    def __init__(
        self, theme: Theme, table: TrackTable, albums: GroupView, groups: GroupView,
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.message = MessagePage(theme, self)
        self._groups = groups
        self._tracks, self._nothing_yet = QWidget(self), QWidget(self)
        inside = QVBoxLayout(self._tracks)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(8))
        inside.addWidget(albums)
        beside = QHBoxLayout()
        beside.setContentsMargins(theme.px(TILE_INSET_PX), 0, 0, 0)
        beside.addWidget(table)
        inside.addLayout(beside, 1)
        albums.hide()
        for page in (self._tracks, groups, self.message, self._nothing_yet):
            self.addWidget(page)

    @property
    def shows_groups(self) -> bool:
        """Whether the groups are what is shown."""
        return self.currentWidget() is self._groups

    def show_tracks(self) -> None:
        """Show the table, with an artist's albums above it."""
        self.setCurrentWidget(self._tracks)

    def show_groups(self) -> None:
        """Show artists, albums or genres."""
        self.setCurrentWidget(self._groups)

    @Slot()
    def show_nothing_yet(self) -> None:
        """Show an empty page while something is being found."""
        self.setCurrentWidget(self._nothing_yet)

    def say_nothing(self, place: Place, text: str, why: str = "") -> None:
        """Say that a place is empty, and why if that is known, or has nothing `text` finds."""
        headline, sentence = place.nothing(text)
        if text.strip():
            self.message.say("search", headline, sentence)
        else:
            self.message.say(_SIGNS.get(place.kind, "music_note"), headline, why or sentence)
        self.setCurrentWidget(self.message)

    def show_page(self, page: QWidget) -> None:
        """Show a page of its own kind."""
        if self.indexOf(page) < 0:
            self.addWidget(page)
        self.setCurrentWidget(page)
