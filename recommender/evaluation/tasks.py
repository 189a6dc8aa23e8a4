"""Two tasks that show whether a net uses its memory, and a small training for them.

The copy task is that of Graves, Wayne and Danihelka, 2014. One-shot recall has the episodes of
Santoro et al., 2016, on classes made of noise instead of letters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from recommender.models.net import Core

UNSEEN = 1_000_003


class Task(Protocol):
    """Batches of sequences, and the loss of a net's answers to them."""

    @property
    def inputs(self) -> int:
        """The size of what a net reads a step."""

    @property
    def outputs(self) -> int:
        """The size of its answer a step."""

    def batch(self, size: int, chance: Generator) -> tuple[Tensor, Tensor]:
        """Inputs (size, time, inputs) and the targets."""

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of answers (size, time, outputs)."""


@dataclass(frozen=True, slots=True)
class CopyTask:
    """Say a sequence of up to `longest` rows of random bits again, once it has ended."""

    bits: int = 5
    longest: int = 8

    @property
    def inputs(self) -> int:
        """The bits, and a mark for the end of the sequence."""
        return self.bits + 1

    @property
    def outputs(self) -> int:
        """The bits."""
        return self.bits

    def batch(self, size: int, chance: Generator) -> tuple[Tensor, Tensor]:
        """Sequences of one random length, as `of_length` gives them."""
        length = int(torch.randint(1, self.longest + 1, (), generator=chance))
        return self.of_length(length, size, chance)

    def of_length(self, length: int, size: int, chance: Generator) -> tuple[Tensor, Tensor]:
        """Inputs (size, 2 * length + 1, bits + 1) and the bits (size, length, bits)."""
        bits = torch.randint(0, 2, (size, length, self.bits), generator=chance).float()
        inputs = torch.zeros(size, 2 * length + 1, self.inputs)
        inputs[:, :length, : self.bits] = bits
        inputs[:, length, self.bits] = 1
        return inputs, bits

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy a bit, while the sequence is said again."""
        return F.binary_cross_entropy_with_logits(answers[:, -targets.shape[1] :], targets)


@dataclass(frozen=True, slots=True)
class RecallTask:
    """Name the class of each item of an episode; the right name is told a step later.

    Classes are random points of `dim` numbers and get random names in each episode, so that
    nothing about them can be learnt beforehand. An item is its class's point and some noise, and
    each class comes up `presentations` times, in random order.
    """

    classes: int = 3
    dim: int = 6
    presentations: int = 5
    noise: float = 0.3

    @property
    def inputs(self) -> int:
        """The item, and the name of the item before."""
        return self.dim + self.classes

    @property
    def outputs(self) -> int:
        """A score a name."""
        return self.classes

    def batch(self, size: int, chance: Generator) -> tuple[Tensor, Tensor]:
        """Inputs (size, time, dim + classes) and the names (size, time)."""
        time = self.classes * self.presentations
        points = torch.randn(size, self.classes, self.dim, generator=chance)
        order = torch.rand(size, time, generator=chance).argsort(1) % self.classes
        names = torch.rand(size, self.classes, generator=chance).argsort(1).gather(1, order)
        items = points.gather(1, order.unsqueeze(-1).expand(-1, -1, self.dim))
        items = items + self.noise * torch.randn(items.shape, generator=chance)
        told = F.one_hot(names, self.classes).float().roll(1, 1)
        told[:, 0] = 0
        return torch.cat([items, told], -1), names

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy an item."""
        return F.cross_entropy(answers.flatten(0, 1), targets.flatten())


@dataclass(frozen=True, slots=True)
class TaskTraining:
    """`steps` batches by Adam, its rate falling linearly from `lr` to nothing."""

    steps: int = 600
    batch: int = 16
    lr: float = 5e-3
    clip: float = 1.0
    seed: int = 0


class TaskNet(nn.Module):
    """A core and a linear answer, for sequences that each begin anew."""

    def __init__(self, core: Core, outputs: int) -> None:
        super().__init__()
        self.core = core
        self.answer = nn.Linear(core.outputs, outputs)

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, time, inputs) to (batch, time, outputs)."""
        answers: Tensor = self.answer(self.core(inputs, self.core.start(len(inputs)))[0])
        return answers


def learn(make_core: Callable[[], Core], task: Task, training: TaskTraining) -> TaskNet:
    """Train the core on the task from the seed on; the same again for the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        net = TaskNet(make_core(), task.outputs)
    chance = Generator().manual_seed(training.seed)
    adam = torch.optim.Adam(net.parameters(), lr=training.lr)
    slower = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, training.steps)
    for _ in range(training.steps):
        inputs, targets = task.batch(training.batch, chance)
        loss = task.loss(net(inputs), targets)
        adam.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(net.parameters(), training.clip)
        adam.step()
        slower.step()
    return net


@torch.no_grad()
def bits_right(net: TaskNet, task: CopyTask, length: int, sequences: int = 200) -> float:
    """The share of bits said right in sequences of one length that the net never saw."""
    inputs, bits = task.of_length(length, sequences, Generator().manual_seed(UNSEEN))
    said = net(inputs)[:, -length:] > 0
    return float((said == bits.bool()).float().mean())


@torch.no_grad()
def recalled(net: TaskNet, task: RecallTask, episodes: int = 500) -> tuple[float, ...]:
    """The share of items named right at a class's first, second, ... presentation."""
    inputs, names = task.batch(episodes, Generator().manual_seed(UNSEEN))
    right = net(inputs).argmax(-1) == names
    seen = F.one_hot(names, task.classes).cumsum(1).gather(2, names.unsqueeze(-1)).squeeze(-1)
    times = range(1, task.presentations + 1)
    return tuple(float(right[seen == time].float().mean()) for time in times)


def parameters_of(core: nn.Module) -> int:
    """How many numbers a core learns."""
    return sum(each.numel() for each in core.parameters())


def equal_parameters(make_core: Callable[[int], Core], parameters: int) -> int:
    """The `hidden` at which `make_core(hidden)` has nearest to so many parameters.

    The core's size must grow with `hidden`.
    """

    def size(hidden: int) -> int:
        with torch.device("meta"):
            return parameters_of(make_core(hidden))

    low, high = 1, 2
    while size(high) < parameters:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size(middle) < parameters else (low, middle)
    return min(low, high, key=lambda hidden: abs(size(hidden) - parameters))
