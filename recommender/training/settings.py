"""How a model is trained: one value that the command line, a checkpoint and a test all share."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "full", "mixed")
SCHEDULES = ("linear", "constant")


class TrainingError(Exception):
    """Training that cannot go on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """The training of one model. Models without gradients read `seed` alone.

    `batch` lists are read side by side, `steps` songs at a time; the state after one chunk is the
    first of the next. `lr` is Adam's largest learning rate, reached after `warmup` steps; the
    schedule then falls linearly to 2 % of it or stays. `patience` epochs without a better
    validation loss end the training, 0 never does. `precision` "auto" is mixed on a GPU.
    """

    epochs: int = 12
    batch: int = 100
    steps: int = 20
    lr: float = 2e-3
    warmup: int = 100
    schedule: str = "linear"
    weight_decay: float = 0.0
    clip: float = 5.0
    patience: int = 0
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "steps"):
            if getattr(self, name) < 1:
                raise TrainingError(f"{name} is {getattr(self, name)}; give 1 or more.")
        if not self.lr > 0 or not self.clip > 0:
            raise TrainingError("The learning rate and the clip must be above 0.")
        for name, words in (
            ("device", DEVICES),
            ("precision", PRECISIONS),
            ("schedule", SCHEDULES),
        ):
            if getattr(self, name) not in words:
                raise TrainingError(
                    f"{name} is {getattr(self, name)!r}; give one of {', '.join(words)}."
                )


def carried(settings: TrainSettings, usual: TrainSettings, own: TrainSettings) -> TrainSettings:
    """What a part is trained with: `own`, but what the whole asks for beside its `usual`.

    >>> carried(TrainSettings(epochs=3), TrainSettings(), TrainSettings(batch=40)).batch
    40
    """
    names = [each.name for each in fields(TrainSettings)]
    asked = {name: getattr(settings, name) for name in names}
    changed = {name: word for name, word in asked.items() if word != getattr(usual, name)}
    return replace(own, **changed)
