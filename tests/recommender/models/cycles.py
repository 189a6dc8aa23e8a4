"""A corpus whose answer is known: lists walk round a circle of songs, one song at a time."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.base import SequenceModel
from recommender.training.settings import TrainSettings

SONGS = 12
SMALL = {
    "dim": 16,
    "hidden": 16,
    "dropout": 0.0,
    "slots": 8,
    "width": 8,
    "heads": 2,
    "horizon": 1,
    "context": 6,
    "epochs": 8,
    "members": "gru[dim=16;hidden=16]+markov",
}
QUICK = TrainSettings(
    epochs=12, batch=16, steps=8, lr=0.02, warmup=5, schedule="constant", device="cpu"
)


def vocabulary() -> Vocabulary:
    """Twelve songs by three artists."""
    keys = [f"song {number}" for number in range(SONGS)]
    artists = [f"Artist {number % 3}" for number in range(SONGS)]
    return Vocabulary(keys, artists, [f"Title {number}" for number in range(SONGS)], [70] * SONGS)


def cycles(lists: int = 96) -> Corpus:
    """Lists of 4 to 14 songs, each song the one after its predecessor on the circle."""
    walks = [(start + np.arange(4 + start % 11)) % SONGS for start in range(lists)]
    return corpus_of([walk.astype(np.int32) for walk in walks], vocabulary())


def small(kind: type[SequenceModel[Any]], **chosen: Any) -> SequenceModel[Any]:
    """An untrained model with few weights and the chosen options."""
    known = {each.name for each in fields(kind.Options)}
    sizes = {name: value for name, value in SMALL.items() if name in known}
    return kind(kind.Options(**{**sizes, **chosen}))


def fitted(kind: type[SequenceModel[Any]], seed: int = 0, **chosen: Any) -> SequenceModel[Any]:
    """A small model fitted on the circle."""
    model = small(kind, **chosen)
    model.fit(cycles(), None, replace(QUICK, seed=seed))
    return model


def surprise(model: SequenceModel[Any]) -> float:
    """The mean of minus the log-probability of what follows; log 12 = 2.48 knows nothing."""
    lists = [np.arange(start, start + 7, dtype=np.int32) % SONGS for start in range(SONGS)]
    right = np.concatenate([each[1:] for each in lists])
    rows = model.score_lists(lists)
    return float(-rows[np.arange(len(right)), right].mean())
