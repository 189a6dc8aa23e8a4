"""What a word of the listener's is about: the songs of an artist, of a genre, or one song."""

from __future__ import annotations

import numpy as np

from recommender.api import Scope, Song
from recommender.data.arrays import IndexArray
from recommender.data.catalogue import Catalogue


def key_of(name: str) -> str:
    """A name without case and surrounding blanks: names are the same when their keys are."""
    return name.strip().casefold()


def members(catalogue: Catalogue, scope: Scope, name: str) -> IndexArray:
    """The dense songs that a word is about; none for a name that the catalogue does not hold."""
    if scope is Scope.SONG:
        place = catalogue.index_of.get(int(name)) if name.isdecimal() else None
        return np.array([] if place is None else [place], np.int64)
    wanted = key_of(name)
    if not wanted:
        return np.zeros(0, np.int64)
    codes = catalogue.artist if scope is Scope.ARTIST else catalogue.genre
    found, first = np.unique(codes, return_index=True)
    tags = (_tag(catalogue.songs[place], scope) for place in first.tolist())
    alike = np.array([key_of(tag) == wanted for tag in tags], bool)
    result: IndexArray = np.flatnonzero(np.isin(codes, found[alike]))
    return result


def is_about(scope: Scope, name: str, song_id: int, song: Song | None) -> bool:
    """Whether a word is about this song; `song` is None for one whose tags are not known."""
    if scope is Scope.SONG:
        return name == str(song_id)
    return song is not None and key_of(_tag(song, scope)) == key_of(name) != ""


def _tag(song: Song, scope: Scope) -> str:
    return song.artist if scope is Scope.ARTIST else song.genre
