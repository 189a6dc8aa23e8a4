"""Matrix factorisation by gradient descent: sampled negatives, and gravity for the rest.

Gravity pulls the scores of all pairs of list and song towards zero: the mean of their squares,
which Gramians give without the pairs (Krichene et al., "Efficient training on very large corpora
via Gramian estimation", ICLR 2019).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from recommender.data.arrays import DoubleArray, FloatArray
from recommender.data.corpus import Corpus
from recommender.models.base import FitContext, Fitted
from recommender.models.factors import confidences, gramian
from recommender.models.matrix_factorisation import FactorOptions, MatrixFactorisation
from recommender.training.device import place_for
from recommender.training.hooks import Hook
from recommender.training.run import Epoch, Run
from recommender.training.settings import TrainingError, TrainSettings

LEAST_LR = 0.02
FLATTER = 0.75


@dataclass(frozen=True, slots=True)
class MfSgdOptions(FactorOptions):
    """`FactorOptions`, and what pulls scores down.

    For each play `negatives` songs are drawn, by the power 3/4 of their plays, which its list
    should score 0; each weighs `against` times as much as a play. `gravity` is the weight of a
    pair of list and song, where that of a play is `alpha`.
    """

    negatives: int = 4
    against: float = 0.05
    gravity: float = 1.0

    def __post_init__(self) -> None:
        FactorOptions.__post_init__(self)
        if self.negatives < 0 or self.against < 0 or not self.gravity > 0:
            raise ValueError("negatives and against cannot be below 0, and gravity is above it.")


class Tables(nn.Module):
    """The vectors of lists (lists, dim) and songs (songs, dim)."""

    def __init__(self, lists: int, songs: int, dim: int) -> None:
        super().__init__()
        self.rows = nn.Parameter(torch.randn(lists, dim) * 0.1)
        self.songs = nn.Parameter(torch.randn(songs, dim) * 0.1)

    def squares(self) -> Tensor:
        """The sum of the squared scores of all pairs, from the two Gramians."""
        return ((self.rows.T @ self.rows) * (self.songs.T @ self.songs)).sum()


class MfSgd(MatrixFactorisation):
    """The same factorisation, learnt by gradient descent."""

    name = "mf_sgd"
    title = "Factors (SGD)"
    Options: ClassVar[type[Any]] = MfSgdOptions
    defaults = TrainSettings(epochs=20, batch=8192, lr=0.02, warmup=0)

    @property
    def base(self) -> float:
        """Nothing: gravity is on all pairs, and a play's weight on top."""
        return 0.0

    def factorise(
        self, train: Corpus, settings: TrainSettings, context: FitContext
    ) -> tuple[FloatArray, DoubleArray, DoubleArray, Fitted]:
        """Learn both tables; torch's own generator is as before afterwards."""
        matrix = confidences(train, self.options.alpha, self.options.liked).tocoo()
        if not matrix.nnz:
            raise TrainingError(
                "There is nothing to learn from: every song was skipped. Give other lists."
            )
        place = place_for(settings)
        devices = [place.device] if place.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(settings.seed)
            lists, count = matrix.shape
            tables = Tables(lists, count, self.options.factors).to(place.device)
            pairs = torch.from_numpy(np.stack([matrix.row, matrix.col]).astype(np.int64))
            weights = torch.from_numpy(matrix.data - 1)
            chances = torch.from_numpy(train.counts().astype(np.float64) ** FLATTER).float()
            descent = _Descent(tables, self.options, settings, context.hooks)
            fitted = descent.run_all(*(each.to(place.device) for each in (pairs, weights, chances)))
        rows, songs = (each.detach().cpu().numpy() for each in (tables.rows, tables.songs))
        drawn = chances.double().numpy() / float(chances.sum())
        return songs, *self._still(rows, songs, drawn, matrix.nnz / len(rows)), fitted

    def _still(
        self, rows: FloatArray, songs: FloatArray, drawn: DoubleArray, plays: float
    ) -> tuple[DoubleArray, DoubleArray]:
        """What gravity and negatives put on a list of `plays` songs, and on a song."""
        own = self.options
        pull = own.alpha * own.against * own.negatives * plays
        weighed = songs * np.sqrt(drawn)[:, None]
        gram = own.gravity * gramian(songs) + pull * gramian(weighed)
        each = own.gravity + pull / len(songs)
        return gram, each * gramian(rows)


