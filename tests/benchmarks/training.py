"""The training loop's speed: the GRU beside a bare loop of the same arithmetic in the same run."""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.base import FitContext
from recommender.models.gru import GRU
from recommender.models.net_options import NetOptions
from recommender.training.hooks import Hook
from recommender.training.loop import train
from recommender.training.run import Run
from recommender.training.settings import TrainSettings
from tests.benchmarks.table import Row, at_least

SONGS = 10_000
LISTS = 600
MEAN_LENGTH = 10
WIDTH = 128
ROUNDS = 5
LEAST_SHARE = 70.0
SETTINGS = TrainSettings(epochs=1, warmup=1, device="cpu")


def rows() -> list[Row]:
    """The loop's share of the bare loop's speed, and both speeds."""
    lists = made_lists()
    bare_loop(1)
    pairs = [(bare_loop(3), training_loop(lists)) for _ in range(ROUNDS)]
    share = 100 * statistics.median(ours / bare for bare, ours in pairs)
    threads = f"{torch.get_num_threads()} threads"
    how = f"{SONGS:,} songs, width {WIDTH}, full softmax, median of {ROUNDS} turns, {threads}"
    unpadded = f"rectangles of {SETTINGS.batch} x {SETTINGS.steps} songs, no padding, fused Adam"
    return [
        at_least("training speed of the GRU against a bare loop", share, "%", LEAST_SHARE, how),
        _told("the bare loop", statistics.median(bare for bare, _ in pairs), unpadded),
        _told("the training loop", statistics.median(ours for _, ours in pairs),
              f"{LISTS:,} lists of {MEAN_LENGTH} songs on average, batches built meanwhile"),
    ]  # fmt: skip


def _told(name: str, speed: float, how: str) -> Row:
    return Row(name, speed, "songs/s", None, None, how)


def made_lists() -> Corpus:
    """Lists of chance songs, as uneven in length as radio's."""
    chance = np.random.default_rng(0)
    sizes = 1 + chance.geometric(1 / (MEAN_LENGTH - 1), LISTS)
    songs = [chance.integers(0, SONGS, size).astype(np.int32) for size in sizes]
    return corpus_of(songs, Vocabulary([str(n) for n in range(SONGS)]))


def training_loop(lists: Corpus) -> float:
    """Next songs learnt from a second by the GRU of the model family, one epoch."""
    model = GRU(NetOptions(dim=WIDTH, hidden=WIDTH, softmax="full", horizon=1, vectors=""))
    torch.manual_seed(0)
    watch = _Watch()
    train(model.build(lists.vocabulary), lists, None, SETTINGS, FitContext(hooks=[watch]))
    return watch.songs_per_s


class _Watch(Hook):
    songs_per_s = 0.0

    def on_epoch(self, run: Run) -> None:
        self.songs_per_s = run.history[-1].songs_per_s


class _Bare(nn.Module):
    """Embedding, `torch.nn.GRU`, a product with the same table, cross-entropy."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(SONGS, WIDTH) * 0.02)
        self.bias = nn.Parameter(torch.zeros(SONGS))
        self.gru = nn.GRU(WIDTH, WIDTH, batch_first=True)

    def forward(self, songs: Tensor, targets: Tensor) -> Tensor:
        outputs, _ = self.gru(F.embedding(songs, self.table))
        scores = outputs.reshape(-1, WIDTH) @ self.table.T + self.bias
        return F.cross_entropy(scores, targets.reshape(-1))


def bare_loop(steps: int) -> float:
    """Next songs a second of nothing but forward, backward and Adam."""
    torch.manual_seed(0)
    net = _Bare()
    optimiser = torch.optim.Adam(net.parameters(), SETTINGS.lr, fused=True)
    songs = torch.randint(SONGS, (steps, SETTINGS.batch, SETTINGS.steps + 1))
    began = time.perf_counter()
    for batch in songs:
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(net(batch[:, :-1], batch[:, 1:]))
        optimiser.step()
    return steps * SETTINGS.batch * SETTINGS.steps / (time.perf_counter() - began)
