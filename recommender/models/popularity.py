"""Popularity: every list goes on with what is played most, whatever came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommender.data.arrays import FloatArray, IntArray
from recommender.data.corpus import ByteArray, Corpus
from recommender.models.base import Options
from recommender.models.counting import CountingModel, Heard, smoothed


@dataclass(frozen=True, slots=True)
class PopularityOptions(Options):
    """`plus` is how many plays every song is given for a start."""

    plus: float = 0.5

    def __post_init__(self) -> None:
        if not self.plus > 0:
            raise ValueError(f"plus is {self.plus}; give a number above 0.")


class Popularity(CountingModel):
    """Each song's chance is its share of the plays in the training's lists."""

    name = "popularity"
    title = "Popularity"
    Options: ClassVar[type[Any]] = PopularityOptions

    def __init__(self, options: PopularityOptions | None = None) -> None:
        super().__init__(options)
        self._logs: FloatArray = np.zeros(0, np.float32)

    @property
    def reach(self) -> int:
        """No song matters."""
        return 0

    def count(self, train: Corpus) -> None:
        """Take the log of each song's share."""
        self._logs = np.log(smoothed(train.counts(), self.options.plus)).astype(np.float32)

    def log_probabilities(self, state: Heard) -> FloatArray:
        """Natural log of each song's share of the plays, shape (songs,)."""
        return self._logs.copy()

    def score_list(self, songs: IntArray, feedback: ByteArray | None = None) -> FloatArray:
        """The same row after each song but the last, shape (length - 1, songs)."""
        return np.repeat(self._logs[None], max(len(songs) - 1, 0), 0)

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The logs of the shares."""
        return {"logs": self._logs}

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over the logs."""
        self._logs = arrays["logs"]