class _Descent:
    """One training of the two tables."""

    def __init__(
        self, tables: Tables, options: MfSgdOptions, settings: TrainSettings,
        hooks: Sequence[Hook],
    ) -> None:  # fmt: skip
        self._tables, self._options, self._settings, self._hooks = tables, options, settings, hooks
        self._optimiser = torch.optim.Adam(tables.parameters(), lr=settings.lr)

    def run_all(self, pairs: Tensor, weights: Tensor, chances: Tensor) -> Fitted:
        """All epochs over pairs (2, plays) of list and song with their weights (plays,)."""
        plays, size = pairs.shape[1], self._settings.batch
        run = Run(self._tables, self._settings, -(-plays // size), plays)
        try:
            for hook in self._hooks:
                hook.on_start(run)
            while run.epoch < self._settings.epochs and not run.enough:
                self._epoch(run, pairs, weights, chances)
        finally:
            for hook in reversed(self._hooks):
                hook.on_end(run)
        return Fitted(run.seconds, run.epoch, run.history[-1].train_loss)

    def _epoch(self, run: Run, pairs: Tensor, weights: Tensor, chances: Tensor) -> None:
        order = torch.randperm(pairs.shape[1]).to(pairs.device)
        for batch in torch.split(order, self._settings.batch):
            began = time.perf_counter()
            drawn = torch.multinomial(chances, max(1, len(batch) * self._options.negatives), True)
            loss = self._loss(pairs[:, batch], weights[batch], drawn, run.targets)
            self._step(run, loss)
            run.loss_sum += float(loss.detach()) * len(batch)
            run.seen += len(batch)
            run.batch += 1
            run.seconds += time.perf_counter() - began
            for hook in self._hooks:
                hook.on_batch(run)
            if run.interrupted:
                raise TrainingError(
                    f"Stopped in epoch {run.epoch + 1} of {self._settings.epochs}. The same "
                    "command begins anew."
                )
        run.history.append(Epoch(run.loss, seconds=run.seconds))
        run.epoch, run.batch, run.loss_sum, run.seen = run.epoch + 1, 0, 0.0, 0
        for hook in self._hooks:
            hook.on_epoch(run)

    def _loss(self, pairs: Tensor, weights: Tensor, drawn: Tensor, plays: int) -> Tensor:
        """The loss a play: squared errors of these plays (2, n), and all that pulls down."""
        own, tables = self._options, self._tables
        rows = tables.rows[pairs[0]]
        missed = weights * (1 - (rows * tables.songs[pairs[1]]).sum(1)) ** 2
        loss = missed.mean()
        if own.negatives and own.against:
            others = tables.songs[drawn].view(len(rows), own.negatives, -1)
            scores = torch.einsum("nd,nkd->nk", rows, others)
            loss = loss + own.alpha * own.against * (scores**2).sum(1).mean()
        lengths = (tables.rows**2).sum() + (tables.songs**2).sum()
        everywhere = own.gravity * tables.squares() + own.regularisation * lengths
        return loss + everywhere / plays

    def _step(self, run: Run, loss: Tensor) -> None:
        if not bool(torch.isfinite(loss)):
            raise TrainingError(
                f"The loss became {float(loss)} in epoch {run.epoch + 1}. Lower --lr, which is "
                f"{self._settings.lr:g}."
            )
        if self._settings.schedule == "linear":
            left = max(1 - run.progress, LEAST_LR)
            for group in self._optimiser.param_groups:
                group["lr"] = self._settings.lr * left
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self._optimiser.step()
        run.step += 1
