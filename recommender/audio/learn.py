"""Learning how songs sound to their listener: the best that the songs and plays at hand allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from recommender.audio.ridge import ridge
from recommender.audio.targets import directions
from recommender.audio.training_set import TrainingSet
from recommender.data.arrays import FloatArray

Way = Literal["mean", "ridge", "seed", "sound"]
WAYS: tuple[Way, ...] = ("mean", "ridge", "seed", "sound")
MOST_S = 120.0

Tell = Callable[[float], None]
"""Is told the share that is done; may raise to end the work, or wait to hold it up."""


def untold(share: float) -> None:
    """Tells nobody."""


def predict_targets(
    kind: Way,
    train: TrainingSet,
    test: TrainingSet,
    seed: int = 0,
    device: str = "cpu",
    most_s: float = MOST_S,
    tell: Tell = untold,
) -> FloatArray:
    """What the sounds of `test` tell of their targets, (songs, dim), by what `train` teaches.

    `mean` is the same for all songs, `ridge` is linear in hand-made features, `seed` and `sound`
    are networks, the second with hand-made features beside the spectrogram.
    """
    known = np.flatnonzero(train.known)
    wanted = directions(train.targets[known])
    if kind == "mean":
        return np.repeat(wanted.mean(0, keepdims=True), len(test), axis=0)
    if kind == "ridge":
        fitted, _ = ridge(train.hands[known], wanted, train.groups[known])
        return fitted.predict(test.hands)
    raise NotImplementedError(kind)
