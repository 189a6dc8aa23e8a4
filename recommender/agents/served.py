"""A trained agent in use: the same answers without torch, and careful steps of learning.

It belongs where torch is too much to load. The weights are those of `DDPG.arrays`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.agents.errors import AgentError
from recommender.data.arrays import BoolArray, FloatArray

CLOSER = np.float32(4.0)
"""As in `networks`, which imports torch."""

SMALLEST = 1e-5
"""What layer norm adds to the variance, as torch does."""


@dataclass(frozen=True, slots=True)
class Carefully:
    """How far one step of learning may go, and all of them together.

    `rate` times the gradient of the critic's mean squared error, `actor_rate` times that of the
    proposals' mean value (0 leaves the actor as it is), each gradient shortened to `clip`. No
    array of weights ever gets farther from where it was when the agent was made than `drift`
    times its own length then.
    """

    rate: float = 1e-3
    actor_rate: float = 0.0
    clip: float = 1.0
    drift: float = 0.1

    def __post_init__(self) -> None:
        if not (0 <= self.rate < 1 and 0 <= self.actor_rate < 1):
            raise AgentError("The rates of learning must be from 0 to below 1.")
        if not (0 < self.clip < np.inf and 0 <= self.drift < np.inf):
            raise AgentError("clip must be above 0 and drift not below; give finite numbers.")


class ServedAgent:
    """Proposes and values songs; a value in itself: `learn` makes another and leaves this one.

    `dim` numbers are a song's vector; proposals have length 1, as only their direction counts.
    Raises AgentError for weights that are no agent's, or not of an agent for such vectors.
    """

    def __init__(self, arrays: Mapping[str, FloatArray], dim: int) -> None:
        self._actor, self._critic = _Layers(arrays, "actor"), _Layers(arrays, "critic")
        self._first, self._sizes = (
            dict(arrays),
            {key: max(_size(each), 1e-12) for key, each in arrays.items()},
        )
        self.dim, self.state_size = dim, self._actor.inputs
        self.relate = self._critic.inputs - self.state_size - dim
        if self._actor.outputs % dim or not 0 <= self.relate * dim <= self.state_size:
            raise AgentError(
                f"This agent was trained for other song vectors than these, of {dim} numbers. "
                "Train an agent on these songs."
            )
        if self._critic.outputs != 1:
            raise AgentError("The critic must give one number an action. Train the agent again.")
        self.proposals = self._actor.outputs // dim

    def proto(self, states: FloatArray) -> FloatArray:
        """Where the actor would look for songs, (n, proposals, dim), for states (n, state)."""
        return _unit(np.tanh(self._actor.forward(states)[0]).reshape(len(states), -1, self.dim))

    def values(self, states: FloatArray, actions: FloatArray) -> FloatArray:
        """What the critic thinks of songs' vectors (n, k, dim) in states (n, state): (n, k)."""
        own = self._own(states, actions)
        return self._critic.forward(own, states)[0].reshape(actions.shape[:2])

    def targets(
        self,
        rewards: FloatArray,
        next_states: FloatArray,
        next_actions: FloatArray,
        ended: BoolArray,
        discount: float = 0.9,
    ) -> FloatArray:
        """What actions turned out to be worth, (n,): their reward (n,), and the best of what could
        come next, of vectors (n, k, dim), where the session went on."""
        best = self.values(next_states, next_actions).max(axis=1)
        worth: FloatArray = np.where(ended, rewards, rewards + discount * best).astype(np.float32)
        return worth

    def learn(
        self,
        states: FloatArray,
        actions: FloatArray,
        targets: FloatArray,
        how: Carefully | None = None,
    ) -> Self:
        """The agent after one step of gradient towards the `targets` (n,) of the songs that were
        played, `actions` (n, dim); this one stays as it is, so that to undo is to keep it.

        Raises AgentError, in words, for targets or states that are no numbers.
        """
        careful = how or Carefully()
        for name, array in (("state", states), ("action", actions), ("reward", targets)):
            if not len(array) or not np.isfinite(array).all():
                raise AgentError(
                    f"A {name} is missing or not a number; nothing was learnt from it."
                )
        inputs = self._beside(states, actions[:, None])
        found, trace = self._critic.forward(inputs)
        slope: FloatArray = 2 * (found - targets.reshape(-1, 1)) / np.float32(len(targets))
        changed = _stepped(self._critic.backward(trace, slope)[0], -careful.rate, careful.clip)
        if careful.actor_rate:
            slopes = self._actor_slopes(states)
            changed |= _stepped(slopes, careful.actor_rate, careful.clip)
        return self._moved(changed, careful.drift)

    def arrays(self) -> dict[str, FloatArray]:
        """The weights as they are now, under the names under which they came."""
        return {**self._first, **self._actor.arrays, **self._critic.arrays}

    def drift(self) -> float:
        """How far the weights have moved at most, as a share of their length at first."""
        shares = [
            _size(now - self._first[key]) / self._sizes[key] for key, now in self.arrays().items()
        ]
        return max(shares)

    def _actor_slopes(self, states: FloatArray) -> dict[str, FloatArray]:
        """The gradient of the proposals' mean value by the actor's weights."""
        raw, trace = self._actor.forward(states)
        bent = np.tanh(raw).reshape(len(states), -1, self.dim)
        protos, lengths = _unit(bent), np.linalg.norm(bent, axis=2, keepdims=True)
        values, thought = self._critic.forward(self._beside(states, protos))
        slope: FloatArray = np.full_like(values, 1 / values.size)
        by_proto = self._by_actions(states, self._critic.backward(thought, slope)[1], protos.shape)
        along = (by_proto * protos).sum(axis=2, keepdims=True)
        by_bent = (by_proto - along * protos) / np.maximum(lengths, 1e-12) * (1 - bent**2)
        return self._actor.backward(trace, by_bent.reshape(len(states), -1))[0]

    def _beside(self, states: FloatArray, actions: FloatArray) -> FloatArray:
        """What the critic is given: each state beside each of its actions (n, k, dim), and how
        these lie to the vectors that the state begins with: (n * k, state + dim + relate)."""
        repeated = np.repeat(states, actions.shape[1], axis=0)
        return np.concatenate([repeated, self._own(states, actions)], axis=1, dtype=np.float32)

    def _own(self, states: FloatArray, actions: FloatArray) -> FloatArray:
        """`_beside` without the states themselves, (n * k, dim + relate)."""
        dots = CLOSER * actions @ self._vectors(states).transpose(0, 2, 1)
        whole = np.concatenate([actions, dots], axis=2, dtype=np.float32)
        return whole.reshape(-1, whole.shape[2])

    def _by_actions(
        self, states: FloatArray, by_inputs: FloatArray, shape: tuple[int, ...]
    ) -> FloatArray:
        """The gradient by actions of this shape (n, k, dim), given that by what `_beside` gave."""
        own = by_inputs.reshape(*shape[:2], -1)[:, :, self.state_size :]
        direct, by_dots = own[:, :, : self.dim], own[:, :, self.dim :]
        along: FloatArray = by_dots @ self._vectors(states)
        return direct + CLOSER * along

    def _vectors(self, states: FloatArray) -> FloatArray:
        """The vectors that a state begins with, (n, relate, dim)."""
        return states[:, : self.relate * self.dim].reshape(len(states), self.relate, self.dim)

    def _moved(self, changed: Mapping[str, FloatArray], drift: float) -> Self:
        """This agent with these steps added to its weights, each array within its bounds."""
        weights = {**self._actor.arrays, **self._critic.arrays}
        held = {}
        for key, step in changed.items():
            first = self._first[key]
            away = weights[key] - first + step
            far, most = _size(away), drift * self._sizes[key]
            if far > most:
                away *= np.float32(most / far)
            held[key] = first + away
        moved = copy(self)
        moved._actor, moved._critic = self._actor.with_arrays(held), self._critic.with_arrays(held)
        return moved


