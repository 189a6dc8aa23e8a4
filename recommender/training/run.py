"""How far a training has come: what hooks look at and checkpoints keep."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor, nn

from recommender.training.settings import TrainSettings


@dataclass(frozen=True, slots=True)
class Epoch:
    """The figures of one epoch; losses are in nats a song, NaN without validation lists.

    `accuracy` maps k to the share of next songs among the k likeliest of the whole catalogue.
    """

    train_loss: float
    valid_loss: float = float("nan")
    accuracy: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0
    songs_per_s: float = 0.0


@dataclass(slots=True)
class Run:
    """A training under way. Hooks read it, and may set `enough` or `interrupted` to end it.

    `epoch` counts finished epochs, `batch` the finished batches of the one under way, of
    `batches` and `targets` in each; `loss_sum` and `seen` are what that epoch has added up in
    nats and next songs. `best` are the weights to end with, empty for the last ones.
    """

    net: nn.Module
    settings: TrainSettings
    batches: int
    targets: int
    epoch: int = 0
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    seen: int = 0
    seconds: float = 0.0
    epoch_seconds: float = 0.0
    history: list[Epoch] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    enough: bool = False
    interrupted: bool = False

    @property
    def loss(self) -> float:
        """The mean loss of the epoch under way, in nats a song."""
        return self.loss_sum / self.seen if self.seen else float("nan")

    @property
    def progress(self) -> float:
        """The share of the whole training that is done."""
        done = self.epoch + self.batch / self.batches
        return min(done / self.settings.epochs, 1.0)
