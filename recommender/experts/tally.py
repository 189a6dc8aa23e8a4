"""Counts that fade: for each key one value per half-life, brought up to date when read."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray, grown
from recommender.data.ledger import Ledger


class Tally:
    """Decayed counts over keys `0 .. size - 1`, on a clock of the caller's choice."""

    def __init__(self, half_lives: tuple[float, ...], size: int) -> None:
        self.rates: FloatArray = (np.log(2) / np.array(half_lives)).astype(np.float32)
        self.value: FloatArray = np.zeros((len(half_lives), size), np.float32)
        self.last: DoubleArray = np.zeros(size, np.float64)

    def grow(self, size: int) -> None:
        """Make room for more keys."""
        self.value, self.last = grown(self.value, size), grown(self.last, size)

    def clear(self) -> None:
        """Forget all counts."""
        self.value[:], self.last[:] = 0, 0

    def load(self, keys: IntArray, clock: DoubleArray, amounts: FloatArray | None = None) -> None:
        """Count many events at once; `clock` must not fall."""
        self.clear()
        if len(keys) == 0:
            return
        self.last[keys] = clock
        age = self.last[keys] - clock
        weight = np.ones(len(keys)) if amounts is None else amounts
        for row, rate in enumerate(self.rates):
            faded = np.exp(-rate * age) * weight
            self.value[row] = np.bincount(keys, weights=faded, minlength=self.value.shape[1])

    def add(self, key: int, clock: float, amount: float, ledger: Ledger) -> None:
        """Count one event."""
        faded = self.value[:, key] * np.exp(-self.rates * np.float32(clock - self.last[key]))
        ledger.put(self, "value", (slice(None), key), faded + np.float32(amount))
        ledger.put(self, "last", key, clock)

    def read(self, clock: float, out: FloatArray, keys: IndexArray | IntArray) -> None:
        """Write the counts as they stand at `clock` into `out`, shape (half-lives, keys)."""
        age = (self.last[keys] - clock).astype(np.float32)
        for row, rate in enumerate(self.rates):
            np.multiply(age, rate, out=out[row])
            np.exp(out[row], out=out[row])
            out[row] *= self.value[row, keys]
