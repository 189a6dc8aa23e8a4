"""What an agent sees of each song, from recorded sessions: its place, its fame, and its skips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray
from recommender.evaluation.judging.halves import SongTraits
from recommender.models import pair_vectors
from recommender.simulation.crowd import LoggedSession
from recommender.vectors.lexicon import unit

DIM = 24
FOLDS = 5
SURE = 5.0
"""A song of so many plays counts half as being where co-listening puts it."""
SHRUNK = 16.0
"""Plays that went like the rest of their session, added to what is known of each song."""
FAME, STAYING = 0.5, 0.5
"""How long the two figures of a usual song are beside its place, of length 1."""

Part = tuple[Sequence[LoggedSession], FloatArray]
"""Sessions, and what is seen of the songs in them, (songs, any)."""


def co_listening(sessions: Sequence[LoggedSession], songs: int, seed: int) -> FloatArray:
    """Where these sessions put the songs, of length 1, zeros without any, (songs, DIM)."""
    return pair_vectors.co_listening([each.songs for each in sessions], songs, DIM, seed)


def views_of(places: FloatArray, traits: SongTraits) -> FloatArray:
    """Places (songs, dim) with two figures behind them, at length 1: (songs, dim + 2).

    These are the plays, and how much rarer than the rest of its sessions a song is skipped, which
    says more of the song than its rate: who skips, skips most. The rarer a song the less is made of
    its place.
    """
    plays = traits.plays.astype(np.float64)
    staying = -traits.beyond / (plays + SHRUNK)
    figures = [FAME * _standard(np.log1p(plays), plays), STAYING * _standard(staying, plays)]
    sure = (plays / (plays + SURE))[:, None]
    wide = np.concatenate([sure * places, np.stack(figures, axis=1)], axis=1)
    return unit(wide).astype(np.float32)


def folded(sessions: Sequence[LoggedSession], places: FloatArray) -> list[Part]:
    """The sessions in FOLDS parts, each with what the others say of the songs.

    So nobody who learns from them sees in a song's figures what is to be foretold.
    """
    parts: list[Part] = []
    for fold in range(min(FOLDS, len(sessions))):
        others = [each for at, each in enumerate(sessions) if at % FOLDS != fold]
        parts.append((sessions[fold::FOLDS], views_of(places, SongTraits.of(others, len(places)))))
    return parts


def _standard(values: DoubleArray, plays: DoubleArray) -> DoubleArray:
    """With the mean 0 and the spread 1 over all plays."""
    if not plays.any():
        return np.zeros(len(values))
    away = values - np.average(values, weights=plays)
    spread = float(np.sqrt(np.average(np.square(away), weights=plays)))
    result: DoubleArray = away / (spread or 1.0)
    return result
