"""Hand-made features of a sound: timbre, harmony, rhythm and loudness in some 700 numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

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
from recommender.audio.spectra import Frames
from recommender.data.arrays import FloatArray

NAMES = (*FRAME_NAMES, *SPECTRUM_NAMES, *RHYTHM_NAMES)
"""What each feature tells."""

HAND = len(NAMES)


class HandSummary:
    """The features of a sound that comes bit by bit; what it holds does not grow."""

    def __init__(self) -> None:
        self._sums: Sums = {}
        self._rhythm = Rhythm()

    def add(self, frames: Frames) -> None:
        """The next frames, of this stretch of the sound or of another."""
        if len(frames.power):
            levels = Levels.of(frames)
            self._sums = added(added(self._sums, frame_sums(levels)), spectrum_sums(levels))
            self._rhythm.add(frames)

    def result(self) -> FloatArray:
        """The features of all, (HAND,); raises ValueError before there is any."""
        return together([self])

    def sums(self) -> Sums:
        """Sums over all that was added."""
        return added(self._sums, self._rhythm.sums())


def together(parts: Sequence[HandSummary]) -> FloatArray:
    """The features of parts of a sound as of one, (HAND,); raises ValueError if they are empty."""
    sums = reduce(added, (part.sums() for part in parts))
    if "frames" not in sums:
        raise ValueError("nothing was heard")
    features = (frame_features(sums), spectrum_features(sums, float(sums["frames"][0])),
                rhythm_features(sums))  # fmt: skip
    return np.concatenate(features).astype(np.float32)
