"""The catalogue: songs as dense numbers, with their artists, albums, genres and neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.api import Song
from recommender.data.arrays import (
    BoolArray,
    DoubleArray,
    FloatArray,
    IndexArray,
    IntArray,
    grown,
)
from recommender.data.groups import Groups
from recommender.data.pool import distinct
from recommender.data.titles import TitleIndex

TAGS = ("artist", "album", "genre", "year", "track")
SLAB = 50_000
"""So many songs are taken in at a time, to need little memory besides them."""

ORDERS = {"artist": ("_mixed",), "album": ("track",), "genre": ("_mixed", "year")}
"""How the songs of one artist, album or genre are ordered: the later key counts more."""


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
        self._present: int | None = None
        self._groups: dict[str, Groups] = {}
        self._shuffled: IntArray | None = None
        self._table: IntArray = np.zeros(0, np.int32)
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
        self._touch(retagged=False)

    def update(self, songs: Sequence[Song]) -> None:
        """Add new songs and take over the tags of known ones."""
        written = [self._take_in(songs[at : at + SLAB]) for at in range(0, len(songs), SLAB)]
        self._touch(retagged=any(written))

    def _take_in(self, songs: Sequence[Song]) -> bool:
        """Add or re-tag a few songs; says whether anything was written."""
        places, written, tags = [], [], []
        for song in songs:
            place = self.index_of.setdefault(song.song_id, len(self.songs))
            places.append(place)
            if place == len(self.songs):
                self.songs.append(song)
            elif self.songs[place] == song:
                continue
            else:
                self.songs[place] = song
            written.append(place)
            tags.append(self._coded(song))
        for name in (*TAGS, "active"):
            setattr(self, name, grown(getattr(self, name), len(self.songs)))
        for name, column in zip(TAGS, np.array(tags, np.int32).T, strict=False):
            getattr(self, name)[written] = column
        self.active[places] = True
        return bool(written)

    def _coded(self, song: Song) -> tuple[int, int, int, int, int]:
        """The song's artist, album and genre as codes, its year and its track number."""
        artists, albums, genres = self._codes
        name = song.artist.strip().casefold()
        key: object = name if name else ("unknown", song.song_id)
        artist = artists.setdefault(key, len(artists))
        if artist == len(self.artist_names):
            self.artist_names.append(song.artist.strip() or "Unknown artist")
        title = song.album.strip().casefold()
        album = albums.setdefault((title, name), len(albums)) if title else 0
        genre = song.genre.strip().casefold()
        return (
            artist, album, genres.setdefault(genre, len(genres)) if genre else 0,
            song.year or 0, song.track_number or 0,
        )  # fmt: skip

    def _touch(self, retagged: bool) -> None:
        """Forget what was derived: of the tags only when a tag changed or a song joined."""
        self._sizes = self._present = None
        if retagged:
            self._titles = self._shuffled = None
            self._groups.clear()
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

    @property
    def present(self) -> int:
        """How many songs are there now."""
        if self._present is None:
            self._present = int(np.count_nonzero(self.active))
        return self._present

    @property
    def artist_songs(self) -> Groups:
        """The songs of each artist, in a fixed mixed order."""
        return self._grouped("artist")

    @property
    def album_songs(self) -> Groups:
        """The songs of each album."""
        return self._grouped("album")

    @property
    def genre_songs(self) -> Groups:
        """The songs of each genre by year, those of a year in a fixed mixed order."""
        return self._grouped("genre")

    @property
    def shuffled(self) -> IntArray:
        """All songs in a fixed mixed order that does not follow the tags."""
        if self._shuffled is None:
            self._shuffled = np.argsort(self._mixed, kind="stable").astype(np.int32)
        return self._shuffled

    def summed(
        self, songs: IntArray | IndexArray, weights: FloatArray | DoubleArray
    ) -> tuple[IndexArray, DoubleArray]:
        """The distinct songs and the sum of each one's weights, at the cost of `songs` alone."""
        found, which = distinct(songs, self.table)
        return found, np.bincount(which, weights, len(found)).astype(np.float64)

    @property
    def table(self) -> IntArray:
        """Room for `distinct` over songs or artists, written over by every use."""
        size = max(len(self.songs), self.artists)
        if len(self._table) < size:
            self._table = np.zeros(size, np.int32)
        return self._table

    @property
    def _mixed(self) -> IndexArray:
        """A number per song that follows from its id and looks like chance."""
        ids = np.fromiter((song.song_id for song in self.songs), np.int64, len(self.songs))
        mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(31)
        result: IndexArray = (mixed * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(1)).astype(
            np.int64
        )
        return result

    def _grouped(self, name: str) -> Groups:
        if name not in self._groups:
            order = (getattr(self, key) for key in ORDERS[name])
            codes = self._codes[TAGS.index(name)]
            self._groups[name] = Groups(getattr(self, name), len(codes), *order)
        return self._groups[name]
