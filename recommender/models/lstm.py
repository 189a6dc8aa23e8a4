"""The LSTM: two layers of a hundred, lists read twenty songs at a time, as in the paper.

Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 1997.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from recommender.models.net import Core, NetState
from recommender.models.net_model import NetModel
from recommender.models.net_options import NetOptions
from recommender.training.settings import TrainSettings


@dataclass(frozen=True, slots=True)
class LSTMOptions(NetOptions):
    """The paper's sizes, a table for the input and one for the output, the next song alone."""

    dim: int = 100
    hidden: int = 100
    layers: int = 2
    dropout: float = 0.2
    tied: bool = False
    negatives: int = 2048
    horizon: int = 1
    vectors: str = ""


class LSTMCore(Core):
    """A stack of LSTM layers; the state is their outputs and cells, (batch, layers, hidden)."""

    def __init__(self, dim: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        between = dropout if layers > 1 else 0.0
        self.cells = nn.LSTM(dim, hidden, layers, batch_first=True, dropout=between)
        self.outputs = hidden

    def start(self, batch: int) -> NetState:
        """Zeros."""
        like = next(self.cells.parameters())
        zeros = like.new_zeros(batch, self.cells.num_layers, self.outputs)
        return zeros, zeros

    def forward(self, inputs: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        """(batch, time, dim) and a state to (batch, time, hidden) and the state after."""
        before = (state[0].transpose(0, 1).contiguous(), state[1].transpose(0, 1).contiguous())
        outputs, (hidden, cell) = self.cells(inputs, before)
        return outputs, (hidden.transpose(0, 1), cell.transpose(0, 1))


class LSTM(NetModel):
    """The paper's LSTM."""

    name = "lstm"
    title = "LSTM"
    Options = LSTMOptions
    defaults = TrainSettings(epochs=10, batch=100, steps=20, lr=4e-3, clip=5.0)

    def make_core(self) -> Core:
        """Layers as wide as `hidden`."""
        chosen = self.options
        return LSTMCore(chosen.dim, chosen.hidden, chosen.layers, chosen.dropout)
