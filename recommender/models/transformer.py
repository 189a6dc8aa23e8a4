"""A small causal transformer whose positions are distances, so that it serves song by song.

Vaswani et al., "Attention is all you need", NIPS 2017, with the norm before each part (Xiong et
al., "On layer normalization in the transformer architecture", ICML 2020) and ALiBi positions
(Press, Smith and Lewis, "Train short, test long", ICLR 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.models.net import Core, NetState
from recommender.models.net_model import NetModel
from recommender.models.net_options import NetOptions
from recommender.training.settings import TrainSettings


@dataclass(frozen=True, slots=True)
class TransformerOptions(NetOptions):
    """Each song attends, in each layer with `heads` heads, to itself and `context` - 1 before."""

    layers: int = 2
    heads: int = 4
    context: int = 256

    def __post_init__(self) -> None:
        NetOptions.__post_init__(self)
        if self.heads < 1 or self.context < 1:
            raise ValueError("Give heads and context of 1 or more.")
        if self.hidden % self.heads:
            raise ValueError(f"hidden is {self.hidden}; give a multiple of heads ({self.heads}).")


class Block(nn.Module):
    """Attention and a feed-forward part, each added to what came in."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.attention_in = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.forward_norm = nn.LayerNorm(width)
        self.forward_in = nn.Linear(width, 4 * width)
        self.forward_out = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Tensor, past: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, time, width) and the past's keys and values to the same, both longer by time.

        `past` is (batch, songs, 2 width), `bias` (heads, time, songs + time) is added to the
        attention's scores.
        """
        query, fresh = self.attention_in(self.attention_norm(inputs)).tensor_split((self.width,), 2)
        kept = torch.cat([past, fresh.to(past.dtype)], 1)
        keys, values = kept.to(query.dtype).chunk(2, -1)
        heard = F.scaled_dot_product_attention(
            self._split(query), self._split(keys), self._split(values), bias.to(query.dtype)
        )
        inputs = inputs + self.dropout(self.attention_out(heard.transpose(1, 2).flatten(2)))
        thought = self.forward_out(F.gelu(self.forward_in(self.forward_norm(inputs))))
        return inputs + self.dropout(thought), kept

    @property
    def width(self) -> int:
        """How many numbers a song's vector has in here."""
        return self.attention_out.in_features

    def _split(self, vectors: Tensor) -> Tensor:
        """(batch, songs, width) to (batch, heads, songs, width / heads)."""
        return vectors.view(*vectors.shape[:2], self.heads, -1).transpose(1, 2)


class TransformerCore(Core):
    """A stack of blocks; the state is each one's keys and values, (batch, songs, 2 hidden).

    It holds no more than the last `context` - 1 songs, so that a step costs the same for ever.
    """

    slopes: Tensor

    def __init__(self, options: TransformerOptions) -> None:
        super().__init__()
        self.context = options.context
        self.outputs = options.hidden
        self.widen = nn.Linear(options.dim, options.hidden)
        self.blocks = nn.ModuleList(
            Block(options.hidden, options.heads, options.dropout) for _ in range(options.layers)
        )
        self.norm = nn.LayerNorm(options.hidden)
        slopes = 2.0 ** (-8.0 * torch.arange(1, options.heads + 1) / options.heads)
        self.register_buffer("slopes", slopes, persistent=False)

    def start(self, batch: int) -> NetState:
        """No songs yet."""
        return tuple(self.slopes.new_zeros(batch, 0, 2 * self.outputs) for _ in self.blocks)

    def forward(self, inputs: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        """(batch, time, dim) and a state to (batch, time, hidden) and the state after."""
        vectors = self.widen(inputs)
        bias = self._bias(inputs.shape[1], state[0].shape[1])
        after = []
        for block, past in zip(self.blocks, state, strict=True):
            vectors, kept = block(vectors, past, bias)
            after.append(kept[:, max(kept.shape[1] - self.context + 1, 0) :])
        return self.norm(vectors), tuple(after)

    def _bias(self, time: int, past: int) -> Tensor:
        """(heads, time, past + time): less for songs further back, never for later ones."""
        places = torch.arange(past + time, device=self.slopes.device)
        distance = places[past:, None] - places
        hidden = (distance < 0) | (distance >= self.context)
        bias = -self.slopes[:, None, None] * distance
        return bias.masked_fill(hidden, -torch.inf)


class Transformer(NetModel):
    """A small transformer over songs."""

    name = "transformer"
    title = "Transformer"
    Options = TransformerOptions
    defaults = TrainSettings(batch=40, steps=64, lr=1.5e-3, clip=1.0)

    def make_core(self) -> Core:
        """Blocks as wide as `hidden`."""
        return TransformerCore(self.options)
