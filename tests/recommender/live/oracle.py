"""Sequence models that know, or get wrong, a rule that no play has shown yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recommender.api import EndReason, Play
from recommender.data.corpus import Corpus
from recommender.models.base import FitContext, Fitted, SequenceModel
from recommender.models.registry import model_class
from recommender.training.settings import TrainSettings
from tests.recommender.evaluation.toy import Tabled
from tests.recommender.listening import NOON_S

SONGS, STEP = 40, 7
DAY_S = 86_400.0
RANDOM = 120


class Knowing(Tabled):
    """Knows that a song is followed by the one `STEP` further on."""

    name = "knowing"
    title = "Knowing"
    step = STEP

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        self.vocabulary = train.vocabulary
        keys = np.array([int(key) for key in train.vocabulary.keys])
        follows = (keys[:, None] - 1 + self.step) % SONGS == keys[None, :] - 1
        scores = np.concatenate([follows * 6.0, np.zeros((1, len(keys)))])
        chances = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        self.table = np.log(chances).astype(np.float32)
        return Fitted(0.0)


class Mistaken(Knowing):
    """Believes in another song."""

    name = "mistaken"
    title = "Mistaken"
    step = STEP + 1


def kinds(name: str) -> type[SequenceModel[Any]]:
    """The registry, with these two in it."""
    return {"knowing": Knowing, "mistaken": Mistaken}.get(name) or model_class(name)


def random_then_ruled(ruled: int = 60, then: int = 0) -> list[Play]:
    """Random plays until a month ago, then `ruled` by the rule in the latest week, then more."""
    rng = np.random.default_rng(1)
    songs = (rng.integers(0, SONGS, RANDOM) + 1).tolist()
    songs += [(turn * STEP) % SONGS + 1 for turn in range(ruled + then)]
    at_s: Callable[[int], float] = lambda turn: (  # noqa: E731
        NOON_S + turn * 200 + (30 * DAY_S if turn >= RANDOM else 0)
    )
    return [
        Play(turn + 1, song, at_s(turn), 200_000, EndReason.FINISHED)
        for turn, song in enumerate(songs)
    ]
