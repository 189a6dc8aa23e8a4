"""What stands between the sections and *Up next*: search, the library's page, the scan's line."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.content import Content
from app.ui.group_views import TILE_INSET_PX
from app.ui.icon_button import IconButton
from app.ui.places import Place
from app.ui.scan_bar import ScanBar
from app.ui.search_box import SearchBox
from app.ui.theme import Theme


class Middle(QWidget):
    """Layout, and the switch between the library and a page that stands in for it."""

    up_next_asked = Signal(bool)
    """Show or hide *Up next*."""

    def __init__(
        self,
        content: Content,
        scan_bar: ScanBar,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._content = content
        self.search = SearchBox(theme, self)
        self.up_next = IconButton(theme, "right_panel_close", "Hide Up next", self, size=22)
        self.up_next.setCheckable(False)
        self._shows_up_next = True
        self._pages = QStackedWidget(self)
        self._pages.addWidget(content)
        self.setProperty("role", "page")
        self._lay_out(scan_bar)
        self.search.typed.connect(content.search)
        self.search.left.connect(content.focus_rows)
        self.up_next.clicked.connect(lambda: self.up_next_asked.emit(not self._shows_up_next))

    @property
    def is_first_start(self) -> bool:
        """Whether the library is hidden behind the page of the first start."""
        return self._pages.currentWidget() is not self._content

    def show_page(self, page: QWidget) -> None:
        """Show a page instead of the library."""
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        self.search.setVisible(False)

    def show_library(self) -> None:
        """Show the library again."""
        self._pages.setCurrentWidget(self._content)
        self.search.setVisible(not self._content.place.is_page)

    def show_place(self, place: Place) -> None:
        """A page of its own has nothing to search in."""
        self.search.clear()
        self.search.setVisible(not place.is_page and not self.is_first_start)

    def show_up_next(self, shown: bool) -> None:
        """Tell whether *Up next* is there."""
        self._shows_up_next = shown
        self.up_next.set_icon("right_panel_close" if shown else "right_panel_open")
        self.up_next.set_label("Hide Up next" if shown else "Show Up next", "Ctrl+U")

    @Slot()
    def focus_search(self) -> None:
        """Put the keyboard into the search box, with what is in it selected."""
        if self._content.place.is_page:
            self._content.go(Place())
        self.search.setFocus()
        self.search.selectAll()

    def _lay_out(self, scan_bar: ScanBar) -> None:
        px = self._theme.px
        self.search.setMaximumWidth(px(460))
        top = QHBoxLayout()
        top.setSpacing(px(8))
        top.setContentsMargins(px(TILE_INSET_PX), 0, 0, 0)
        top.addWidget(self.search, 10)
        top.addStretch(1)
        top.addWidget(self.up_next)
        told = QHBoxLayout()
        told.setContentsMargins(px(TILE_INSET_PX), 0, 0, 0)
        told.addWidget(scan_bar)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(px(22 - TILE_INSET_PX), px(16), px(14), 0)
        inside.setSpacing(px(16))
        inside.addLayout(top)
        inside.addLayout(told)
        inside.addWidget(self._pages, 1)
