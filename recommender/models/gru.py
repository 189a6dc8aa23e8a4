"""The GRU: one gated layer, with one table of songs for input and output.

Hidasi et al., "Session-based recommendations with recurrent neural networks", ICLR 2016.
"""

from __future__ import annotations

from torch import Tensor, nn

from recommender.models.net import Core, NetState
from recommender.models.net_model import NetModel
from recommender.training.settings import TrainSettings


class GRUCore(Core):
    """A stack of GRU layers; the state is their outputs, (batch, layers, hidden)."""

    def __init__(self, dim: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        between = dropout if layers > 1 else 0.0
        self.cells = nn.GRU(dim, hidden, layers, batch_first=True, dropout=between)
        self.outputs = hidden

    def start(self, batch: int) -> NetState:
        """Zeros."""
        like = next(self.cells.parameters())
        return (like.new_zeros(batch, self.cells.num_layers, self.outputs),)

    def forward(self, inputs: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        """(batch, time, dim) and a state to (batch, time, hidden) and the state after."""
        outputs, after = self.cells(inputs, state[0].transpose(0, 1).contiguous())
        return outputs, (after.transpose(0, 1),)


class GRU(NetModel):
    """A GRU over songs."""

    name = "gru"
    title = "GRU"
    defaults = TrainSettings(epochs=10, batch=40, lr=1e-3, clip=1.0)

    def make_core(self) -> Core:
        """Layers as wide as `hidden`."""
        chosen = self.options
        return GRUCore(chosen.dim, chosen.hidden, chosen.layers, chosen.dropout)
