"""What the middle of the window asks the library for."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from app.library.library import Library
from app.library.query import GroupRow, SortKey, Totals, TrackQuery
from app.library.track import Track
from app.ui.places import PlaceKind
from app.ui.track_model import PAGE_ROWS


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: all ids, the tracks of the first page, an artist's albums, and the
    totals where they are known at once."""

    ids: array[int]
    first: Sequence[Track]
    albums: Sequence[GroupRow] = ()
    totals: Totals | None = None


def find(library: Library, query: TrackQuery, with_albums: bool = False) -> Found:
    """Ask the library for a page; runs on the reader's thread."""
    ids = library.track_ids(query)
    albums = library.albums(artist=query.artist) if with_albums else ()
    return Found(ids, library.tracks(ids[:PAGE_ROWS]), albums)


def find_near(library: Library, near: Sequence[int], query: TrackQuery) -> Found:
    """Those of a few tracks that a query finds; unless it sorts them they stay in their order."""
    wanted = {track_id: place for place, track_id in enumerate(near)}
    ids = list(filter(wanted.__contains__, library.track_ids(query))) if wanted else []
    if query.sort is SortKey.DEFAULT:
        ids.sort(key=wanted.__getitem__, reverse=query.descending)
    tracks = library.tracks(ids)
    totals = Totals(len(tracks), sum(track.duration_ms or 0 for track in tracks))
    return Found(array("q", ids), tracks[:PAGE_ROWS], totals=totals)


def find_groups(library: Library, kind: PlaceKind, text: str) -> list[GroupRow]:
    """Ask for artists, albums or genres; runs on the reader's thread."""
    ask = {
        PlaceKind.ARTISTS: library.artists,
        PlaceKind.ALBUMS: library.albums,
        PlaceKind.GENRES: library.genres,
    }[kind]
    return ask(text)
