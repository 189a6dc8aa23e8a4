"""What an agent remembers of what it did, to learn from it many times and out of order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.agents.errors import AgentError
from recommender.data.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Batch:
    """Transitions side by side: `states` and `next_states` (n, state), `actions` (n, action),
    `rewards` and `ended` (n,); `ended` is 1 where nothing came after, else 0."""

    states: FloatArray
    actions: FloatArray
    rewards: FloatArray
    next_states: FloatArray
    ended: FloatArray

    def __len__(self) -> int:
        return len(self.rewards)


class ReplayMemory:
    """The newest `capacity` transitions; older ones are written over. One seed, one sampling."""

    def __init__(self, capacity: int, state_size: int, action_size: int, seed: int = 0) -> None:
        if min(capacity, state_size, action_size) < 1:
            raise AgentError("A memory needs room for 1 transition or more, of 1 number or more.")
        self._rng = np.random.default_rng(seed)
        self._kept = Batch(
            np.zeros((capacity, state_size), np.float32),
            np.zeros((capacity, action_size), np.float32),
            np.zeros(capacity, np.float32),
            np.zeros((capacity, state_size), np.float32),
            np.zeros(capacity, np.float32),
        )
        self._next = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def remember(
        self,
        states: FloatArray,
        actions: FloatArray,
        rewards: FloatArray,
        next_states: FloatArray,
        ended: BoolArray,
    ) -> None:
        """Keep n transitions, in order. What follows the end of an episode is never looked at.

        Raises AgentError, and keeps none of them, for other shapes and for what is not a number.
        """
        kept = self._kept
        given = Batch(*(
            np.asarray(each, np.float32)
            for each in (states, actions, rewards, next_states, ended)
        ))  # fmt: skip
        _check(given, kept.states.shape[1], kept.actions.shape[1])
        capacity = len(kept)
        newest = slice(max(0, len(given) - capacity), None)
        places = (self._next + np.arange(len(given))[newest]) % capacity
        for name in ("states", "actions", "rewards", "next_states", "ended"):
            getattr(kept, name)[places] = getattr(given, name)[newest]
        self._next = (self._next + len(given)) % capacity
        self._count = min(self._count + len(given), capacity)

    def sample(self, size: int) -> Batch:
        """`size` transitions by chance, all equally likely, the same one perhaps twice.

        Raises AgentError while there are none.
        """
        if not self._count:
            raise AgentError("There is nothing to learn from yet; let the agent act first.")
        rows = self._rng.integers(0, self._count, size)
        kept = self._kept
        return Batch(
            kept.states[rows], kept.actions[rows], kept.rewards[rows],
            kept.next_states[rows], kept.ended[rows],
        )  # fmt: skip


def _check(given: Batch, state_size: int, action_size: int) -> None:
    count = len(given.rewards) if given.rewards.ndim == 1 else -1
    wanted = {
        "state": (given.states, (count, state_size)),
        "action": (given.actions, (count, action_size)),
        "reward": (given.rewards, (count,)),
        "next state": (given.next_states, (count, state_size)),
        "end": (given.ended, (count,)),
    }
    for name, (array, shape) in wanted.items():
        if array.shape != shape:
            raise AgentError(
                f"The {name}s have the shape {array.shape}; this memory takes {state_size} numbers "
                f"a state, {action_size} an action, one reward and one end, for each transition."
            )
        if not np.isfinite(array).all():
            raise AgentError(
                f"A {name} is not a finite number, so nothing can be learnt from it. Check what "
                "the environment returns."
            )
