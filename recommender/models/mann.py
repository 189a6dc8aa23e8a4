"""The memory-augmented neural network: reads by content, writes to what was least used.

Santoro, Bartunov, Botvinick, Wierstra and Lillicrap, "Meta-Learning with Memory-Augmented Neural
Networks", ICML 2016.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from recommender.models.memory import (
    STRENGTH_AT_FIRST,
    TO_LEAST_USED_AT_FIRST,
    TRAINING,
    MemoryCore,
    MemoryOptions,
    content,
    first_usage,
    least_used,
    lrua,
    used,
    written_over,
)
from recommender.models.net import Core, NetState
from recommender.models.net_model import NetModel


class MANNCore(MemoryCore):
    """Each head writes its key where it read a step ago or to a slot least used, then reads.

    Kept beside the memory are the weights read with and the usage.
    """

    def __init__(self, dim: int, options: MemoryOptions) -> None:
        self.sizes = [options.width, 1, 1]
        super().__init__(dim, options, options.heads * sum(self.sizes))
        with torch.no_grad():
            bias = self.say.bias.view(options.heads, -1)
            bias[:, options.width] += STRENGTH_AT_FIRST
            bias[:, options.width + 1] += TO_LEAST_USED_AT_FIRST

    def start_access(self, batch: int) -> NetState:
        """Nothing read, nothing used."""
        options, like = self.options, self.say.weight
        weights = like.new_zeros(batch, options.heads, options.slots)
        return weights, first_usage(batch, options.slots, like)

    def access(self, said: Tensor, memory: Tensor, kept: NetState) -> tuple[Tensor, NetState]:
        """Write first, so that what was just written can be read."""
        before, usage = kept
        said = said.view(len(said), self.options.heads, -1)
        keys, strength, gate = torch.split(said, self.sizes, -1)
        keys = keys.tanh()
        least = least_used(usage, self.options.heads)
        writes = lrua(before, least, gate.sigmoid())
        memory = written_over(memory, least, writes, keys)
        reads = content(memory, keys, F.softplus(strength))
        return torch.bmm(reads, memory), (memory, reads, used(usage, reads, writes))


class MANN(NetModel):
    """A memory-augmented neural network over songs."""

    name = "mann"
    title = "MANN"
    Options = MemoryOptions
    defaults = TRAINING

    def make_core(self) -> Core:
        """The network that the options describe."""
        return MANNCore(self.options.dim, self.options)
