"""The hybrid: the NTM's four steps of addressing read, the same weight through LRUA writes.

Addressing after Graves, Wayne and Danihelka, 2014; least-recently-used access after Santoro et
al., 2016.
"""

from __future__ import annotations

import torch
from torch import Tensor

from recommender.models.memory import (
    ADDRESS,
    STRENGTH_AT_FIRST,
    TO_LEAST_USED_AT_FIRST,
    TRAINING,
    MemoryCore,
    MemoryOptions,
    addressed,
    first_usage,
    least_used,
    lrua,
    used,
    written_over,
)
from recommender.models.net import Core, NetState
from recommender.models.net_model import NetModel


class HybridCore(MemoryCore):
    """Each head writes a row where it read a step ago or to a slot least used, then reads.

    Unlike the MANN's its weight comes from content, the weight before, a shift and a sharpening,
    and what it writes is not its key. Kept beside the memory are the weights and the usage.
    """

    def __init__(self, dim: int, options: MemoryOptions) -> None:
        width = options.width
        self.sizes = [width + ADDRESS, 1, width]
        super().__init__(dim, options, options.heads * sum(self.sizes))
        with torch.no_grad():
            bias = self.say.bias.view(options.heads, -1)
            bias[:, width] += STRENGTH_AT_FIRST
            bias[:, [width + 1, width + 4]] += 1.0
            bias[:, width + ADDRESS] += TO_LEAST_USED_AT_FIRST

    def start_access(self, batch: int) -> NetState:
        """Every head on the first slot, nothing used."""
        options, like = self.options, self.say.weight
        weights = like.new_zeros(batch, options.heads, options.slots)
        weights[:, :, 0] = 1
        return weights, first_usage(batch, options.slots, like)

    def access(self, said: Tensor, memory: Tensor, kept: NetState) -> tuple[Tensor, NetState]:
        """Write first, so that what was just written can be read."""
        before, usage = kept
        said = said.view(len(said), self.options.heads, -1)
        address, gate, rows = torch.split(said, self.sizes, -1)
        least = least_used(usage, self.options.heads)
        writes = lrua(before, least, gate.sigmoid())
        memory = written_over(memory, least, writes, rows.tanh())
        weights = addressed(memory, before, address)
        return torch.bmm(weights, memory), (memory, weights, used(usage, weights, writes))


class NTMWithLRUA(NetModel):
    """An NTM that writes by least-recently-used access, over songs."""

    name = "ntm_lrua"
    title = "NTM + LRUA"
    Options = MemoryOptions
    defaults = TRAINING

    def make_core(self) -> Core:
        """The hybrid that the options describe."""
        return HybridCore(self.options.dim, self.options)
