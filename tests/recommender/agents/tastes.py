"""A small crowd whose tastes are plain to see: each listener finishes one colour of songs."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.simulation.crowd import Heard, LoggedSession, Outcome

COLOURS = 6


class Tastes:
    """`size` listeners who finish the songs of a colour of their own, mostly skip others, and
    leave now and then after a skip. Song `s` is of colour `s % COLOURS`."""

    def __init__(self, size: int = 8, songs: int = 120, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self._size, self._songs = size, songs
        self.colour = np.arange(songs) % COLOURS
        centres = np.eye(COLOURS, 8)
        vectors = centres[self.colour] + 0.15 * rng.normal(size=(songs, 8))
        self._vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self._plays = rng.integers(1, 50, songs).astype(np.int64)
        self._likes = np.zeros(size, np.int64)
        self.log = [self._logged(rng) for _ in range(40)]

    def _logged(self, rng: np.random.Generator) -> LoggedSession:
        colour = rng.integers(COLOURS)
        songs = rng.permutation(self._songs)[:12]
        own = rng.permutation(np.flatnonzero(self.colour == colour))
        songs[::2] = np.resize(own, len(songs[::2]))
        fits = self.colour[songs] == colour
        return LoggedSession(songs, np.where(fits, Heard.FINISHED, Heard.SKIPPED).astype(np.int8))

    @property
    def size(self) -> int:
        return self._size

    @property
    def vectors(self) -> FloatArray:
        return self._vectors.astype(np.float32)

    @property
    def plays(self) -> IndexArray:
        return self._plays

    @property
    def artists(self) -> IndexArray:
        return np.arange(self._songs) // 4

    def begin(self, which: BoolArray, rng: np.random.Generator) -> IndexArray:
        self._likes[which] = rng.integers(0, COLOURS, which.sum())
        seeds = rng.integers(0, self._songs // COLOURS, which.sum()) * COLOURS
        return seeds + self._likes[which]

    def hear(self, songs: IndexArray, active: BoolArray, rng: np.random.Generator) -> Outcome:
        fits = self.colour[songs] == self._likes
        finished = active & (rng.random(self._size) < np.where(fits, 0.95, 0.1))
        left = active & (rng.random(self._size) < np.where(finished, 0.02, 0.2))
        return Outcome(finished, finished & (rng.random(self._size) < 0.1), left)
