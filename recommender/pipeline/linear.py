"""The gated linear scorer: weights over the columns that depend on the listener's mood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.ledger import Ledger

FIRST_POWER = 2.0
"""Large, so that the first plays do not overturn the prior."""
FADE = 0.9995
"""Old slopes fade, so that the weights keep following a listener whose habits change."""


def softmax(logits: FloatArray) -> FloatArray:
    """Probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: FloatArray = shifted / shifted.sum(axis=-1, keepdims=True)
    return result


class GatedLinear:
    """score = (weights @ signals) @ columns; learnt by a listwise softmax with AdaGrad."""

    def __init__(
        self, columns: Sequence[str], signals: int, prior: Mapping[str, float],
        rate: float = 0.06, least: Mapping[str, float] | None = None,
        first_power: float = FIRST_POWER,
    ) -> None:  # fmt: skip
        floors = [(least or {}).get(name, -np.inf) for name in columns]
        self._least: FloatArray = np.array(floors, np.float32)
        self.rate = np.float32(rate)
        self.weights: FloatArray = np.zeros((len(columns), signals), np.float32)
        self.weights[:, 0] = [prior.get(name, 0.0) for name in columns]
        self.power: FloatArray = np.full_like(self.weights, first_power)

    def effective(self, signals: FloatArray) -> FloatArray:
        """The columns' weights in this mood, shape (columns,)."""
        result: FloatArray = np.maximum(self.weights @ signals, self._least)
        return result

    def learn(
        self, columns: FloatArray, offsets: FloatArray, target: int, signals: FloatArray,
        amount: float, ledger: Ledger,
    ) -> None:  # fmt: skip
        """One step: of the candidates in `columns` (columns, candidates), `target` was played.

        `offsets` corrects each candidate's logit for how it was sampled. A negative `amount`
        teaches that the target was not wanted.
        """
        error = softmax(self.effective(signals) @ columns + offsets)
        error[target] -= 1
        slope = np.outer(columns @ error, signals) * np.float32(amount)
        power = np.float32(FADE) * self.power + slope * slope
        ledger.put(self, "power", ..., power)
        ledger.put(self, "weights", ..., self.weights - self.rate * slope / np.sqrt(power))


def sample(
    scores: FloatArray, target: int, best: IndexArray, others: int, rng: np.random.Generator
) -> tuple[IndexArray, FloatArray]:
    """The best songs, some random others and, first, the target; with their logit offsets."""
    drawn = rng.integers(0, len(scores), others)
    chosen = np.concatenate([best, drawn])
    stands_for = max(1.0, (len(scores) - len(best)) / max(1, others))
    offsets = np.zeros(len(chosen), np.float32)
    offsets[len(best) :] = np.log(stands_for)
    floor = scores[best].min() if len(best) else np.float32(np.inf)
    offsets[len(best) :][scores[drawn] >= floor] = -np.inf
    keep = chosen != target
    places = np.concatenate([[target], chosen[keep]])
    return places, np.concatenate([[np.float32(0)], offsets[keep]])
