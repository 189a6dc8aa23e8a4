"""Log-odds learnt play by play: a Bayesian logistic regression that an undo takes back exactly."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import DoubleArray
from recommender.data.ledger import Ledger

FADE = 0.9995
"""What was learnt long ago fades towards the prior's doubt, so that new habits are still learnt."""

MOST = 6.0
"""Log-odds are held within so much: 0.25 % and 99.75 %."""


class OnlineOdds:
    """Weights with a Gaussian belief, moved by one Newton step a play (Spiegelhalter and Lauritzen,
    1990).

    `weights` (features,) and `precision` (features, features) are what was learnt; weights stay
    within `lowest` and `highest`, shapes (features,).
    """

    def __init__(
        self, prior: DoubleArray, variance: DoubleArray, lowest: DoubleArray, highest: DoubleArray
    ) -> None:
        self.weights = prior.copy()
        self.precision: DoubleArray = np.diag(1 / variance)
        self._prior, self._first = prior, self.precision.copy()
        self._lowest, self._highest = lowest, highest
        self._inverted = (self.precision, np.diag(variance))

    def forget(self) -> None:
        """Be as before the first play."""
        self.weights, self.precision = self._prior.copy(), self._first.copy()

    def log_odds(self, features: DoubleArray) -> DoubleArray:
        """The log-odds at features of shape (features, songs), smaller where they are in doubt
        (MacKay, 1992); shape (songs,)."""
        doubt = (features * (self._covariance(self.precision) @ features)).sum(axis=0)
        odds = (self.weights @ features) / np.sqrt(1 + np.pi / 8 * doubt)
        result: DoubleArray = np.clip(odds, -MOST, MOST)
        return result

    def learn(self, features: DoubleArray, happened: bool, ledger: Ledger) -> None:
        """One step: at these features, shape (features,), it happened or it did not."""
        chance = chance_of(np.clip(self.weights @ features, -MOST, MOST))
        precision = FADE * self.precision + (1 - FADE) * self._first
        precision += chance * (1 - chance) * np.outer(features, features)
        step = self._covariance(precision) @ features * (happened - chance)
        weights = np.clip(self.weights + step, self._lowest, self._highest)
        ledger.assign(self, "precision", precision)
        ledger.assign(self, "weights", weights)

    def _covariance(self, precision: DoubleArray) -> DoubleArray:
        """The inverse of a precision, which is replaced as a whole; the latest is kept."""
        if self._inverted[0] is not precision:
            self._inverted = (precision, np.linalg.inv(precision).astype(np.float64, copy=False))
        return self._inverted[1]


def chance_of(log_odds: DoubleArray) -> DoubleArray:
    """The chance, 0 to 1, of log-odds."""
    result: DoubleArray = 0.5 + 0.5 * np.tanh(log_odds / 2)
    return result
