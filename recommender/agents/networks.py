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
        for place, layer in enumerate(self.linear):
            x = layer(x)
            if place < len(self.linear) - 1:
                x = torch.relu(self.norm[place](x) if len(self.norm) else x)
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
    """What an action in a state will bring in the end: takes both side by side."""

    def __init__(self, layers: Layers) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, states: Tensor, actions: Tensor) -> Tensor:
        """(n, state), (n, k, action) -> (n, k)."""
        repeated = states[:, None].expand(-1, actions.shape[1], -1)
        values: Tensor = self.layers(torch.cat([repeated, actions], dim=2).flatten(0, 1))
        return values.view(actions.shape[:2])
