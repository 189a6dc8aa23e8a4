"""The training loop of every net."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from recommender.data.corpus import Corpus
from recommender.models.base import FitContext, Fitted
from recommender.models.net import Chunk, NetState, SequenceNet
from recommender.training.batches import Pieces, batch_count, batches, pieces_of
from recommender.training.checkpoint import Checkpoints, resume
from recommender.training.device import Place, place_for
from recommender.training.distributed import shared, world
from recommender.training.hooks import EarlyStopping, Hook
from recommender.training.run import Epoch, Run
from recommender.training.settings import TrainingError, TrainSettings
from recommender.training.validation import Validation

LEAST_LR = 0.02
"""What is left of the learning rate at the end of the linear schedule."""


class StoppedError(TrainingError):
    """The training was asked to stop before its end."""


def train(
    net: SequenceNet,
    train: Corpus,
    valid: Corpus | None,
    settings: TrainSettings,
    context: FitContext,
) -> Fitted:
    """Train the net in place; it ends on the CPU, in eval mode.

    What chance decides follows from the settings' seed and the place in the training, so that a
    resumed training equals an uninterrupted one; torch's own generator is as before afterwards.
    Under torchrun each process takes its share of every batch and calls its own hooks; the first
    one alone writes checkpoints. Raises TrainingError in words.
    """
    pieces = pieces_of(train)
    if not len(pieces):
        raise TrainingError(
            "There is nothing to learn from: no list has a song that follows another. "
            "See that the file has lists of two songs or more, and that --format is right."
        )
    place = place_for(settings)
    devices = [place.device] if place.device.type == "cuda" else []
    with _explained(), _without_denormals(), torch.random.fork_rng(devices):
        trainer = Trainer(net, train, pieces, settings, place)
        if valid is not None and valid.transitions:
            trainer.validation = Validation(valid, settings, place, trainer.among)
            if settings.patience:
                trainer.hooks.append(EarlyStopping(settings.patience))
        if context.folder is not None and context.resume:
            resume(context.folder, trainer.run, trainer.optimiser, trainer.scaler)
        trainer.hooks += context.hooks
        if context.folder is not None and trainer.among.rank == 0:
            kept = Checkpoints(context.folder, trainer.optimiser, trainer.scaler)
            trainer.hooks.append(kept)
        try:
            return trainer.train()
        finally:
            net.to("cpu").eval()


class Trainer:
    """One training: the net, its optimiser, and how far it has come."""

    def __init__(
        self,
        net: SequenceNet,
        train: Corpus,
        pieces: Pieces,
        settings: TrainSettings,
        place: Place,
    ) -> None:
        self.net = net.to(place.device)
        self.corpus = train
        self.pieces = pieces
        self.settings = settings
        self.place = place
        self.among = world()
        self.reader = shared(self.net, self.among)
        self.optimiser = optimiser_for(self.net, settings)
        self.scaler = place.scaler()
        self.hooks: list[Hook] = []
        self.validation: Validation | None = None
        count = batch_count(pieces, settings)
        self.run = Run(self.net, settings, count, int(pieces.sizes.sum()))

    def train(self) -> Fitted:
        """All epochs that are left."""
        run = self.run
        try:
            for hook in self.hooks:
                hook.on_start(run)
            while run.epoch < self.settings.epochs and not run.enough:
                self._epoch()
        finally:
            for hook in reversed(self.hooks):
                hook.on_end(run)
        if run.best:
            self.net.load_state_dict(run.best)
        losses = [each.valid_loss for each in run.history]
        last = float("nan") if not losses else min(losses) if run.best else losses[-1]
        train_loss = run.history[-1].train_loss if run.history else float("nan")
        return Fitted(run.seconds, run.epoch, train_loss, last)

    def _epoch(self) -> None:
        run, among = self.run, self.among
        self.net.train()
        horizon = self.net.options.horizon
        parts = batches(
            self.corpus, self.settings, horizon, run.epoch, among.rank, among.size,
            first=run.batch, pieces=self.pieces,
        )  # fmt: skip
        began = time.perf_counter()
        for chunks in parts:
            self._batch(chunks)
            run.batch += 1
            now = time.perf_counter()
            run.seconds += now - began
            run.epoch_seconds += now - began
            began = now
            for hook in self.hooks:
                hook.on_batch(run)
            if any(among.sum([run.interrupted], self.place.device)):
                self._break_off()
        self._finish_epoch()

    def _finish_epoch(self) -> None:
        run = self.run
        began = time.perf_counter()
        loss_sum, seen = self.among.sum([run.loss_sum, run.seen], self.place.device)
        speed = seen / max(run.epoch_seconds, 1e-9)
        valid_loss, accuracy = float("nan"), dict[int, float]()
        if self.validation is not None:
            valid_loss, accuracy = self.validation.figures(self.net)
        run.seconds += time.perf_counter() - began
        loss = loss_sum / seen if seen else float("nan")
        run.history.append(Epoch(loss, valid_loss, accuracy, run.seconds, speed))
        run.epoch, run.batch = run.epoch + 1, 0
        run.loss_sum, run.seen, run.epoch_seconds = 0.0, 0, 0.0
        for hook in self.hooks:
            hook.on_epoch(run)
        run.enough = any(self.among.sum([run.enough], self.place.device))

    def _batch(self, chunks: list[Chunk]) -> None:
        """One step of the optimiser a chunk; the state of a chunk begins the next.

        A target weighs as much in a chunk of few lists as in the batch's fullest.
        """
        seed_chance(self.settings.seed, self.run.epoch, self.run.batch, self.among.rank)
        mine = [int((chunk.targets[..., 0] >= 0).sum()) for chunk in chunks]
        counts = self.among.sum([float(count) for count in mine], self.place.device)
        weight = self.among.size / max(*counts, 1.0)
        state: NetState | None = None
        for chunk, count, everywhere in zip(chunks, mine, counts, strict=True):
            chunk = chunk.to(self.place.device)
            with self.place.autocast():
                loss, state = self.reader(chunk, state)
            if everywhere:
                self._step(loss, weight)
                self._note(loss, count)

    def _step(self, loss: Tensor, weight: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.run)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(self.scaler.scale(loss * weight))
        self.scaler.unscale_(self.optimiser)
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.settings.clip)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.run.step += 1

    def _note(self, loss: Tensor, count: int) -> None:
        nats = float(loss.detach())
        if not np.isfinite(nats):
            raise TrainingError(
                f"The loss became {nats} at step {self.run.step} (epoch {self.run.epoch + 1}). "
                f"Lower --lr, which is {self.settings.lr:g}, or --clip, which is "
                f"{self.settings.clip:g}."
            )
        self.run.loss_sum += nats
        self.run.seen += count

    def _break_off(self) -> None:
        run = self.run
        run.interrupted = True
        raise StoppedError(
            f"Stopped in epoch {run.epoch + 1} of {self.settings.epochs}, after batch {run.batch} "
            f"of {run.batches}. The same command with --resume goes on from here."
        )


def optimiser_for(net: SequenceNet, settings: TrainSettings) -> torch.optim.Optimizer:
    """Adam, or AdamW whose decay spares biases, over the net's parameters."""
    parameters = [each for each in net.parameters() if each.requires_grad]
    fused = all(each.device.type in ("cpu", "cuda") for each in parameters)
    if not settings.weight_decay:
        return torch.optim.Adam(parameters, settings.lr, fused=fused)
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, settings.lr, fused=fused)


