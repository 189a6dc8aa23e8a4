"""A small network that re-scores the shortlist, taught online with some rehearsal of the past."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.ledger import Ledger
from recommender.pipeline.linear import softmax

HIDDEN = 64
LIST = 48
TOP = 20
REHEARSED = 8
MEMORY = 3000
RATE = 0.0015
WANE = 0.05
DECAY_1, DECAY_2 = 0.9, 0.999


class Network:
    """score = first stage + w2 . relu(columns W1 + signals C1), by listwise softmax and Adam."""

    saved = ("params", "mean", "square")

    def __init__(
        self, columns: int, signals: int, seed: int, late: IndexArray | None = None
    ) -> None:
        """Columns in `late` may be zero for long and then begin to speak: their weights begin at
        zero, so that what was learnt without them stands."""
        rng = np.random.default_rng(seed)
        inputs = columns + signals + 1
        self.inputs = inputs
        self._sizes = (inputs * HIDDEN, HIDDEN)
        self.params: FloatArray = np.zeros(sum(self._sizes), np.float32)
        self.params[: self._sizes[0]] = rng.normal(0, 1 / np.sqrt(inputs), self._sizes[0])
        if late is not None:
            self._views(self.params)[0][late] = 0
        self.mean: FloatArray = np.zeros_like(self.params)
        self.square: FloatArray = np.zeros_like(self.params)
        self.kept: FloatArray = np.zeros((64, LIST, inputs), np.float32)
        self.kept_first: FloatArray = np.zeros((64, LIST), np.float32)
        self.steps = 0
        self.before = 0

    def resume(self, steps: int) -> None:
        """Count on from `steps`, with nothing to rehearse from before."""
        self.steps = self.before = steps
        self.kept = np.zeros((MEMORY + 64, LIST, self.inputs), np.float32)
        self.kept_first = np.zeros((MEMORY + 64, LIST), np.float32)

    def _views(self, flat: FloatArray) -> tuple[FloatArray, FloatArray]:
        cut = self._sizes[0]
        return flat[:cut].reshape(self.inputs, HIDDEN), flat[cut:]

    def score(self, columns: FloatArray, first: FloatArray, signals: FloatArray) -> FloatArray:
        """Scores of songs given their columns, shape (columns, songs) -> (songs,)."""
        w1, w2 = self._views(self.params)
        size = len(columns)
        hidden = columns.T @ w1[:size] + (signals @ w1[size:-1]) + np.outer(first * 0.2, w1[-1])
        result: FloatArray = first + np.maximum(hidden, 0) @ w2
        return result

    def learn(
        self, matrix: FloatArray, first: FloatArray, shortlist: IndexArray, scores: FloatArray,
        song: int, signals: FloatArray, amount: float, rng: np.random.Generator, ledger: Ledger,
    ) -> None:  # fmt: skip
        """One step on this play and a few earlier ones.

        A song outside the shortlist teaches nothing: no negatives like it are drawn.
        """
        order = shortlist[np.argsort(-scores[shortlist], kind="stable")]
        rest = order[TOP:]
        if len(rest) < LIST or song not in shortlist:
            return
        drawn = rest[rng.integers(0, len(rest), LIST - 1 - TOP)]
        chosen = np.concatenate([[song], order[:TOP], drawn])
        offsets = np.zeros(LIST, np.float32)
        offsets[TOP + 1 :] = np.log(len(rest) / len(drawn))
        offsets[1:][chosen[1:] == song] = -np.inf
        rows = np.empty((LIST, self.inputs), np.float32)
        size = len(matrix)
        rows[:, :size] = matrix[:, chosen].T
        rows[:, size:-1] = signals
        rows[:, -1] = first[chosen] * 0.2
        batch, base = self._rehearse(rows, first[chosen] + offsets, rng)
        self._step(batch, base, ledger)
        self._keep(rows, first[chosen] + offsets, ledger)

    def _rehearse(
        self, rows: FloatArray, base: FloatArray, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        held = min(self.steps - self.before, MEMORY)
        if held < 20:
            return rows[None], base[None]
        past = (self.steps - 1 - rng.integers(0, held, REHEARSED)) % (MEMORY + 64)
        batch = np.concatenate([rows[None], self.kept[past]])
        return batch, np.concatenate([base[None], self.kept_first[past]])

    def _step(self, batch: FloatArray, base: FloatArray, ledger: Ledger) -> None:
        """Adam on the mean listwise loss; `batch` is (lists, LIST, inputs), target first."""
        w1, w2 = self._views(self.params)
        hidden = np.maximum(batch @ w1, 0)
        error = softmax(base + hidden @ w2)
        error[:, 0] -= 1
        error /= len(batch)
        slope = np.empty_like(self.params)
        slope_1, slope_2 = self._views(slope)
        slope_2[:] = np.tensordot(error, hidden, axes=([0, 1], [0, 1]))
        back = (error[:, :, None] * w2) * (hidden > 0)
        flat = batch.reshape(-1, self.inputs)
        slope_1[:] = flat.T @ back.reshape(-1, HIDDEN)
        step = self.steps + 1
        mean = DECAY_1 * self.mean + (1 - DECAY_1) * slope
        square = DECAY_2 * self.square + (1 - DECAY_2) * slope * slope
        rate = RATE * np.sqrt(1 - DECAY_2**step) / (1 - DECAY_1**step)
        kept = self.params * np.float32(1 - RATE * WANE)
        ledger.put(self, "params", ..., kept - rate * mean / (np.sqrt(square) + 1e-7))
        ledger.put(self, "mean", ..., mean)
        ledger.put(self, "square", ..., square)

    def _keep(self, rows: FloatArray, base: FloatArray, ledger: Ledger) -> None:
        """Remember the list for rehearsal; the store has room to take the last ones back."""
        room = len(self.kept)
        if self.steps < MEMORY + 64 and self.steps >= room:
            more = min(2 * room, MEMORY + 64)
            self.kept = _longer(self.kept, more)
            self.kept_first = _longer(self.kept_first, more)
        place = self.steps % (MEMORY + 64)
        self.kept[place] = rows
        self.kept_first[place] = base
        ledger.assign(self, "steps", self.steps + 1)


def _longer(array: FloatArray, size: int) -> FloatArray:
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), array.dtype)])
