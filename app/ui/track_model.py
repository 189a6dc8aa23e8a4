"""The rows of a track table: all their ids, and the tracks of the pages that were looked at."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from app.library.query import SortKey
from app.library.track import Track
from app.ui.up_next_drag import TRACKS_MIME, track_data
from app.ui.wording import clock

PAGE_ROWS = 64
PAGES_KEPT = 96
_PAGES_ASKED = 3

TrackRole = int(Qt.ItemDataRole.UserRole) + 1
Index = QModelIndex | QPersistentModelIndex
Deliver = Callable[[Sequence[Track]], None]
Fetch = Callable[[Sequence[int], Deliver], None]
"""Ask for tracks by id; a later call may cancel an earlier one."""


class Column(IntEnum):
    """The columns of a track table."""

    COVER = 0
    TITLE = 1
    ARTIST = 2
    ALBUM = 3
    GENRE = 4
    YEAR = 5
    LIKED = 6
    LENGTH = 7


HEADINGS = ("", "Title", "Artist", "Album", "Genre", "Year", "", "Length")
SORT_KEYS = {
    Column.TITLE: SortKey.TITLE,
    Column.ARTIST: SortKey.ARTIST,
    Column.ALBUM: SortKey.ALBUM,
    Column.GENRE: SortKey.GENRE,
    Column.YEAR: SortKey.YEAR,
    Column.LENGTH: SortKey.DURATION,
}
TEXTS: dict[int, Callable[[Track], str]] = {
    Column.TITLE: lambda track: track.title,
    Column.ARTIST: lambda track: track.artist or "Unknown artist",
    Column.ALBUM: lambda track: track.album,
    Column.GENRE: lambda track: track.genre,
    Column.YEAR: lambda track: str(track.year) if track.year else "",
    Column.LIKED: lambda track: "Liked" if track.liked else "Never again" if track.disliked else "",
    Column.LENGTH: lambda track: clock(track.duration_ms),
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TrackModel(QAbstractTableModel):
    """Answers from its cache only; a page that is not there yet is asked for and shows blank."""

    def __init__(self, fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._ids: Sequence[int] = array("q")
        self._pages: OrderedDict[int, list[Track | None]] = OrderedDict()
        self._missing: list[int] = []
        self._generation = 0
        self._playing_id = 0
        self._ask_soon = QTimer(self, singleShot=True, interval=0)
        self._ask_soon.timeout.connect(self._ask)

    def show_ids(self, ids: Sequence[int], first: Sequence[Track] = ()) -> None:
        """Show these tracks; `first` are those of the first page, known already."""
        self.beginResetModel()
        self._ids = ids
        self._pages.clear()
        self._missing.clear()
        self._generation += 1
        if first:
            self._keep(0, first)
        self.endResetModel()

    @property
    def ids(self) -> Sequence[int]:
        """The ids of all rows."""
        return self._ids

    @property
    def playing_id(self) -> int:
        """The track that plays, 0 when none does."""
        return self._playing_id

    def track(self, row: int) -> Track | None:
        """The track of a row; None while it is being fetched, or when it was taken out."""
        page, offset = divmod(row, PAGE_ROWS)
        tracks = self._pages.get(page)
        if tracks is None:
            self._want(page)
            return None
        return tracks[offset] if offset < len(tracks) else None

    def set_playing(self, track_id: int) -> None:
        """Mark the row of the track that plays."""
        before, self._playing_id = self._playing_id, track_id
        for row in self._known_rows({before, track_id}):
            self._row_changed(row)

    def set_opinion(self, track_id: int, liked: bool, disliked: bool) -> None:
        """Show a like or dislike that was given somewhere."""
        for row in self._known_rows({track_id}):
            page, offset = divmod(row, PAGE_ROWS)
            track = self._pages[page][offset]
            if track is not None:
                changed = replace(track, liked=liked, disliked=disliked)
                self._pages[page][offset] = changed
                self._row_changed(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All tracks."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of `Column`."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for eyes, pointers and screen readers; the track itself under TrackRole."""
        track = self.track(index.row())
        if track is None:
            return None
        column = index.column()
        if role == TrackRole:
            return track
        if role == Qt.ItemDataRole.DisplayRole:
            text = TEXTS.get(column)
            return text(track) if text else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tooltip(track, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(track, column, track.track_id == self._playing_id)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == Column.LENGTH else _LEFT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The headings."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be chosen and dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What a drag carries."""
        return [TRACKS_MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        """The dragged tracks, in the order of their rows."""
        rows = sorted({index.row() for index in indexes})
        return track_data([self._ids[row] for row in rows])

    def _want(self, page: int) -> None:
        if page in self._missing:
            return
        self._missing.append(page)
        del self._missing[:-_PAGES_ASKED]
        self._ask_soon.start()

    def _ask(self) -> None:
        if not self._missing:
            return
        pages = {page: self._ids_of(page) for page in self._missing}
        generation = self._generation
        wanted = [track_id for ids in pages.values() for track_id in ids]

        def take(tracks: Sequence[Track]) -> None:
            if generation == self._generation:
                self._take(pages, tracks)

        self._fetch(wanted, take)

    def _take(self, pages: dict[int, Sequence[int]], tracks: Sequence[Track]) -> None:
        by_id = {track.track_id: track for track in tracks}
        for page, ids in pages.items():
            if page in self._missing:
                self._missing.remove(page)
            self._pages[page] = [by_id.get(track_id) for track_id in ids]
            first = page * PAGE_ROWS
            last = first + len(ids) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))
        self._forget_oldest()

    def _keep(self, page: int, tracks: Iterable[Track]) -> None:
        by_id = {track.track_id: track for track in tracks}
        self._pages[page] = [by_id.get(track_id) for track_id in self._ids_of(page)]

    def _forget_oldest(self) -> None:
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)

    def _ids_of(self, page: int) -> Sequence[int]:
        return self._ids[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]

    def _known_rows(self, track_ids: set[int]) -> list[int]:
        return [
            page * PAGE_ROWS + offset
            for page, tracks in self._pages.items()
            for offset, track in enumerate(tracks)
            if track is not None and track.track_id in track_ids
        ]

    def _row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))


def _tooltip(track: Track, column: int) -> str:
    if not track.available:
        return f"This file cannot be reached now. Is its drive connected?\n{track.location}"
    if column == Column.LIKED:
        return "Take the like back" if track.liked else "Like"
    text = TEXTS.get(column)
    return text(track) if text else ""


def _spoken(track: Track, column: int, playing: bool) -> str:
    if column == Column.COVER:
        return f"Cover of {track.album or track.title}"
    words = TEXTS[column](track)
    if column == Column.TITLE:
        words += ", playing" if playing else ""
        words += "" if track.available else ", not available"
    return words
