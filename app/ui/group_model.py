"""Artists, albums or genres as the rows of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from app.library.query import GroupRow
from app.library.track import Track
from app.ui.places import Place, PlaceKind
from app.ui.track_model import Index
from app.ui.wording import count

_DRILL = {
    PlaceKind.ALBUMS: PlaceKind.ALBUM,
    PlaceKind.ARTISTS: PlaceKind.ARTIST,
    PlaceKind.GENRES: PlaceKind.GENRE,
}


class GroupModel(QAbstractListModel):
    """The groups of one kind."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind = PlaceKind.ALBUMS
        self._rows: Sequence[GroupRow] = ()

    @property
    def kind(self) -> PlaceKind:
        """ALBUMS, ARTISTS or GENRES."""
        return self._kind

    def show_groups(self, kind: PlaceKind, rows: Sequence[GroupRow]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._kind, self._rows = kind, rows
        self.endResetModel()

    def group(self, row: int) -> GroupRow:
        """The group of a row."""
        return self._rows[row]

    def place(self, row: int) -> Place:
        """Where a row leads."""
        group = self._rows[row]
        is_album = self._kind is PlaceKind.ALBUMS
        return Place(
            _DRILL[self._kind],
            group.name,
            group.subtitle if is_album else "",
            group.cover_key,
            group.cover_location,
            group.year if is_album else None,
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All groups."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name, and all that is known of it for a screen reader."""
        if not index.isValid():
            return None
        group = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(group)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (self.name(group), self.details(group))))
        return None

    def name(self, group: GroupRow) -> str:
        """The words under a tile."""
        return group.name or f"Unknown {self._kind.value.removesuffix('s')}"

    def details(self, group: GroupRow) -> str:
        """The smaller words below."""
        tracks = count(group.track_count, "track")
        if self._kind is not PlaceKind.ALBUMS:
            return tracks
        return " · ".join(filter(None, (group.subtitle, str(group.year or ""))))


def cover_track(name: str, artist: str, cover_key: str, location: str) -> Track:
    """A stand-in for a track, to ask for the cover of its album."""
    return Track(0, location, name, artist, name, artist, cover_key=cover_key)
