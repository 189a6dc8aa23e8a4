"""A recurrent network over the session's songs with feedback tokens on those that are known.

Feedback as tokens beside the songs, and training on sessions cut at many places, follow what teams
of the Sequential Skip Prediction Challenge (WSDM Cup 2019) found to help. How early the songs to
predict were skipped is learnt beside whether they were.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray
from recommender.skips.base import check
from recommender.skips.sessions import LONGEST, Field, Halves, SessionLog
from recommender.skips.songs import SongStatistics
from recommender.skips.tokens import Tokens

WIDTH = 64
DROPOUT = 0.3
BATCH = 256
RATE = 3e-3
EPOCHS = 40
LONGEST_TRAINING = 2_000
"""Steps; many sessions are read fewer times."""

HALVES = 0.35
"""Share of training sessions cut in half; the others are cut anywhere."""

BESIDE = (Field.SKIP_1, Field.SKIP_3, Field.NOT_SKIPPED)
"""What is learnt beside skip_2 where it is told; together it counts as much."""

FAR = 0.3
LEAST_SPREAD = 1e-4


class SkipNet(nn.Module):
    """Reads the whole session both ways, so that coming songs count, and answers at each place."""

    def __init__(self, inputs: int, answers: int = 1, width: int = WIDTH) -> None:
        super().__init__()
        self.enter = nn.Sequential(nn.Linear(inputs, width), nn.GELU(), nn.Dropout(DROPOUT))
        self.read = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.answer = nn.Sequential(
            nn.Dropout(DROPOUT), nn.Linear(3 * width, width), nn.GELU(), nn.Dropout(DROPOUT),
            nn.Linear(width, answers),
        )  # fmt: skip

    def forward(self, inputs: Tensor, real: Tensor) -> Tensor:
        """Logits of shape (batch, 20, answers) from inputs (batch, 20, width)."""
        entered = self.enter(inputs) * real[:, :, None]  # (batch, 20, width)
        read, _ = self.read(entered)  # (batch, 20, 2 width)
        result: Tensor = self.answer(torch.cat([read, entered], 2))
        return result


class Sequence:
    """The network, trained on sessions cut at a new place each time they are read."""

    name = "sequence"

    def __init__(
        self, seed: int = 0, extra: FloatArray | None = None, epochs: int = EPOCHS
    ) -> None:
        self.seed, self.extra, self.epochs = seed, extra, epochs

    def fit(self, log: SessionLog) -> None:
        """Learn from the sessions."""
        check(log)
        self.songs = SongStatistics.of(log, self.extra)
        figures = self.songs.figures(log.songs, log)
        of_songs = figures[log.songs >= 0]
        spread = of_songs.std(0)
        self.centre, self.scale = of_songs.mean(0), np.where(spread > LEAST_SPREAD, spread, 1)
        tokens = self._tokens(log.halves(log.lengths), figures)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            inputs, _ = tokens.inputs(torch.arange(1), torch.ones(1, dtype=torch.int64))
            targets = _targets(log)
            self.net = SkipNet(inputs.shape[2], targets.shape[2])
            torch.set_flush_denormal(True)
            try:
                self._train(tokens, targets)
            finally:
                torch.set_flush_denormal(False)

    def _train(self, tokens: Tokens, targets: Tensor) -> None:
        count = len(tokens.lengths)
        turns = -(-count // BATCH)
        steps = max(1, min(self.epochs * turns, max(LONGEST_TRAINING, turns)))
        optimiser = torch.optim.AdamW(self.net.parameters(), RATE, weight_decay=1e-2)
        plan = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, RATE, total_steps=steps + 1, pct_start=0.15
        )
        self.net.train()
        order = torch.randperm(count)
        for step in range(steps):
            at = step % turns
            if at == 0:
                order = torch.randperm(count)
            which = order[at * BATCH : (at + 1) * BATCH]
            loss = _loss(self.net, tokens, targets, which, _cuts(tokens.lengths[which]))
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
            optimiser.step()
            plan.step()

    def probabilities(self, halves: Halves) -> DoubleArray:
        """The network's chances."""
        tokens = self._tokens(halves, self.songs.figures(halves.songs))
        self.net.eval()
        result = np.zeros(halves.songs.shape)
        with torch.inference_mode():
            for first in range(0, len(halves), 4 * BATCH):
                which = torch.arange(first, min(first + 4 * BATCH, len(halves)))
                known = torch.from_numpy(halves.known)[which]
                logits = self.net(*tokens.inputs(which, known))[:, :, 0]
                result[which.numpy()] = torch.sigmoid(logits.double()).numpy()
        return result * halves.asked()

    def predict(self, halves: Halves) -> BoolArray:
        """What is likelier than not."""
        return self.probabilities(halves) > 0.5

    def _tokens(self, halves: Halves, figures: FloatArray) -> Tokens:
        return Tokens.of(halves, (figures - self.centre) / self.scale)


def _cuts(lengths: Tensor) -> Tensor:
    """How much of each session is known this time, at least one song and not all."""
    least = torch.clamp(lengths // 2, max=3)
    anywhere = least + (torch.rand(len(lengths)) * (lengths - least)).long()
    in_half = torch.rand(len(lengths)) < HALVES
    return torch.where(in_half, lengths // 2, torch.minimum(anywhere, lengths - 1))


def _targets(log: SessionLog) -> Tensor:
    """skip_2, and what else is told of how early songs are skipped: (sessions, 20, answers)."""
    told = [field for field in BESIDE if not np.isnan(log.values[:, :, field]).all()]
    values = np.nan_to_num(log.values[:, :, [Field.SKIP_2, *told]])
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def _loss(
    net: nn.Module, tokens: Tokens, targets: Tensor, which: Tensor, known: Tensor
) -> Tensor:  # fmt: skip
    """Cross-entropy over the unknown places, the nearer the heavier: skip_2's and, where other
    things are learnt too, the mean of theirs."""
    places = torch.arange(LONGEST)
    logits = net(*tokens.inputs(which, known))
    asked = (places >= known[:, None]) & (places < tokens.lengths[which][:, None])
    ahead = (places - known[:, None] + 1).clamp(min=1).float()
    weights = asked * ahead.pow(-FAR)
    each = F.binary_cross_entropy_with_logits(logits, targets[which], reduction="none")
    of_answers = (each * weights[:, :, None]).sum((0, 1)) / weights.sum()
    result: Tensor = of_answers[0]
    return result + of_answers[1:].mean() if len(of_answers) > 1 else result
