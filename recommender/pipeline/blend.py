"""The blend: how far the linear stage and the network are each trusted, by how each foretold."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray
from recommender.data.ledger import Ledger
from recommender.pipeline.linear import softmax

RATE = 0.3
FADE = 0.99
LEAST = 1e-9


class Blend:
    """A mixture of both stages' chances, weighted by exponentiated losses (Hedge: Freund and
    Schapire, 1997) that fade, so that the network leads where it has seen enough plays and steps
    back where it has not.

    `loss` holds the faded sums of minus the log of the chance that each gave to what was played.
    """

    def __init__(self) -> None:
        self.loss: DoubleArray = np.zeros(2, np.float64)

    @property
    def weights(self) -> DoubleArray:
        """How far the linear stage and the network are trusted, shape (2,), together 1."""
        shares = np.exp(-RATE * (self.loss - self.loss.min()))
        result: DoubleArray = shares / shares.sum()
        return result

    def mix(self, first: FloatArray, deep: FloatArray) -> FloatArray:
        """Scores of the shortlist, shape (songs,): logs of mixed chances, on the linear scale.

        None comes below the shortlist's lowest first score, so that what was not shortlisted
        stays behind; the order is kept.
        """
        chances = self.weights @ np.stack([softmax(first), softmax(deep)])
        logs = np.log(chances + LEAST).astype(np.float32)
        top = first.max()
        scale = top + np.log(np.exp(first - top).sum())
        result: FloatArray = np.maximum(logs + scale, first.min()) + np.float32(1e-3) * (
            logs - logs.min() + 1
        )
        return result

    def learn(self, first: FloatArray, deep: FloatArray, place: int, ledger: Ledger) -> None:
        """Judge both by the chance that they gave to the song at `place` of the shortlist."""
        chances = np.array([softmax(each)[place] for each in (first, deep)], np.float64)
        ledger.assign(self, "loss", FADE * self.loss - np.log(chances + LEAST))
