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
from recommender.audio.spectra import BATCH, Frames
from recommender.data.arrays import FloatArray

NAMES = (*FRAME_NAMES, *SPECTRUM_NAMES, *RHYTHM_NAMES)
"""What each feature tells."""

HAND = len(NAMES)


class HandSummary:
    """The features of a sound that comes bit by bit, and how its moments differ in them; what it
    holds does not grow. A moment is what `Spectra` computes at once, about six seconds."""

    def __init__(self) -> None:
        self._sums: Sums = {}
        self._rhythm = Rhythm()
        self._moment: FloatArray | None = None
        self._apart, self._pairs = np.zeros(HAND, np.float32), 0

    def add(self, frames: Frames) -> None:
        """The next frames, of this stretch of the sound or of another."""
        rows = len(frames.power)
        if rows:
            levels = Levels.of(frames)
            own = frame_sums(levels) | spectrum_sums(levels)
            self._sums = added(self._sums, own)
            own |= self._rhythm.add(frames)
            if rows == BATCH:
                self._compare(_features(own))

    def result(self) -> FloatArray:
        """The features of all, (HAND,); raises ValueError before there is any."""
        sums = self.sums()
        if "frames" not in sums:
            raise ValueError("nothing was heard")
        return _features(sums)

    def sums(self) -> Sums:
        """Sums over all that was added."""
        return added(self._sums, self._rhythm.sums())

    def apart(self) -> FloatArray | None:
        """How its moments differ, (HAND,): each second one less the one before, summed and scaled
        so that the squares are on average the variance of one; None where there are no two."""
        return self._apart / np.float32(np.sqrt(2 * self._pairs)) if self._pairs else None

    def _compare(self, moment: FloatArray) -> None:
        if self._moment is None:
            self._moment = moment
            return
        self._apart, self._pairs = self._apart + moment - self._moment, self._pairs + 1
        self._moment = None


def _features(sums: Sums) -> FloatArray:
    features = (frame_features(sums), spectrum_features(sums, float(sums["frames"][0])),
                rhythm_features(sums))  # fmt: skip
    return np.concatenate(features).astype(np.float32)