def learning_rate(run: Run) -> float:
    """The rate of the step to come: a linear rise, then the schedule."""
    settings = run.settings
    rise = min(1.0, (run.step + 1) / max(settings.warmup, 1))
    fall = 1.0 if settings.schedule == "constant" else 1.0 - (1.0 - LEAST_LR) * run.progress
    return settings.lr * rise * fall


def seed_chance(*numbers: int) -> None:
    """Let torch's generators follow from these numbers alone."""
    sequence = np.random.SeedSequence([number % (1 << 63) for number in numbers])
    torch.manual_seed(int(sequence.generate_state(1, np.uint64)[0]) >> 1)


@contextmanager
def _without_denormals() -> Iterator[None]:
    """Take numbers too small for a fast addition for zero, in this thread and only meanwhile."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn a lack of memory into a sentence that says what to do."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise TrainingError(OUT_OF_MEMORY) from error
    except RuntimeError as error:
        if any(words in str(error) for words in ("can't allocate memory", "not enough memory")):
            raise TrainingError(OUT_OF_MEMORY) from error
        raise


OUT_OF_MEMORY = (
    "The training does not fit into memory. Give a smaller --batch, score fewer songs at a time "
    "with --option softmax=sampled, or make the tables smaller with Bloom codes "
    "(--option bloom=0.2)."
)
