"""The Neural Turing Machine: a memory with heads that look up rows and walk from row to row.

Graves, Wayne and Danihelka, "Neural Turing Machines", 2014.
"""

from __future__ import annotations

import torch
from torch import Tensor

from recommender.models.memory import ADDRESS, TRAINING, MemoryCore, MemoryOptions, addressed
from recommender.models.net import Core, NetState
from recommender.models.net_model import NetModel


class NTMCore(MemoryCore):
    """As many write heads as read heads, each with content and location addressing."""

    def __init__(self, dim: int, options: MemoryOptions) -> None:
        heads, row = options.heads, options.heads * options.width
        self.sizes = [2 * heads * (options.width + ADDRESS), row, row]
        super().__init__(dim, options, sum(self.sizes))
        self._walk_on()

    def _walk_on(self) -> None:
        """Incline each head to move on by a slot a step, until it learns better."""
        heads, width = self.options.heads, self.options.width
        with torch.no_grad():
            said = self.say.bias[: self.sizes[0]].view(2 * heads, width + ADDRESS)
            said[:, width + 1] = -1.0
            said[:, -1] = 1.0

    def start_access(self, batch: int) -> NetState:
        """Every head on the first slot."""
        weights = self.say.weight.new_zeros(batch, 2 * self.options.heads, self.options.slots)
        weights[:, :, 0] = 1
        return (weights,)

    def access(self, said: Tensor, memory: Tensor, kept: NetState) -> tuple[Tensor, NetState]:
        """Read the memory as it was, then erase and add."""
        heads, width = self.options.heads, self.options.width
        address, erase, add = torch.split(said, self.sizes, -1)
        weights = addressed(memory, kept[0], address.view(len(said), 2 * heads, -1))
        reading, writing = weights.chunk(2, 1)
        rows = torch.bmm(reading, memory)
        erase = erase.sigmoid().view(-1, heads, width)
        for head in range(heads):
            gone = writing[:, head, :, None] * erase[:, head, None, :]
            memory = torch.addcmul(memory, memory, gone, value=-1)
        memory = torch.baddbmm(memory, writing.mT, add.tanh().view(-1, heads, width))
        return rows, (memory, weights)


class NTM(NetModel):
    """A Neural Turing Machine over songs."""

    name = "ntm"
    title = "NTM"
    Options = MemoryOptions
    defaults = TRAINING

    def make_core(self) -> Core:
        """The machine that the options describe."""
        return NTMCore(self.options.dim, self.options)
