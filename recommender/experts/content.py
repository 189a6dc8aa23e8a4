"""Similarity of tags: for songs that nobody has played yet, and for albums in their order."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.pool import Pool, distinct
from recommender.experts.base import Expert, Moment, best_first

ALBUM, ARTIST, GENRE, YEAR, TITLE = 0.3, 0.35, 0.3, 0.1, 0.1

MOST_LIKE = 400


class Content(Expert):
    """Album, artist, genre, year and title text compared with the last few songs.

    A song that was skipped is no example to follow: the one before it stands for the moment.
    """

    name = "content"
    columns = ("alike", "album", "album_next", "genre", "year", "title", "title_recent")
    most = 1000

    def propose(self, moment: Moment) -> IndexArray:
        """Songs of the same album, artist, genre and time, and of like titles."""
        if not moment.recent:
            return super().propose(moment)
        return songs_like(self.catalogue, moment.anchor)[: self.most]

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        if not moment.recent:
            return
        catalogue, song = self.catalogue, moment.anchor
        tags = Tags(catalogue, pool.songs)
        out[1], out[3], out[4] = tags.album(song), tags.genre(song), tags.year(song)
        out[2, pool.slots(self._next(song))] = 1
        followed = (song, *(other for other in moment.recent[:4] if other != song))
        for back, other in enumerate(followed):
            alike = pool.sums(*catalogue.titles.similar(other))
            if back == 0:
                out[5] = alike
            out[6] += alike * np.float32(0.7**back)
        out[5, pool.slots(np.array([song]))] = 0
        out[6, pool.slots(np.array(moment.recent[:4]))] = 0
        out[0] = (ALBUM * out[1] + ARTIST * tags.artist(song) + GENRE * out[3] + YEAR * out[4]
                  + TITLE * out[5])  # fmt: skip

    def _next(self, song: int) -> IntArray:
        """The song that comes next on its album, none or one."""
        catalogue = self.catalogue
        if not (catalogue.album[song] and catalogue.track[song]):
            return catalogue.album_songs.songs[:0]
        mates = catalogue.album_songs.of(int(catalogue.album[song]))
        later = np.searchsorted(catalogue.track[mates], catalogue.track[song], "right")
        return mates[later : later + 1]


class Tags:
    """The tags of some songs, to compare them with one song after another; shapes (songs,)."""

    def __init__(self, catalogue: Catalogue, songs: IndexArray) -> None:
        self._all = catalogue
        self._artist, self._album = catalogue.artist[songs], catalogue.album[songs]
        self._genre, self._year = catalogue.genre[songs], catalogue.year[songs]

    def artist(self, song: int) -> BoolArray:
        """Whether the songs are by the song's artist."""
        same: BoolArray = self._artist == self._all.artist[song]
        return same

    def album(self, song: int) -> BoolArray:
        """Whether the songs are on the song's album."""
        album = self._all.album[song]
        same: BoolArray = (self._album == album) & (album > 0)
        return same

    def genre(self, song: int) -> BoolArray:
        """Whether the songs are of the song's genre."""
        genre = self._all.genre[song]
        same: BoolArray = (self._genre == genre) & (genre > 0)
        return same

    def year(self, song: int) -> FloatArray:
        """How near the songs' years are, 1 for the same, 0 where a year is not known."""
        year = self._all.year[song]
        if not year:
            return np.zeros(len(self._year), np.float32)
        near: FloatArray = np.exp(-np.abs(self._year - year) / 4) * (self._year > 0)
        return near

    def likeness(self, song: int) -> FloatArray:
        """How alike the songs are to `song` apart from their titles, from 0 to about 1."""
        alike = np.float32(ARTIST) * self.artist(song)
        alike += np.float32(ALBUM) * self.album(song)
        alike += np.float32(GENRE) * self.genre(song)
        alike += np.float32(YEAR) * self.year(song)
        result: FloatArray = alike
        return result


def songs_like(catalogue: Catalogue, song: int) -> IndexArray:
    """Some of the songs that are most alike to `song` by their tags, the most alike first."""
    artist, album = int(catalogue.artist[song]), int(catalogue.album[song])
    groups: list[IntArray | IndexArray] = [
        catalogue.artist_songs.of(artist)[:MOST_LIKE],
        _of_its_time(catalogue, song),
    ]
    if album:
        groups.append(catalogue.album_songs.of(album)[:MOST_LIKE])
    titles = catalogue.summed(*catalogue.titles.similar(song))
    groups.append(best_first(*titles, MOST_LIKE))
    named: IndexArray = np.concatenate(groups).astype(np.int64)
    songs, _ = distinct(named, catalogue.table)
    alike = Tags(catalogue, songs).likeness(song)
    return best_first(songs, alike, len(songs))


def _of_its_time(catalogue: Catalogue, song: int) -> IntArray:
    """Songs of the same genre whose year is nearest."""
    genre = int(catalogue.genre[song])
    if not genre:
        return catalogue.genre_songs.songs[:0]
    same = catalogue.genre_songs.of(genre)
    at = int(np.flatnonzero(same == song)[0])
    return same[max(0, at - MOST_LIKE // 2) : at + MOST_LIKE // 2]
