"""Sequence models that the tests of the live list share, trained once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.live.sequence import SequenceRecommender
from recommender.models.base import FitContext, Fitted, SequenceModel
from recommender.models.registry import model_class
from recommender.training.settings import TrainSettings
from tests.recommender.evaluation.toy import Tabled
from tests.recommender.listening import library

SMOOTH = 0.1


class Follows(Tabled):
    """Counts what follows what; it reads no feedback."""

    name = "follows"
    title = "Follows"

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        self.vocabulary = train.vocabulary
        size = len(self.vocabulary)
        counted = np.full((size + 1, size), SMOOTH)
        for songs in train:
            np.add.at(counted, (songs[:-1], songs[1:]), 1)
        self.table = np.log(counted / counted.sum(1, keepdims=True)).astype(np.float32)
        return Fitted(0.0)


def kind_of(name: str) -> type[SequenceModel[Any]]:
    return Follows if name == "follows" else model_class(name)


@cache
def trained(name: str, songs: int, known: int) -> SequenceModel[Any]:
    """A model that walks through the first `known` of the library's songs; names are shouted."""
    chosen = library(songs)[:known]
    vocabulary = Vocabulary(
        [f"key {song.song_id}" for song in chosen],
        [song.artist.upper() for song in chosen],
        [song.title.upper() for song in chosen],
        [4] * known,
    )
    walk = list(range(known))
    model = kind_of(name)()
    settings = TrainSettings(epochs=2, batch=4, device="cpu")
    model.fit(corpus_of([walk, walk[5:], walk[3:] + walk[:3], walk], vocabulary), None, settings)
    return model


def made(name: str, songs: int, known: int | None = None) -> SequenceRecommender:
    """A recommender over a trained model that knows all of the library's songs, or some."""
    model = trained(name, songs, songs if known is None else known)
    return SequenceRecommender(type(model), model, library(songs))
