"""A track: a file or a stream, as the player knows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Track:
    """One playable thing. `track_id` survives a re-tag, a move and a rescan.

    `location` is an absolute path, or a URL for a stream. `cover_key` names the thumbnail of the
    track's cover, empty when it has none. ReplayGain values are in decibels, peaks linear.
    """

    track_id: int
    location: str
    title: str
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    genre: str = ""
    year: int | None = None
    track_number: int | None = None
    disc_number: int | None = None
    duration_ms: int | None = None
    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None
    cover_key: str = ""
    available: bool = True
    liked: bool = False
    disliked: bool = False

    @property
    def is_stream(self) -> bool:
        """Whether the location is a URL."""
        return "://" in self.location
