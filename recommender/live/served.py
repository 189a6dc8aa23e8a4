"""A fitted sequence model beside a library: which of its songs the model knows, and the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recommender.api import Song
from recommender.data.arrays import BoolArray, FloatArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models.base import SequenceModel

BELOW_ARTIST, BELOW_GENRE, BELOW_ALL = 0.7, 1.0, 1.0
"""How far, in nats, a song that the model does not know stands below what it is judged by."""

Match = Callable[[Vocabulary], Callable[[Song], int]]
"""Given a vocabulary, what finds a song's code in it, UNKNOWN if it is not there."""


def by_id(vocabulary: Vocabulary) -> Callable[[Song], int]:
    """Finds songs by their number: a model that was taught by this listener's plays."""
    return lambda song: vocabulary.code_of.get(str(song.song_id), UNKNOWN)


def by_name(vocabulary: Vocabulary) -> Callable[[Song], int]:
    """Finds songs by artist and title, whatever their case: a model that was trained elsewhere.

    Of several of the same name the one played most is meant.
    """
    names = zip(vocabulary.artists, vocabulary.titles, strict=True)
    codes: dict[tuple[str, str], int] = {}
    for code, (artist, title) in enumerate(names):
        name = _name(artist, title)
        if name not in codes or vocabulary.counts[code] > vocabulary.counts[codes[name]]:
            codes[name] = code
    codes.pop(("", ""), None)
    return lambda song: codes.get(_name(song.artist, song.title), UNKNOWN)


def _name(artist: str, title: str) -> tuple[str, str]:
    return " ".join(artist.casefold().split()), " ".join(title.casefold().split())


class Served:
    """Scores every song of the catalogue: log-probabilities, and guesses where there are none."""

    def __init__(self, model: SequenceModel[Any], match: Match, catalogue: Catalogue) -> None:
        self.model = model
        self.codes: IntArray = np.zeros(0, np.int32)
        self._find = match(model.vocabulary)
        self._catalogue = catalogue
        self.align()

    def align(self) -> bool:
        """Find every song's code anew; says whether the code of a song changed."""
        old = self.codes
        found = [self._find(song) for song in self._catalogue.songs]
        self.codes = np.array(found, np.int32)
        return not np.array_equal(old, self.codes[: len(old)])

    @property
    def known(self) -> int:
        """How many songs of the library the model knows."""
        return int(np.count_nonzero(self._catalogue.active & self.knows))

    @property
    def knows(self) -> BoolArray:
        """Whether the model knows each song, shape (songs,)."""
        known: BoolArray = self.codes != UNKNOWN
        return known

    def scores(self, state: Any) -> FloatArray:
        """A score a song after the songs that `state` has seen, shape (songs,)."""
        known = self.knows
        scores = np.zeros(len(self.codes), np.float32)
        scores[known] = self.model.log_probabilities(state)[self.codes[known]]
        return with_guesses(scores, known, self._catalogue)


def with_guesses(scores: FloatArray, known: BoolArray, catalogue: Catalogue) -> FloatArray:
    """The scores with those of unknown songs filled in, shape (songs,).

    A song goes by the mean of its artist's known songs, else of its genre's, else it stands below
    all of them.
    """
    if known.all() or not known.any():
        return scores
    unknown = ~known
    filled = scores.copy()
    filled[unknown] = scores[known].min() - BELOW_ALL
    has_genre: BoolArray = catalogue.genre > 0
    for groups, judges, below in (
        (catalogue.genre, known & has_genre, BELOW_GENRE),
        (catalogue.artist, known, BELOW_ARTIST),
    ):
        counts = np.bincount(groups[judges], minlength=int(groups.max()) + 1)
        sums = np.bincount(groups[judges], scores[judges], len(counts))
        judged = unknown & (counts[groups] > 0)
        filled[judged] = (sums[groups[judged]] / counts[groups[judged]]) - below
    return filled
