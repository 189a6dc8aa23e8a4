"""The middle of the window as it is laid out: a head, and below it tracks, groups or words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.library.errors import LibraryError
from app.library.reader import Reader
from app.ui.content_pages import ContentPages
from app.ui.covers import Covers
from app.ui.group_model import GroupModel
from app.ui.group_views import TILE_INSET_PX, GroupView
from app.ui.message_page import MessagePage
from app.ui.page_header import PageHeader
from app.ui.theme import Theme
from app.ui.track_model import Deliver, TrackModel
from app.ui.track_table import TrackTable


class ContentView(QWidget):
    """The widgets and their models; `Content` decides what is in them."""

    failed = Signal(str)
    """Words from the library that the user should see."""

    def __init__(
        self, reader: Reader, covers: Covers, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._reader, self._theme = reader, theme
        self.header = PageHeader(theme, covers, self)
        self.tracks = TrackModel(self._fetch, self)
        self.table = TrackTable(self.tracks, theme, covers, self)
        self._groups = GroupModel(self)
        self.groups = GroupView(self._groups, theme, covers, self)
        self._albums = GroupModel(self)
        self.albums = GroupView(self._albums, theme, covers, self, strip=True)
        self._pages = ContentPages(theme, self.table, self.albums, self.groups, self)
        self._lay_out()

    @property
    def message(self) -> MessagePage:
        """What is said where there is nothing to show."""
        return self._pages.message

    def _fetch(self, ids: Sequence[int], deliver: Deliver) -> None:
        self._reader.ask(lambda library: library.tracks(ids), deliver, "page", self._fail)

    def _fail(self, error: LibraryError) -> None:
        self.failed.emit(str(error))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._theme.px(12))
        head = QHBoxLayout()
        head.setContentsMargins(self._theme.px(TILE_INSET_PX), 0, 0, 0)
        head.addWidget(self.header)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
