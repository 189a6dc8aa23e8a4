"""Models whose every answer stands in a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.corpus import Corpus, Feedback
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models.base import FitContext, Fitted, SequenceModel
from recommender.training.settings import TrainSettings


class Tabled(SequenceModel[int]):
    """Answers from a table of logarithms, a row a song heard last, and the last for UNKNOWN."""

    table: FloatArray

    def start(self) -> int:
        return UNKNOWN

    def observe(self, state: int, song: int, feedback: int = Feedback.PLAYED) -> int:
        return song

    def log_probabilities(self, state: int) -> FloatArray:
        row: FloatArray = self.table[state]
        return row

    @property
    def parameters(self) -> int:
        return self.table.size

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        return {"table": self.table}

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        self.table = arrays["table"]


class Written(Tabled):
    """Answers from a table of chances that is given."""

    name = "written"
    title = "Written down"

    def __init__(self, vocabulary: Vocabulary, chances: list[list[float]]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.table: FloatArray = np.log(np.array(chances, np.float32))

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        return Fitted(0.0)