@dataclass(frozen=True, slots=True)
class _Trace:
    """What a layer saw: its inputs (n, in), and of layer norm what came out of it before gain and
    shift, (n, out), and one by the standard deviation (n, 1); and where ReLU let it through."""

    inputs: FloatArray
    normed: FloatArray | None = None
    inverse: FloatArray | None = None
    through: BoolArray | None = None


class _Layers:
    """Linear layers with ReLU between, as `networks.Layers`, forward and backward."""

    def __init__(self, arrays: Mapping[str, FloatArray], name: str) -> None:
        mine = re.compile(rf"{name}\.\d+\.(weight|bias|gain|shift)")
        self.arrays = {key: each for key, each in arrays.items() if mine.fullmatch(key)}
        self._name = name
        self._count = sum(key.endswith(".weight") for key in self.arrays)
        if not self._count or not all(np.isfinite(each).all() for each in self.arrays.values()):
            raise AgentError(f"The agent's {name} is missing or damaged. Train the agent again.")
        try:
            self._check()
        except (KeyError, ValueError, IndexError) as error:
            raise AgentError(
                f"The layers of the agent's {name} do not fit each other. Train the agent again."
            ) from error
        self.inputs = int(self._of(0, "weight").shape[1])
        self.outputs = int(self._of(self._count - 1, "weight").shape[0])

    def with_arrays(self, changed: Mapping[str, FloatArray]) -> Self:
        """Layers like these with those of the arrays that are theirs; they must fit."""
        own = {key: each for key, each in changed.items() if key in self.arrays}
        if not own:
            return self
        other = copy(self)
        other.arrays = {**self.arrays, **own}
        return other

    def _check(self) -> None:
        size = self._of(0, "weight").shape[1]
        for place in range(self._count):
            outputs, inputs = self._of(place, "weight").shape
            others = [self._of(place, "bias"), *self._norm(place)]
            if inputs != size or any(each.shape != (outputs,) for each in others):
                raise ValueError(place)
            size = outputs

    def _of(self, place: int, key: str) -> FloatArray:
        return self.arrays[f"{self._name}.{place}.{key}"]

    def _norm(self, place: int) -> tuple[FloatArray, ...]:
        if f"{self._name}.{place}.gain" not in self.arrays:
            return ()
        return self._of(place, "gain"), self._of(place, "shift")

    def forward(
        self, x: FloatArray, before: FloatArray | None = None
    ) -> tuple[FloatArray, list[_Trace]]:  # fmt: skip
        """(n, in) -> (n, out), and what is needed to go back.

        With `before` (m, front), `x` is (n, in - front): each of these rows belongs before the
        next n / m of `x`. That is quicker, but there is no going back from it.
        """
        traces = []
        for place in range(self._count):
            inputs, weight = x, self._of(place, "weight")
            if before is None or place:
                x = inputs @ weight.T
            else:
                front = before.shape[1]
                x = inputs @ weight[:, front:].T
                x += np.repeat(before @ weight[:, :front].T, len(x) // len(before), axis=0)
            x += self._of(place, "bias")
            normed = inverse = through = None
            if place < self._count - 1:
                if norm := self._norm(place):
                    size = np.float32(x.shape[1])
                    x -= x.sum(axis=1, keepdims=True) / size
                    spread = np.einsum("ij,ij->i", x, x)[:, None] / size
                    inverse = 1 / np.sqrt(spread + np.float32(SMALLEST))
                    normed = x * inverse
                    x = normed * norm[0] + norm[1]
                through = x > 0
                x = x * through
            traces.append(_Trace(inputs, normed, inverse, through))
        return x, traces

    def backward(
        self, traces: list[_Trace], slope: FloatArray
    ) -> tuple[dict[str, FloatArray], FloatArray]:
        """Given the gradient by what came out (n, out): by each weight, and by what went in."""
        found: dict[str, FloatArray] = {}
        for place in range(self._count - 1, -1, -1):
            trace, name = traces[place], f"{self._name}.{place}"
            if trace.through is not None:
                slope = slope * trace.through
            if trace.normed is not None and trace.inverse is not None:
                found[f"{name}.gain"] = (slope * trace.normed).sum(axis=0)
                found[f"{name}.shift"] = slope.sum(axis=0)
                slope = _through_norm(slope * self._of(place, "gain"), trace.normed, trace.inverse)
            found[f"{name}.weight"] = slope.T @ trace.inputs
            found[f"{name}.bias"] = slope.sum(axis=0)
            slope = slope @ self._of(place, "weight")
        return found, slope


def _through_norm(slope: FloatArray, normed: FloatArray, inverse: FloatArray) -> FloatArray:
    along = (slope * normed).mean(axis=1, keepdims=True)
    back: FloatArray = inverse * (slope - slope.mean(axis=1, keepdims=True) - normed * along)
    return back


def _stepped(slopes: Mapping[str, FloatArray], rate: float, clip: float) -> dict[str, FloatArray]:
    """The steps along the gradients, which together are shortened to `clip`; raises AgentError for
    gradients that are no numbers."""
    whole = math.sqrt(sum(_size(each) ** 2 for each in slopes.values()))
    if not math.isfinite(whole):
        raise AgentError("The agent's figures grew beyond all numbers. Train the agent again.")
    share = rate * min(1.0, clip / max(whole, 1e-12))
    return {key: np.float32(share) * each for key, each in slopes.items()}


def _unit(vectors: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: FloatArray = vectors / np.maximum(lengths, np.float32(1e-12))
    return result


def _size(array: FloatArray) -> float:
    flat = array.ravel()
    return math.sqrt(float(flat @ flat))
