"""The menu of one or more tracks of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from app.conductor.interface import Conductor
from app.library.track import Track
from app.ui.icons import icon
from app.ui.places import Place, PlaceKind, sounds_like
from app.ui.row_actions import wishes
from app.ui.theme import Theme


class TrackMenu(QMenu):
    """Acts on all the ids; what is about one track is offered for the first."""

    place_asked = Signal(object)
    """A Place to go to."""
    why_asked = Signal(object)
    """A Track to explain."""

    def __init__(
        self,
        conductor: Conductor,
        theme: Theme,
        ids: Sequence[int],
        track: Track | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Actions for the selected tracks")
        self._add("play_arrow", "Play now", lambda: conductor.play(ids))
        self._add("playlist_play", "Play next", lambda: conductor.play_next(ids))
        self._add("playlist_add", "Add to queue", lambda: conductor.enqueue(ids))
        if track is not None:
            self._add_opinions(conductor, ids, track)
            self._add_ways(track)

    def _add(self, icon_name: str, words: str, act: Callable[[], object]) -> None:
        sign = icon(icon_name, self._theme.colours.muted, self._theme.px(18))
        self.addAction(sign, words).triggered.connect(act)

    def _add_opinions(self, conductor: Conductor, ids: Sequence[int], track: Track) -> None:
        self.addSeparator()
        single = len(ids) == 1
        like = "Take the like back" if single and track.liked else "Like"
        dislike = "Allow it again" if single and track.disliked else "Never again"
        self._add("favorite", like, lambda: _for_each(conductor.like, ids))
        for icon_name, words, say in () if track.is_stream else wishes(conductor):
            self._add(icon_name, words, partial(_for_each, say, ids))
        self._add("block", dislike, lambda: _for_each(conductor.dislike, ids))

    def _add_ways(self, track: Track) -> None:
        self.addSeparator()
        self._add("help", "Why this?", lambda: self.why_asked.emit(track))
        if not track.is_stream:
            alike = sounds_like(track)
            self._add("graphic_eq", "Sounds like this", lambda: self.place_asked.emit(alike))
        if track.artist:
            artist = Place(PlaceKind.ARTIST, track.artist)
            self._add("artist", "Go to artist", lambda: self.place_asked.emit(artist))
        if track.album:
            album = Place(
                PlaceKind.ALBUM,
                track.album,
                track.album_artist or track.artist,
                track.cover_key,
                track.location,
                track.year,
            )
            self._add("album", "Go to album", lambda: self.place_asked.emit(album))
        if not track.is_stream:
            self._add("folder_open", "Show in file manager", lambda: _show_folder(track))


def _for_each(act: Callable[[int], None], ids: Sequence[int]) -> None:
    for track_id in ids:
        act(track_id)


def _show_folder(track: Track) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(track.location).parent)))
