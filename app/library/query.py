"""What a view of the library asks for. Filtering and sorting are SQL's work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    """The set of tracks that a view starts from."""

    TRACKS = "tracks"
    LIKED = "liked"
    DISLIKED = "disliked"
    HISTORY = "history"


class SortKey(StrEnum):
    """A column to sort by; `DEFAULT` is artist, album, disc, number (history: latest first)."""

    DEFAULT = "default"
    TITLE = "title"
    ARTIST = "artist"
    ALBUM = "album"
    GENRE = "genre"
    YEAR = "year"
    DURATION = "duration"
    PLAYED_AT = "played_at"


@dataclass(frozen=True, slots=True)
class TrackQuery:
    """One view: its section, the text typed into search, and exact filters of a drill-down."""

    section: Section = Section.TRACKS
    text: str = ""
    artist: str | None = None
    album: str | None = None
    album_artist: str | None = None
    genre: str | None = None
    sort: SortKey = SortKey.DEFAULT
    descending: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """An artist, an album or a genre in a list; `subtitle` of an album is its artist."""

    name: str
    subtitle: str
    track_count: int
    year: int | None = None
    cover_key: str = ""
    cover_location: str = ""
    """A track of the group that has this cover, to make its thumbnail from."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How much a query found."""

    track_count: int
    duration_ms: int
