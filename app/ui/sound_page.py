"""The Sound page: how far the listening is, what it hears in songs, and the map by sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.library.reader import Reader
from app.library.track import Track
from app.sound.state import Doing
from app.ui.covers import Covers
from app.ui.message_page import MessagePage
from app.ui.sound_layout import SoundLayout
from app.ui.sound_reading import SOUND, HeardDimension, read_dimensions
from app.ui.sound_source import SoundSource
from app.ui.taste_source import TasteSource
from app.ui.theme import Theme
from app.ui.unheard import show_unheard
from recommender.api import Taste

ASK_AFTER_MS = 1_200
"""After a play: the session's path has grown by then."""


class SoundPage(QWidget):
    """Asks when it is shown and when the source says so; what is there stays until then."""

    play_asked = Signal(int)
    play_at_asked = Signal(int, int)
    """A track's number, and a position in milliseconds."""
    menu_asked = Signal(object, QPoint)
    """A Track, and where on the screen."""
    settings_asked = Signal()

    def __init__(
        self,
        source: SoundSource,
        taste: TasteSource,
        reader: Reader,
        covers: Covers,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._taste, self._reader, self._theme = source, taste, reader, theme
        self._map_of: Path | None = None
        self._read_of: Path | None = None
        self.body = SoundLayout(covers, reader, theme)
        self._nothing = MessagePage(theme, self)
        self._scroll = QScrollArea(self)
        self._pages = QStackedWidget(self)
        self._session_soon = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self._scroll)

    @property
    def scroll_area(self) -> QScrollArea:
        """What the page scrolls in."""
        return self._scroll

    @property
    def nothing(self) -> MessagePage:
        """What is said before anything was heard."""
        return self._nothing

    def showEvent(self, event: QShowEvent) -> None:
        """Show how it stands now."""
        super().showEvent(event)
        self._show_state()
        self._read()
        self._ask_session()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        self._session_soon.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lists beside each other where there is room."""
        super().resizeEvent(event)
        self.body.fit(self.width(), self.height())

    def show_playing(self, track: Track | None, position_ms: int = 0) -> None:
        """Mark what plays among the moments."""
        playing = track.track_id if track is not None else 0
        self.body.moments.moments.show_playing(playing, position_ms)

    def _lay_out(self) -> None:
        self._scroll.setWidget(self.body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.verticalScrollBar().setSingleStep(self._theme.px(40))
        self._scroll.setAccessibleName("Sound")
        self._scroll.viewport().setAutoFillBackground(False)
        self.body.setAutoFillBackground(False)
        self.body.map_card.hide()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _connect(self) -> None:
        body, source = self.body, self._source
        source.changed.connect(self._changed)
        self._taste.changed.connect(self._played)
        self._session_soon.timeout.connect(self._ask_session)
        for moving in (body.map, body.moments.dimensions):
            self._scroll.verticalScrollBar().valueChanged.connect(moving.page_scrolled)
        body.listening.pause_asked.connect(source.pause)
        body.listening.resume_asked.connect(source.resume)
        body.listening.learn_asked.connect(source.learn_now)
        body.listening.settings_asked.connect(self.settings_asked)
        body.listening.problems_asked.connect(
            lambda: show_unheard(source, self._reader, self._theme, self)
        )
        body.moments.play_at_asked.connect(self.play_at_asked)
        body.moments.menu_asked.connect(self.menu_asked)
        body.map.loaded.connect(body.map_card.setVisible)
        body.map.play_asked.connect(self.play_asked)
        body.map.menu_asked.connect(self.menu_asked)

    def _changed(self) -> None:
        if self.isVisible():
            self._show_state()
            if self._source.folder() != self._read_of:
                self._read()

    def _played(self) -> None:
        if self.isVisible():
            self._session_soon.start()

    def _show_state(self) -> None:
        source = self._source
        state = source.state
        self.body.listening.show_state(state, source.in_use)
        is_begun = state.heard or state.problems or source.in_use or source.folder() is not None
        if is_begun or state.doing is not Doing.RESTING:
            self._pages.setCurrentWidget(self._scroll)
        else:
            self._say_nothing()

    def _read(self) -> None:
        """Read moments and map anew; what is shown stays until they are there."""
        folder = self._source.folder()
        self._read_of = folder
        if folder is None:
            self._take_dimensions(())
        else:
            self._reader.ask(
                lambda library: read_dimensions(library, folder),
                self._take_dimensions,
                "moments of sound",
            )
        if folder != self._map_of:
            self._map_of = folder
            self.body.map.load(folder / SOUND if folder is not None else None)

    def _take_dimensions(self, dimensions: Sequence[HeardDimension]) -> None:
        self.body.moments.show_dimensions(dimensions)

    @Slot()
    def _ask_session(self) -> None:
        self._taste.ask_taste(self._take_session)

    def _take_session(self, taste: Taste | None) -> None:
        if taste is not None:
            self.body.map.show_session(taste.session)

    def _say_nothing(self) -> None:
        self._nothing.say(
            "graphic_eq",
            "How your music sounds",
            "Segue has not listened to your music yet. It begins by itself, beside the music "
            "that plays, and then finds songs that sound alike, even those you never played.",
        )
        self._pages.setCurrentWidget(self._nothing)
