"""The catalogue: songs as dense numbers, with their artists, albums, genres and neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.api import Song
from recommender.data.arrays import BoolArray, FloatArray, IndexArray, IntArray, grown
from recommender.data.titles import TitleIndex


class Catalogue:
    """Songs under stable dense indexes; a song that was removed keeps its index."""

    def __init__(self, songs: Sequence[Song] = ()) -> None:
        self.songs: list[Song] = []
        self.index_of: dict[int, int] = {}
        self.artist: IntArray = np.zeros(0, np.int32)
        self.album: IntArray = np.zeros(0, np.int32)
        self.genre: IntArray = np.zeros(0, np.int32)
        self.year: FloatArray = np.zeros(0, np.float32)
        self.track: IntArray = np.zeros(0, np.int32)
        self.active: BoolArray = np.zeros(0, bool)
        self._codes: tuple[dict[object, int], ...] = ({}, {"": 0}, {"": 0})
        self.artist_names: list[str] = []
        self._titles: TitleIndex | None = None
        self._sizes: IndexArray | None = None
        self.revision = 0
        self.update(songs)

    def __len__(self) -> int:
        return len(self.songs)

    @property
    def artists(self) -> int:
        """How many distinct artists there are, removed songs' artists included."""
        return len(self.artist_names)

    def replace(self, songs: Sequence[Song]) -> None:
        """Make `songs` the whole catalogue; songs not among them become inactive."""
        self.active[:] = False
        self.update(songs)

    def remove(self, song_ids: Sequence[int]) -> None:
        """Take songs off the catalogue; their place is kept in case they return."""
        for song_id in song_ids:
            if song_id in self.index_of:
                self.active[self.index_of[song_id]] = False
        self._touch()

    def update(self, songs: Sequence[Song]) -> None:
        """Add new songs and take over the tags of known ones."""
        fresh = len({song.song_id for song in songs} - self.index_of.keys())
        self._reserve(len(self.songs) + fresh)
        for song in songs:
            place = self.index_of.setdefault(song.song_id, len(self.songs))
            if place == len(self.songs):
                self.songs.append(song)
                self._write(place, song)
            elif self.songs[place] != song:
                self.songs[place] = song
                self._write(place, song)
        places = [self.index_of[song.song_id] for song in songs]
        self.active[places] = True
        self._touch()

    def _reserve(self, size: int) -> None:
        for name in ("artist", "album", "genre", "year", "track", "active"):
            setattr(self, name, grown(getattr(self, name), size))

    def _write(self, place: int, song: Song) -> None:
        artists, albums, genres = self._codes
        name = song.artist.strip().casefold()
        key: object = name if name else ("unknown", song.song_id)
        code = artists.setdefault(key, len(artists))
        if code == len(self.artist_names):
            self.artist_names.append(song.artist.strip() or "Unknown artist")
        album = song.album.strip().casefold()
        self.artist[place] = code
        self.album[place] = albums.setdefault((album, name), len(albums)) if album else 0
        genre = song.genre.strip().casefold()
        self.genre[place] = genres.setdefault(genre, len(genres)) if genre else 0
        self.year[place] = song.year or 0
        self.track[place] = song.track_number or 0

    def _touch(self) -> None:
        self._titles = None
        self._sizes = None
        self.revision += 1

    @property
    def titles(self) -> TitleIndex:
        """The index of title text, made at first need."""
        if self._titles is None:
            self._titles = TitleIndex([song.title for song in self.songs])
        return self._titles

    @property
    def artist_sizes(self) -> IndexArray:
        """How many songs each artist has in the catalogue now, shape (artists,)."""
        if self._sizes is None:
            self._sizes = np.bincount(self.artist[self.active], minlength=self.artists)
        return self._sizes
