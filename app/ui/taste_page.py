"""The Taste page: what Segue believes, who earns their weight, how well it foretells, the map."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMessageBox, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.library.reader import Reader
from app.library.track import Track
from app.ui.covers import Covers
from app.ui.message_page import MessagePage
from app.ui.places import Place, PlaceKind
from app.ui.taste_layout import TasteLayout
from app.ui.taste_source import TasteSource
from app.ui.taste_words import foretold, summary
from app.ui.theme import Theme
from recommender.api import Belief, Scope, Taste

ASK_AFTER_MS = 1_200
"""After a play: the model takes it in first, and several are shown at once."""
STILL_AFTER_MS = 1_500
"""A page that is being scrolled is not changed before it rested so long."""
FORGETTING = "Segue learns as if you had never played them. Your history stays."
_BELIEFS_WITH_COVER = 200


class TastePage(QWidget):
    """Asks when it is shown and when something was learnt; what is there stays until then."""

    place_asked = Signal(object)
    """A Place."""
    play_asked = Signal(int)
    menu_asked = Signal(object, QPoint)
    """A Track, and where on the screen."""

    def __init__(
        self,
        source: TasteSource,
        reader: Reader,
        covers: Covers,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._reader, self._theme = source, reader, theme
        self._taste: Taste | None = None
        self._held: Taste | None = None
        self._tracks: Mapping[int, Track] = {}
        self._map_of: tuple[Path | None, str] | None = None
        self._is_drawn = False
        self.body = TasteLayout(covers, reader, theme)
        self._nothing = MessagePage(theme, self)
        self._scroll = QScrollArea(self)
        self._pages = QStackedWidget(self)
        self._ask_soon = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._still = QTimer(self, singleShot=True, interval=STILL_AFTER_MS)
        self._lay_out()
        self._connect()
        self._say_nothing()
        self.setFocusProxy(self._scroll)

    @property
    def taste(self) -> Taste | None:
        """What is shown."""
        return self._taste

    @property
    def scroll_area(self) -> QScrollArea:
        """What the page scrolls in."""
        return self._scroll

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what is believed now."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        self._ask_soon.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns beside each other where there is room."""
        super().resizeEvent(event)
        self.body.fit(self.width(), self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A wheel on the page moves it, whatever comes under the pointer meanwhile."""
        if event.type() == QEvent.Type.Wheel:
            self._still.start()
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        self._scroll.setWidget(self.body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.verticalScrollBar().setSingleStep(self._theme.px(40))
        self._scroll.setAccessibleName("Taste")
        self._scroll.viewport().setAutoFillBackground(False)
        self.body.setAutoFillBackground(False)
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _connect(self) -> None:
        body = self.body
        self._source.changed.connect(self._changed)
        self._ask_soon.timeout.connect(self._ask)
        self._still.timeout.connect(self._show_held)
        self._scroll.viewport().installEventFilter(self)
        self._scroll.verticalScrollBar().sliderMoved.connect(self._still.start)
        self._scroll.verticalScrollBar().valueChanged.connect(body.map.page_scrolled)
        for beliefs in (body.artists, body.genres):
            beliefs.corrected.connect(self._correct)
            beliefs.forget_asked.connect(self._ask_to_forget)
            beliefs.opened.connect(self._open)
        body.map.play_asked.connect(self.play_asked)
        body.map.menu_asked.connect(self.menu_asked)
        body.learn.clicked.connect(self._source.learn_now)

    def _changed(self) -> None:
        if self.isVisible():
            self._ask_soon.start()

    @Slot()
    def _ask(self) -> None:
        self._source.ask_taste(self._take)
        folder = self._source.map_folder()
        wanted = (folder, self._taste.version if self._taste is not None else "")
        if wanted != self._map_of:
            self._map_of = wanted
            self.body.map.load(folder)

    def _take(self, taste: Taste | None) -> None:
        """Show an answer, but not under the eyes of one who scrolls; no answer changes nothing."""
        if taste is None:
            return
        if self._still.isActive():
            self._held = taste
            return
        self._show(taste)

    @Slot()
    def _show_held(self) -> None:
        if self._held is not None:
            self._show(self._held)

    def _show(self, taste: Taste) -> None:
        self._held = None
        if taste != self._taste:
            self._taste = taste
            self._fill(taste)
            self._ask_tracks(taste)
        self._pages.setCurrentWidget(self._scroll)

    def _fill(self, taste: Taste) -> None:
        body = self.body
        body.summary.setText(summary(taste))
        for scope, shown in ((Scope.ARTIST, body.artists), (Scope.GENRE, body.genres)):
            beliefs = [belief for belief in taste.beliefs if belief.scope is scope]
            shown.show_beliefs(beliefs, self._tracks)
        body.beliefs_card.setVisible(bool(taste.beliefs))
        body.shares.show_experts(taste.experts)
        body.shares_card.setVisible(bool(taste.experts))
        body.foretold.setText(foretold(taste.weeks))
        body.weeks.show_weeks(taste.weeks)
        body.weeks.setVisible(any(week.plays for week in taste.weeks))
        body.map.show_session(taste.session)

    def _ask_tracks(self, taste: Taste) -> None:
        firsts = (belief.song_ids[:1] for belief in taste.beliefs[:_BELIEFS_WITH_COVER])
        wanted = [song_id for ids in firsts for song_id in ids]
        self._reader.ask(lambda library: library.tracks(wanted), self._take_tracks, "taste covers")

    def _take_tracks(self, tracks: list[Track]) -> None:
        self._tracks = {track.track_id: track for track in tracks}
        if self._taste is not None:
            self._fill(self._taste)

    def _say_nothing(self) -> None:
        self._nothing.say(
            "bubble_chart",
            "Your taste, as Segue sees it",
            "It shows here as soon as Segue's own model is ready and has heard you play.",
        )

    def _correct(self, belief: Belief, value: float) -> None:
        self._source.correct(belief.scope, belief.name, value)

    def _open(self, belief: Belief) -> None:
        kind = PlaceKind.ARTIST if belief.scope is Scope.ARTIST else PlaceKind.GENRE
        self.place_asked.emit(Place(kind, belief.name))

    def _ask_to_forget(self, belief: Belief) -> None:
        """Say what it does, and do it when that is wanted."""
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Forget")
        box.setText(f"Forget {belief.name}?")
        box.setInformativeText(FORGETTING)
        forget = box.addButton("Forget", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
        forget.clicked.connect(lambda: self._source.forget(belief.scope, belief.name))
        box.open()
