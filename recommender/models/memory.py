"""Memory that a net reads and writes by attention: its addressing, and the core around it.

Graves, Wayne and Danihelka, "Neural Turing Machines", 2014; Santoro, Bartunov, Botvinick, Wierstra
and Lillicrap, "Meta-Learning with Memory-Augmented Neural Networks", 2016. Throughout, a memory is
(batch, slots, width) and weights are (batch, heads, slots), each head's adding up to 1.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.models.net import Core, NetState
from recommender.models.net_options import NetOptions
from recommender.training.settings import TrainSettings

EMPTY = 1e-6
EPSILON = 1e-3
SHIFTS = 3
ADDRESS = 3 + SHIFTS
"""What a head says beside its key: strength, gate, sharpness, and a chance for each shift."""

STRENGTH_AT_FIRST = 3.0
TO_LEAST_USED_AT_FIRST = -2.0
USAGE_DECAY = 0.95

TRAINING = TrainSettings(epochs=8, batch=100, lr=2e-3, clip=1.0)
"""What suits a memory net over songs."""


@dataclass(frozen=True, slots=True)
class MemoryOptions(NetOptions):
    """The nets' options, with a memory of `slots` rows, each `width` numbers, and its `heads`.

    The controller is one LSTM layer of `hidden` units.
    """

    dim: int = 100
    hidden: int = 100
    slots: int = 64
    width: int = 24
    heads: int = 2

    def __post_init__(self) -> None:
        NetOptions.__post_init__(self)
        if self.layers != 1:
            raise ValueError(f"layers is {self.layers}; the controller of a memory has 1.")
        for name, least in (("slots", SHIFTS), ("width", 1), ("heads", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; give {least} or more.")
        if self.heads > self.slots:
            raise ValueError(f"There are {self.heads} heads for {self.slots} slots; give fewer.")


def content(memory: Tensor, keys: Tensor, strength: Tensor) -> Tensor:
    """Weights by likeness to `keys` (batch, heads, width): softmax of cosine times `strength`."""
    near = torch.bmm(keys, memory.mT)
    size = torch.linalg.vector_norm(memory, dim=-1).unsqueeze(1) + EPSILON
    sizes = torch.linalg.vector_norm(keys, dim=-1, keepdim=True) + EPSILON
    return F.softmax(near * (strength / sizes) / size, -1)


def shifted(weights: Tensor, chances: Tensor) -> Tensor:
    """Weights moved round by -1, 0 or 1 slots, with `chances` (batch, heads, 3)."""
    back, stay, on = chances.unsqueeze(-1).unbind(-2)
    moved = torch.addcmul(stay * weights, back, weights.roll(-1, -1))
    return torch.addcmul(moved, on, weights.roll(1, -1))


def sharpened(weights: Tensor, power: Tensor) -> Tensor:
    """Weights to a power of 1 or more, (batch, heads, 1), and made to add up to 1 again."""
    return (power * (weights + EMPTY).log()).softmax(-1)


def addressed(memory: Tensor, previous: Tensor, said: Tensor) -> Tensor:
    """The weights of heads that say (batch, heads, width + ADDRESS), by Graves's four steps.

    Content addressing, interpolation with the previous weights, convolutional shift, sharpening.
    """
    key, strength, gate, power, shifts = torch.split(said, [memory.shape[-1], 1, 1, 1, SHIFTS], -1)
    found = content(memory, key.tanh(), F.softplus(strength))
    kept = torch.lerp(previous, found, gate.sigmoid())
    return sharpened(shifted(kept, shifts.softmax(-1)), 1 + F.softplus(power))


def least_used(usage: Tensor, heads: int) -> Tensor:
    """One slot a head, the least used first: ones in zeros, (batch, heads, slots)."""
    slots = usage.topk(heads, dim=-1, largest=False).indices.unsqueeze(-1)
    return usage.new_zeros(len(usage), heads, usage.shape[-1]).scatter_(2, slots, 1)


def used(usage: Tensor, reads: Tensor, writes: Tensor, decay: float = USAGE_DECAY) -> Tensor:
    """How much each slot (batch, slots) was used, its past fading by `decay` a step.

    No gradient passes, for none passes the choice of the least used.
    """
    return (reads.detach() + writes.detach()).sum(1).add_(usage, alpha=decay)


def lrua(weights: Tensor, least: Tensor, gate: Tensor) -> Tensor:
    """Santoro's least-recently-used access: `weights` where `gate` is 1, `least` where it is 0."""
    return torch.lerp(least, weights, gate)


