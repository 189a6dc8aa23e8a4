"""Where in the library the user is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.library.query import Section, SortKey, TrackQuery
from app.library.track import Track


class PlaceKind(StrEnum):
    """What the middle shows; the last four are reached by drilling down."""

    TRACKS = "tracks"
    ALBUMS = "albums"
    ARTISTS = "artists"
    GENRES = "genres"
    TASTE = "taste"
    SOUND = "sound"
    LIKED = "liked"
    DISLIKED = "disliked"
    HISTORY = "history"
    ARTIST = "artist"
    ALBUM = "album"
    GENRE = "genre"
    SOUNDS_LIKE = "sounds like"


GROUPS = (PlaceKind.ALBUMS, PlaceKind.ARTISTS, PlaceKind.GENRES)
_SECTIONS = {
    PlaceKind.LIKED: Section.LIKED,
    PlaceKind.DISLIKED: Section.DISLIKED,
    PlaceKind.HISTORY: Section.HISTORY,
}
_PARENTS = {
    PlaceKind.ARTIST: PlaceKind.ARTISTS,
    PlaceKind.ALBUM: PlaceKind.ALBUMS,
    PlaceKind.GENRE: PlaceKind.GENRES,
    PlaceKind.SOUNDS_LIKE: PlaceKind.SOUND,
}
_NOTHING = {
    PlaceKind.LIKED: ("Nothing liked yet", "Press L while a song plays, or the heart beside it."),
    PlaceKind.DISLIKED: (
        "Nothing disliked",
        "Songs marked “never again” stay out of the predicted list and are kept here.",
    ),
    PlaceKind.HISTORY: ("Nothing played yet", "What you play is listed here, latest first."),
    PlaceKind.SOUNDS_LIKE: (
        "Nothing to compare it with yet",
        "Segue listens to your songs by itself, and then finds those that sound alike.",
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A view: its kind, and for a drill-down the name (and an album's artist)."""

    kind: PlaceKind = PlaceKind.TRACKS
    name: str = ""
    artist: str = ""
    cover_key: str = ""
    cover_location: str = ""
    year: int | None = None
    track_id: int = 0
    """The track that a place of songs that sound alike is about."""

    @property
    def section(self) -> PlaceKind:
        """The entry of the sidebar that this place belongs to."""
        return _PARENTS.get(self.kind, self.kind)

    @property
    def is_group(self) -> bool:
        """Whether it lists artists, albums or genres instead of tracks."""
        return self.kind in GROUPS

    @property
    def is_page(self) -> bool:
        """Whether it is a page of its own instead of a part of the library."""
        return self.kind in (PlaceKind.TASTE, PlaceKind.SOUND)

    @property
    def title(self) -> str:
        """The heading."""
        if self.kind is PlaceKind.SOUNDS_LIKE:
            return f"Sounds like {self.name}"
        if self.kind in _PARENTS:
            return self.name or f"Unknown {self.kind.value}"
        return self.kind.value.capitalize()

    def query(
        self, text: str = "", sort: SortKey = SortKey.DEFAULT, descending: bool = False
    ) -> TrackQuery:
        """The tracks of this place that match `text`."""
        return TrackQuery(
            section=_SECTIONS.get(self.kind, Section.TRACKS),
            text=text,
            artist=self.name if self.kind is PlaceKind.ARTIST else None,
            album=self.name if self.kind is PlaceKind.ALBUM else None,
            album_artist=self.artist if self.kind is PlaceKind.ALBUM else None,
            genre=self.name if self.kind is PlaceKind.GENRE else None,
            sort=sort,
            descending=descending,
        )

    def nothing(self, text: str) -> tuple[str, str]:
        """What to say when it is empty: a headline and a sentence that helps."""
        if text.strip():
            return (
                f"Nothing found for “{text.strip()}”",
                "Try fewer letters, or terms such as artist:lund, year:1990..1999 or liked:yes.",
            )
        return _NOTHING.get(
            self.kind, ("No music here yet", "Add a music folder in the settings, or rescan (F5).")
        )


def sounds_like(track: Track) -> Place:
    """The place of the songs that sound like a track."""
    return Place(
        PlaceKind.SOUNDS_LIKE,
        track.title,
        track.artist,
        track.cover_key,
        track.location,
        track_id=track.track_id,
    )
