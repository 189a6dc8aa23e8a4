"""Small lists whose order can be learnt, and a small net that learns it."""

from __future__ import annotations

import numpy as np

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.gru import GRU
from recommender.models.net import SequenceNet
from recommender.models.net_options import NetOptions
from recommender.training.hooks import Hook
from recommender.training.run import Run
from recommender.training.settings import TrainSettings

SONGS = 20
SETTINGS = TrainSettings(epochs=3, batch=8, steps=4, lr=0.01, warmup=5, device="cpu")
OPTIONS = NetOptions(dim=12, hidden=12, dropout=0.2, softmax="full", horizon=1, vectors="", rest=0)
WORDS = ("dim=12", "hidden=12", "dropout=0", "softmax=full", "horizon=1", "vectors=", "rest=0")
"""The same options for a command line, but for the dropout."""


def ring(lists: int = 40, step: int = 1, seed: int = 0) -> Corpus:
    """Walks of 1 to 14 songs round a ring: each song is followed by the one `step` further."""
    chance = np.random.default_rng(seed)
    walks = [
        (int(chance.integers(SONGS)) + step * np.arange(chance.integers(1, 15))) % SONGS
        for _ in range(lists)
    ]
    return corpus_of([walk.astype(np.int32) for walk in walks], vocabulary())


def vocabulary() -> Vocabulary:
    return Vocabulary([f"song {number}" for number in range(SONGS)])


def as_text(corpus: Corpus) -> str:
    """The lists as a file of the `yes` format without its header."""
    return "".join(" ".join(map(str, songs)) + "\n" for songs in corpus)


def small_net(options: NetOptions = OPTIONS) -> SequenceNet:
    import torch

    torch.manual_seed(1)
    return GRU(options).build(vocabulary())


class Watch(Hook):
    """Remembers what it was told, and interrupts or ends the training where it is asked to."""

    def __init__(self, interrupt_at: tuple[int, int] | None = None, enough_at: int = 0) -> None:
        self.told: list[str] = []
        self.run: Run | None = None
        self._interrupt_at = interrupt_at
        self._enough_at = enough_at

    @property
    def losses(self) -> list[tuple[float, float]]:
        assert self.run is not None
        return [(each.train_loss, each.valid_loss) for each in self.run.history]

    def on_start(self, run: Run) -> None:
        self.run = run
        self.told.append("start")

    def on_batch(self, run: Run) -> None:
        self.told.append("batch")
        run.interrupted |= (run.epoch, run.batch) == self._interrupt_at

    def on_epoch(self, run: Run) -> None:
        self.told.append("epoch")
        run.enough |= run.epoch == self._enough_at

    def on_end(self, run: Run) -> None:
        self.told.append("end")
