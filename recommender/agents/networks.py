"""The small networks of an actor and a critic, and their weights as plain arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from recommender.agents.errors import AgentError
from recommender.data.arrays import FloatArray

LAST = 3e-3
"""How large the last layer's first weights may be, so that first answers are near zero."""

CLOSER = 4.0
"""Times which dot products weigh, to stand beside other numbers."""


class Layers(nn.Module):
    """Linear layers with ReLU between them, layer norm before each ReLU where it is asked for.

    `sizes` are the numbers in, of each hidden layer, and out.
    """

    def __init__(self, sizes: Sequence[int], norm: bool, chance: torch.Generator) -> None:
        super().__init__()
        self.linear = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(sizes))
        self.norm = nn.ModuleList(nn.LayerNorm(size) for size in sizes[1:-1] if norm)
        with torch.no_grad():
            for place, layer in enumerate(self.linear):
                reach = LAST if place == len(sizes) - 2 else 1 / math.sqrt(sizes[place])
                for each in layer.parameters():
                    each.uniform_(-reach, reach, generator=chance)

    def forward(self, x: Tensor) -> Tensor:
        """(n, in) -> (n, out)."""
        return self.onwards(self.first(x))

    @property
    def first(self) -> nn.Linear:
        """The first linear layer."""
        layer = self.linear[0]
        assert isinstance(layer, nn.Linear)
        return layer

    def onwards(self, x: Tensor) -> Tensor:
        """What comes after the first linear layer: (..., first hidden) -> (..., out)."""
        for place, layer in enumerate(list(self.linear)[1:]):
            x = layer(torch.relu(self.norm[place](x) if len(self.norm) else x))
        return x

    def arrays(self, name: str) -> dict[str, FloatArray]:
        """The weights under `name.0.weight` (out, in), `name.0.bias` (out,), `name.1.weight`, ...
        and those of layer norm under `name.0.gain`, `name.0.shift`."""
        return {f"{name}.{key}": each.detach().cpu().numpy().copy() for key, each in self._named()}

    def restore(self, name: str, arrays: Mapping[str, FloatArray]) -> None:
        """Take over what `arrays` gave; raises AgentError in words if it does not fit."""
        with torch.no_grad():
            for key, each in self._named():
                given = arrays.get(f"{name}.{key}")
                if given is None or given.shape != tuple(each.shape):
                    found = "is missing" if given is None else f"has the shape {given.shape}"
                    raise AgentError(
                        f"The weights “{name}.{key}” {found}, where {tuple(each.shape)} is wanted. "
                        "They belong to an agent of other settings; train it again."
                    )
                if not np.isfinite(given).all():
                    raise AgentError(
                        f"The weights “{name}.{key}” are not all numbers. Train the agent again."
                    )
                each.copy_(torch.from_numpy(np.asarray(given, np.float32)))

    def _named(self) -> list[tuple[str, Tensor]]:
        named: list[tuple[str, Tensor]] = []
        for place, layer in enumerate(self.linear):
            named += [(f"{place}.{key}", each) for key, each in layer.named_parameters()]
        for place, norm in enumerate(self.norm):
            words = {"weight": "gain", "bias": "shift"}
            named += [(f"{place}.{words[key]}", each) for key, each in norm.named_parameters()]
        return named


def follow(target: nn.Module, net: nn.Module, share: float) -> None:
    """Let a target network come nearer to the one that learns, by a share of the way."""
    with torch.no_grad():
        for theirs, ours in zip(target.parameters(), net.parameters(), strict=True):
            theirs.lerp_(ours, share)


def diverged() -> AgentError:
    """What to raise when a training's losses are no numbers."""
    return AgentError(
        "The training diverged: the agent's figures are no longer numbers. Start again with a "
        "lower learning rate or smaller rewards."
    )


class Actor(nn.Module):
    """Proposes `proposals` actions a state, each of `size` numbers.

    Each number is between -`limit` and `limit`; with `unit` each action has length 1 instead.
    """

    def __init__(self, layers: Layers, proposals: int, limit: float, unit: bool) -> None:
        super().__init__()
        self.layers, self.proposals, self.limit, self.unit = layers, proposals, limit, unit

    def forward(self, states: Tensor) -> Tensor:
        """(n, state) -> (n, proposals, action)."""
        actions = torch.tanh(self.layers(states)).view(len(states), self.proposals, -1)
        return self.within(self.limit * actions)

    def within(self, actions: Tensor) -> Tensor:
        """The nearest actions that may be, (n, proposals, action)."""
        if self.unit:
            return nn.functional.normalize(actions, dim=2)
        return actions.clamp(-self.limit, self.limit)


class Critic(nn.Module):
    """What an action in a state will bring in the end: takes both side by side.

    An action has `size` numbers. The first `relate` times as many numbers of a state are vectors in
    the actions' space; behind the action come its dot products with them, times CLOSER. Of the
    first `blind` numbers of an action nothing but the dot products is seen, so that no action can
    be known again by where it lies: their weights are 0 and stay so.
    """

    def __init__(self, layers: Layers, relate: int, size: int, blind: int = 0) -> None:
        super().__init__()
        self.layers, self.relate, self.blind = layers, relate, blind
        state = layers.first.in_features - size - relate
        with torch.no_grad():
            layers.first.weight[:, state : state + blind] = 0

    def forward(self, states: Tensor, actions: Tensor) -> Tensor:
        """(n, state), (n, k, action) -> (n, k)."""
        first = self.layers.first
        state, size = states.shape[1], actions.shape[2]
        of_state, of_action, of_dots = first.weight.tensor_split([state, state + size], dim=1)
        # A state's part is the same for all its actions, and is computed once.
        inner = actions[:, :, self.blind :] @ of_action[:, self.blind :].T
        inner = inner + (states @ of_state.T + first.bias)[:, None]
        if self.relate:
            vectors = states[:, : self.relate * size].reshape(len(states), self.relate, size)
            inner = inner + CLOSER * (actions @ vectors.transpose(1, 2)) @ of_dots.T
        values: Tensor = self.layers.onwards(inner)[..., 0]
        return values