def written_over(memory: Tensor, least: Tensor, writes: Tensor, rows: Tensor) -> Tensor:
    """The memory with `rows` (batch, heads, width) added by `writes`, its `least` slots emptied."""
    kept = memory * (1 - least.sum(1)).unsqueeze(-1)
    return torch.baddbmm(kept, writes.mT, rows)


def first_usage(batch: int, slots: int, like: Tensor) -> Tensor:
    """The usage of an empty memory, (batch, slots): all but equal, so that it fills in order."""
    order = torch.arange(slots, device=like.device, dtype=like.dtype)
    return (order * EMPTY).expand(batch, -1)


class MemoryCore(Core):
    """An LSTM controller beside a memory; what it reads joins its answer and its next input.

    The state is the controller's hidden and cell (batch, hidden), the rows read last
    (batch, heads * width), the memory, and what `access` keeps.
    """

    def __init__(self, dim: int, options: MemoryOptions, said: int) -> None:
        """`said` is how many numbers the controller gives the memory a step."""
        super().__init__()
        self.options = options
        self.outputs = hidden = options.hidden
        read = options.heads * options.width
        self.inputs = nn.Linear(dim, 4 * hidden)
        self.again = nn.Linear(hidden + read, 4 * hidden, bias=False)
        self.say = nn.Linear(hidden, said)
        self.answer = nn.Linear(read, hidden, bias=False)
        with torch.no_grad():
            self.inputs.bias[hidden : 2 * hidden] += 1

    def start(self, batch: int) -> NetState:
        """Empty memory, nothing read."""
        options, weight = self.options, self.say.weight
        zeros = weight.new_zeros(batch, options.hidden)
        read = weight.new_zeros(batch, options.heads * options.width)
        memory = weight.new_full((batch, options.slots, options.width), EMPTY)
        return zeros, zeros, read, memory, *self.start_access(batch)

    @abstractmethod
    def start_access(self, batch: int) -> NetState:
        """What `access` keeps, before the first step."""

    @abstractmethod
    def access(self, said: Tensor, memory: Tensor, kept: NetState) -> tuple[Tensor, NetState]:
        """Read and write: the rows read (batch, heads, width), then the memory and what to keep."""

    def forward(self, inputs: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        """In single precision whatever the rest has: addressing has no room for less."""
        with torch.autocast(inputs.device.type, enabled=False):
            return self._read(inputs.float(), state)

    def _read(self, inputs: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        hidden, cell, read, memory, *kept = state
        hiddens, reads, again = [], [], self.again.weight.T
        for part in self.inputs(inputs).unbind(1):
            gates = torch.addmm(part, torch.cat((hidden, read), -1), again)
            hidden, cell = _lstm(gates, cell)
            rows, (memory, *kept) = self.access(self.say(hidden), memory, tuple(kept))
            read = rows.flatten(1)
            hiddens.append(hidden)
            reads.append(read)
        answers = torch.stack(hiddens, 1) + self.answer(torch.stack(reads, 1))
        return answers, (hidden, cell, read, memory, *kept)


def _lstm(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    size = cell.shape[-1]
    let_in, forget, out = gates[:, : 3 * size].sigmoid().chunk(3, -1)
    cell = torch.addcmul(forget * cell, let_in, gates[:, 3 * size :].tanh())
    return out * cell.tanh(), cell
