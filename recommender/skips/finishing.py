"""How likely it is that the next song is played to where it no longer counts as a skip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.skips.base import SkipModel
from recommender.skips.sessions import LONGEST, Field, Halves


@dataclass(frozen=True, slots=True)
class Prefix:
    """The songs of a session so far as dense indexes, the oldest first, and which were skipped.

    More than the last 19 are not looked at.
    """

    songs: tuple[int, ...]
    skipped: tuple[bool, ...]


def finishing(model: SkipModel, prefix: Prefix, candidates: IndexArray) -> DoubleArray:
    """For each candidate the chance that it is finished as the next song, shape (candidates,).

    Fit the model on `log.only(Field.SKIP_2)`, for that is all that a prefix tells. `candidates` are
    dense indexes; a song that the model has not met is judged by the session alone.
    Raises ValueError for a session without a song.
    """
    if not prefix.songs or len(prefix.songs) != len(prefix.skipped):
        raise ValueError("a prefix has a song or more, and says of each whether it was skipped")
    heard, skips = prefix.songs[1 - LONGEST :], prefix.skipped[1 - LONGEST :]
    known, count = len(heard), len(candidates)
    songs = np.full((count, LONGEST), -1, np.int64)
    songs[:, :known], songs[:, known] = heard, candidates
    values: FloatArray = np.full((count, LONGEST, len(Field)), np.nan, np.float32)
    values[:, :known, Field.SKIP_2] = skips
    lengths = np.full(count, known + 1, np.int64)
    halves = Halves(lengths, np.full(count, known, np.int64), songs, values)
    result: DoubleArray = 1.0 - model.probabilities(halves)[:, known]
    return result
