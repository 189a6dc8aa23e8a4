"""A crowd whose every answer can be told in one's head."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.simulation.crowd import Heard, LoggedSession, Outcome

LEAVES, FINISHES, LIKES, SKIPS = range(4)


class ToyCrowd:
    """Everybody does the same: song 0, 4, 8, ... is skipped and ends the session, 1, 5, ... is
    finished, 2, 6, ... liked and 3, 7, ... skipped. Who begins puts on any song, by chance."""

    def __init__(self, size: int, songs: int = 12, dim: int = 4) -> None:
        vectors = np.random.default_rng(0).standard_normal((songs, dim)).astype(np.float32)
        self.size, self.songs = size, songs
        self.vectors: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self.plays: IndexArray = np.arange(songs, 0, -1)
        self.artists: IndexArray = np.arange(songs) // 4
        self.log = [
            LoggedSession(np.array([1, 2]), np.array([Heard.FINISHED, Heard.LIKED], np.int8)),
            LoggedSession(np.array([2, 3]), np.array([Heard.LIKED, Heard.SKIPPED], np.int8)),
        ]

    def begin(self, which: BoolArray, rng: np.random.Generator) -> IndexArray:
        """Any song at all."""
        return rng.integers(0, self.songs, int(which.sum()))

    def hear(self, songs: IndexArray, active: BoolArray, rng: np.random.Generator) -> Outcome:
        """What the song's number says."""
        kind = songs % 4
        finished = (kind == FINISHES) | (kind == LIKES)
        return Outcome(active & finished, active & (kind == LIKES), active & (kind == LEAVES))
