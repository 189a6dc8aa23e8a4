"""The middle of the window: one page of the library, and the way there and back."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.conductor.interface import Conductor
from app.library.library import Library
from app.library.query import GroupRow, SortKey, Totals, TrackQuery
from app.library.reader import Reader
from app.library.track import Track
from app.ui.content_view import ContentView
from app.ui.covers import Covers
from app.ui.finding import Found, find, find_groups
from app.ui.places import Place, PlaceKind
from app.ui.sound_source import NoSound, SoundSource
from app.ui.sounds_like import SoundsLike
from app.ui.theme import Theme
from app.ui.track_menu import TrackMenu
from app.ui.track_model import PAGE_ROWS, Column
from app.ui.wording import count, totals_in_words

TOTALS_AFTER_MS = 300
REST_AFTER_MS = 150
BLANK_AFTER_MS = 250
"""Rows of another place are not shown longer than this."""
PLACES_REMEMBERED = 50
_NEEDLESS = {
    PlaceKind.ARTIST: (Column.ARTIST,),
    PlaceKind.ALBUM: (Column.ALBUM, Column.GENRE, Column.YEAR),
    PlaceKind.GENRE: (Column.GENRE,),
}


class Content(ContentView):
    """Shows a Place. Asks the reader and never waits; the old rows stay until new ones come."""

    place_shown = Signal(object)
    """A Place."""
    why_asked = Signal(object)
    """A Track."""
    emptied = Signal()
    """The whole library turned out to be empty."""

    def __init__(
        self,
        conductor: Conductor,
        reader: Reader,
        covers: Covers,
        theme: Theme,
        parent: QWidget | None = None,
        sound: SoundSource | None = None,
    ) -> None:
        super().__init__(reader, covers, theme, parent)
        self._conductor = conductor
        self._place = Place()
        self._before: list[Place] = []
        self._text = ""
        self._sort = (SortKey.DEFAULT, False)
        self._own_pages: dict[PlaceKind, Callable[[], QWidget]] = {}
        self._alike = SoundsLike(sound or NoSound(), reader, self._fail, self)
        self._slow = QTimer(self, singleShot=True, interval=BLANK_AFTER_MS)
        self._totals_soon = QTimer(self, singleShot=True, interval=TOTALS_AFTER_MS)
        self._rest_soon = QTimer(self, singleShot=True, interval=REST_AFTER_MS)
        self._rest_soon.timeout.connect(self._find_rest)
        self._rest_of = TrackQuery()
        self._connect()

    @property
    def place(self) -> Place:
        """What is shown."""
        return self._place

    def go(self, place: Place) -> None:
        """Show a place; the present one can be come back to."""
        if place != self._place:
            self._before.append(self._place)
            del self._before[:-PLACES_REMEMBERED]
        self._show(place)

    @Slot()
    def go_back(self) -> None:
        """Return to the place before."""
        if self._before:
            self._show(self._before.pop())

    def add_page(self, kind: PlaceKind, page: Callable[[], QWidget]) -> None:
        """Show the page that this gives for places of a kind, instead of a part of the library."""
        self._own_pages[kind] = page

    def start(self, place: Place) -> None:
        """Show the first place; its visible rows are asked for before all others."""
        self._place = place
        if not place.is_group:
            query = place.query()
            self._reader.ask(
                lambda library: library.page(query, 0, PAGE_ROWS),
                self._take_first, "first", self._fail,
            )  # fmt: skip
        self._show(place)

    def search(self, text: str) -> None:
        """Narrow the present place down."""
        self._text = text
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Ask anew for what is shown."""
        place, text = self._place, self._text
        self._totals_soon.stop()
        if place.is_page:
            self._show_own_page()
            return
        if place.is_group:
            self._reader.ask(
                lambda library: find_groups(library, place.kind, text),
                self._take_groups, "search", self._fail,
            )  # fmt: skip
            return
        query = place.query(text, *self._sort)
        if place.kind is PlaceKind.SOUNDS_LIKE:
            self._drop_answers()
            self._alike.find(place, query, self._take_found)
            return
        if not text.strip():
            self._find_all(query)
            return
        self._reader.ask(
            lambda library: library.glimpse(query, PAGE_ROWS),
            lambda tracks: self._take_glimpse(query, tracks), "search", self._fail,
        )  # fmt: skip

    def _show_own_page(self) -> None:
        self._slow.stop()
        self._drop_answers()
        self._pages.show_page(self._own_pages[self._place.kind]())

    def _drop_answers(self) -> None:
        """What is still being found is for another place, and must not come up over this one."""
        self._rest_soon.stop()
        self._reader.ask(lambda library: None, lambda _nothing: None, "search")

    def _find_all(self, query: TrackQuery) -> None:
        with_albums = self._place.kind is PlaceKind.ARTIST and not query.text.strip()
        self._reader.ask(
            lambda library: find(library, query, with_albums),
            self._take_found, "search", self._fail,
        )  # fmt: skip

    def play_all(self, place: Place) -> None:
        """Play every track of a place."""
        self._with_ids(place, self._conductor.play)

    def queue_all(self, place: Place) -> None:
        """Put every track of a place into the queue."""
        self._with_ids(place, self._conductor.enqueue)

    def focus_rows(self) -> None:
        """Put the keyboard onto what is shown."""
        view: QWidget = self.table
        if self._place.is_page:
            view = self._own_pages[self._place.kind]()
        elif self._pages.shows_groups:
            view = self.groups
        view.setFocus(Qt.FocusReason.TabFocusReason)

    def _show(self, place: Place) -> None:
        self._place = place
        self._alike.leave()
        self._sort = (SortKey.DEFAULT, False)
        self.header.show_place(place, bool(self._before))
        self.header.setVisible(not place.is_page)
        self.table.leave_out(_NEEDLESS.get(place.kind, ()), place.kind is PlaceKind.ALBUM)
        self._show_sort()
        self.place_shown.emit(place)
        self._slow.start()
        self.refresh()
        self.table.scrollToTop()
        self.groups.scrollToTop()

    def _take_first(self, tracks: Sequence[Track]) -> None:
        """Rows to look at while the rest is being counted."""
        if not self.tracks.rowCount() and tracks and not self._place.is_page:
            self.tracks.show_ids(array("q", [track.track_id for track in tracks]), tracks)
            self._pages.show_tracks()

    def _take_glimpse(self, query: TrackQuery, tracks: Sequence[Track]) -> None:
        """Show the first rows of a broad search; the rest is found once they are painted."""
        if not tracks:
            self._find_all(query)
            return
        ids = array("q", [track.track_id for track in tracks])
        self.table.keep_place(lambda: self.tracks.show_ids(ids, tracks))
        self._pages.show_tracks()
        self._rest_of = query
        self._rest_soon.start()

    @Slot()
    def _find_rest(self) -> None:
        if self._rest_of == self._place.query(self._text, *self._sort):
            self._find_all(self._rest_of)

    def _take_found(self, found: Found) -> None:
        self._slow.stop()
        self.table.keep_place(lambda: self.tracks.show_ids(found.ids, found.first))
        self.albums.setVisible(bool(found.albums))
        self._albums.show_groups(PlaceKind.ALBUMS, found.albums)
        number = len(found.ids)
        if not number:
            self._say_nothing()
            return
        self._pages.show_tracks()
        if found.totals is not None:
            self.header.show_basis(self._alike.basis)
            self.header.show_totals(totals_in_words(found.totals))
            self.header.offer_play(True)
        else:
            self.header.show_totals(count(number, "track"))
            self._totals_soon.start()

    def _take_groups(self, rows: Sequence[GroupRow]) -> None:
        self._slow.stop()
        kind = self._place.kind
        self.groups.keep_place(lambda: self._groups.show_groups(kind, rows))
        self.header.show_totals(count(len(rows), kind.value.removesuffix("s"), kind.value))
        if rows:
            self._pages.show_groups()
        else:
            self._say_nothing()

    def _say_nothing(self) -> None:
        self.header.show_totals("No tracks" if not self._place.is_group else "None")
        alike = self._place.kind is PlaceKind.SOUNDS_LIKE
        if alike and not self._text.strip():
            self.header.offer_play(False)
        self._pages.say_nothing(self._place, self._text, self._alike.why if alike else "")
        if not self._text.strip() and self._place == Place():
            self.emptied.emit()

    @Slot()
    def _ask_totals(self) -> None:
        place, query = self._place, self._place.query(self._text)

        def take(totals: Totals) -> None:
            if place == self._place:
                self.header.show_totals(totals_in_words(totals))

        self._reader.ask(lambda library: library.totals(query), take, "totals")

    def _with_ids(self, place: Place, act: object) -> None:
        query = place.query()

        def take(ids: array[int]) -> None:
            if ids and callable(act):
                act(list(ids))

        def all_of(library: Library) -> array[int]:
            return library.track_ids(query)

        alike = place.kind is PlaceKind.SOUNDS_LIKE
        self._reader.ask(self._alike.all_of(place) if alike else all_of, take, "all of a place")

    def _sort_by(self, sort: SortKey, descending: bool) -> None:
        self._sort = (sort, descending)
        self._show_sort()
        self.refresh()

    def _sort_by_heading(self, sort: SortKey) -> None:
        """First ascending, then descending, then as it was."""
        if self._sort == (sort, False):
            self._sort_by(sort, True)
        elif self._sort == (sort, True):
            self._sort_by(SortKey.DEFAULT, False)
        else:
            self._sort_by(sort, False)

    def _show_sort(self) -> None:
        self.header.show_sort(*self._sort)
        self.table.show_sort(*self._sort)

    def show_track_menu(self, track: Track, where: QPoint) -> None:
        """What can be done with a track, at a place of the screen."""
        self._show_track_menu((track.track_id,), track, where)

    def _show_track_menu(self, ids: Sequence[int], track: Track | None, where: QPoint) -> None:
        menu = TrackMenu(self._conductor, self._theme, ids, track, self)
        menu.place_asked.connect(self.go)
        menu.why_asked.connect(self.why_asked)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _show_group_menu(self, place: Place, where: QPoint) -> None:
        from app.ui.group_menu import GroupMenu

        menu = GroupMenu(self._theme, place, self)
        menu.opened.connect(self.go)
        menu.play_asked.connect(self.play_all)
        menu.queue_asked.connect(self.queue_all)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _take_opinion(self, track_id: int, liked: bool, disliked: bool) -> None:
        self.tracks.set_opinion(track_id, liked, disliked)
        if self._place.kind in (PlaceKind.LIKED, PlaceKind.DISLIKED):
            self.refresh()

    def _take_history(self) -> None:
        if self._place.kind is PlaceKind.HISTORY:
            self.refresh()

    @Slot()
    def _find_alike_again(self) -> None:
        if self._place.kind is PlaceKind.SOUNDS_LIKE:
            self.refresh()

    def _take_playing(self, track: Track | None) -> None:
        self.tracks.set_playing(track.track_id if track else 0)

    def _connect(self) -> None:
        self.header.back_asked.connect(self.go_back)
        self.header.play_asked.connect(lambda: self.play_all(self._place))
        self.header.queue_asked.connect(lambda: self.queue_all(self._place))
        self.header.sort_asked.connect(self._sort_by)
        self.table.sort_asked.connect(self._sort_by_heading)
        self.table.play_asked.connect(self._conductor.play)
        self.table.like_asked.connect(self._conductor.like)
        self.table.menu_asked.connect(self._show_track_menu)
        for view in (self.groups, self.albums):
            view.opened.connect(self.go)
            view.play_asked.connect(self.play_all)
            view.menu_asked.connect(self._show_group_menu)
        self._totals_soon.timeout.connect(self._ask_totals)
        self._alike.outdated.connect(self._find_alike_again)
        self._slow.timeout.connect(self._pages.show_nothing_yet)
        self._conductor.opinion_changed.connect(self._take_opinion)
        self._conductor.history_changed.connect(self._take_history)
        self._conductor.now_playing_changed.connect(self._take_playing)
