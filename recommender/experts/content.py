"""Similarity of tags: for songs that nobody has played yet, and for albums in their order."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.history import History
from recommender.experts.base import Expert, Moment

ALBUM, ARTIST, GENRE, YEAR, TITLE = 0.3, 0.35, 0.3, 0.1, 0.1

KEPT_TITLES = 8


class Content(Expert):
    """Album, artist, genre, year and title text compared with the last few songs.

    A song that was skipped is no example to follow: the one before it stands for the moment.
    """

    name = "content"
    columns = ("alike", "album", "album_next", "genre", "year", "title", "title_recent")

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self._kept: dict[int, FloatArray] = {}
        self._revision = -1

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        if not moment.recent:
            return
        catalogue, song = self.catalogue, moment.anchor
        self._album(song, out)
        if catalogue.genre[song]:
            out[3] = catalogue.genre == catalogue.genre[song]
        if catalogue.year[song]:
            gap = np.abs(catalogue.year - catalogue.year[song])
            out[4] = np.exp(-gap / 4) * (catalogue.year > 0)
        followed = (song, *(other for other in moment.recent[:4] if other != song))
        for back, other in enumerate(followed):
            alike = self._titles(other)
            if back == 0:
                out[5] = alike
            out[6] += alike * np.float32(0.7**back)
        out[5, song] = 0
        out[6, list(moment.recent[:4])] = 0
        same_artist = catalogue.artist == catalogue.artist[song]
        out[0] = (ALBUM * out[1] + ARTIST * same_artist + GENRE * out[3] + YEAR * out[4]
                  + TITLE * out[5])  # fmt: skip

    def _titles(self, song: int) -> FloatArray:
        """How alike all titles are to the song's; the last few answers are kept."""
        if self._revision != self.catalogue.revision:
            self._revision = self.catalogue.revision
            self._kept.clear()
        if song not in self._kept:
            if len(self._kept) >= KEPT_TITLES:
                self._kept.pop(next(iter(self._kept)))
            owners, amounts = self.catalogue.titles.similar(song)
            sums = np.bincount(owners, amounts, minlength=len(self.catalogue))
            self._kept[song] = sums.astype(np.float32)
        return self._kept[song]

    def _album(self, song: int, out: FloatArray) -> None:
        catalogue = self.catalogue
        if not catalogue.album[song]:
            return
        mates = np.flatnonzero(catalogue.album == catalogue.album[song])
        out[1, mates] = 1
        if catalogue.track[song]:
            later = mates[catalogue.track[mates] > catalogue.track[song]]
            if len(later):
                out[2, later[np.argmin(catalogue.track[later])]] = 1


def likeness(expert: Expert, song: int) -> FloatArray:
    """How alike every song is to `song` by its tags, from 0 to about 1, shape (songs,)."""
    catalogue = expert.catalogue
    alike = ARTIST * (catalogue.artist == catalogue.artist[song]).astype(np.float32)
    if catalogue.album[song]:
        alike += np.float32(ALBUM) * (catalogue.album == catalogue.album[song])
    if catalogue.genre[song]:
        alike += np.float32(GENRE) * (catalogue.genre == catalogue.genre[song])
    if catalogue.year[song]:
        gap = np.abs(catalogue.year - catalogue.year[song])
        alike += np.float32(YEAR) * np.exp(-gap / 4) * (catalogue.year > 0)
    owners, amounts = catalogue.titles.similar(song)
    alike += np.float32(TITLE) * np.bincount(owners, amounts, minlength=len(catalogue))
    result: FloatArray = alike.astype(np.float32)
    return result
