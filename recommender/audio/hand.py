"""Hand-made features of a sound: timbre, harmony, rhythm and loudness in some 700 numbers."""

from __future__ import annotations

import numpy as np

from recommender.audio.hand_frames import (
    FRAME_NAMES,
    Levels,
    Sums,
    frame_features,
    frame_sums,
)
from recommender.audio.hand_rhythm import RHYTHM_NAMES, Rhythm, added, rhythm_features
from recommender.audio.hand_spectrum import SPECTRUM_NAMES, spectrum_features, spectrum_sums
from recommender.audio.spectra import FINE_PER_S, Frames
from recommender.data.arrays import DoubleArray, FloatArray

NAMES = (*FRAME_NAMES, *SPECTRUM_NAMES, *RHYTHM_NAMES)
"""What each feature tells."""

HAND = len(NAMES)

SECTION = round(14.9 * FINE_PER_S)
"""Rows that are told from those before and after them, no more than an excerpt has."""


class HandSummary:
    """The features of a sound that comes bit by bit; what it holds does not grow."""

    def __init__(self) -> None:
        self._halves = (_Half(), _Half())
        self._rows = 0

    def add(self, frames: Frames) -> None:
        """The next frames, of this stretch of the sound or of another."""
        if len(frames.power):
            self._halves[self._rows // SECTION % 2].add(frames)
            self._rows += len(frames.power)

    def result(self) -> FloatArray:
        """The features of all, (HAND,); raises ValueError before there is any."""
        all_sums = added(self._halves[0].sums(), self._halves[1].sums())
        return _features(all_sums).astype(np.float32)

    def apart(self) -> FloatArray:
        """How sections of the sound differ, (HAND,): every other one from the rest, scaled so that
        its square is the variance of one section's features; zeros where there is but one.
        """
        if self._rows <= SECTION:
            return np.zeros(HAND, np.float32)
        one, other = (half.sums() for half in self._halves)
        sections = [max(1.0, sums["rows"][0] / SECTION) for sums in (one, other)]
        scale = np.sqrt(1 / sections[0] + 1 / sections[1])
        apart: FloatArray = ((_features(one) - _features(other)) / scale).astype(np.float32)
        return apart


class _Half:
    def __init__(self) -> None:
        self._sums: Sums = {}
        self._rhythm = Rhythm()

    def add(self, frames: Frames) -> None:
        levels = Levels.of(frames)
        self._sums = added(added(self._sums, frame_sums(levels)), spectrum_sums(levels))
        self._rhythm.add(frames)

    def sums(self) -> Sums:
        return added(self._sums, self._rhythm.sums())


def _features(sums: Sums) -> DoubleArray:
    if "frames" not in sums:
        raise ValueError("nothing was heard")
    parts = (frame_features(sums), spectrum_features(sums, float(sums["frames"][0])),
             rhythm_features(sums))  # fmt: skip
    return np.concatenate(parts)
