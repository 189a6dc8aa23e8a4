"""What an agent remembers, and what it refuses to."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.agents.errors import AgentError
from recommender.agents.memory import ReplayMemory
from recommender.data.arrays import FloatArray


def numbered(first: int, count: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Transitions that carry their number in every part."""
    numbers = np.arange(first, first + count, dtype=np.float32)
    states = np.stack([numbers, -numbers], axis=1)
    return states, numbers[:, None] / 10, numbers, states + 1


def test_every_part_of_a_transition_stays_with_the_others() -> None:
    memory = ReplayMemory(50, 2, 1)
    memory.remember(*numbered(0, 20), np.arange(20) % 2 == 0)
    batch = memory.sample(200)
    numbers = batch.rewards
    assert set(numbers) == set(range(20))
    assert np.array_equal(batch.states, np.stack([numbers, -numbers], axis=1))
    assert np.array_equal(batch.actions, numbers[:, None] / np.float32(10))
    assert np.array_equal(batch.next_states, batch.states + 1)
    assert np.array_equal(batch.ended, numbers % 2 == 0)


@pytest.mark.parametrize("portions", [(4, 4, 4, 4, 4), (3, 8, 1, 8), (20,)])
def test_the_oldest_are_forgotten_first_however_they_came(portions: tuple[int, ...]) -> None:
    memory = ReplayMemory(8, 2, 1)
    first = 0
    for count in portions:
        memory.remember(*numbered(first, count), np.zeros(count, bool))
        first += count
    assert len(memory) == 8
    assert set(memory.sample(300).rewards) == set(range(12, 20))


def test_one_seed_gives_one_sampling_and_another_seed_another() -> None:
    drawn = []
    for seed in (1, 1, 2):
        memory = ReplayMemory(50, 2, 1, seed)
        memory.remember(*numbered(0, 50), np.zeros(50, bool))
        drawn.append(memory.sample(20).rewards)
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize(("part", "word"), [(0, "state"), (1, "action"), (2, "reward")])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_is_refused_whole(part: int, word: str, bad: float) -> None:
    memory = ReplayMemory(8, 2, 1)
    given = numbered(0, 3)
    given[part][1] = bad
    with pytest.raises(AgentError, match=f"A {word} is not a finite number"):
        memory.remember(*given, np.zeros(3, bool))
    assert len(memory) == 0


def test_transitions_of_another_shape_are_refused() -> None:
    memory = ReplayMemory(8, 3, 1)
    with pytest.raises(AgentError, match="3 numbers a state"):
        memory.remember(*numbered(0, 3), np.zeros(3, bool))
    states, actions, rewards, after = numbered(0, 3)
    with pytest.raises(AgentError, match="one reward and one end"):
        ReplayMemory(8, 2, 1).remember(states, actions, rewards[:2], after, np.zeros(3, bool))


def test_an_empty_memory_says_so() -> None:
    with pytest.raises(AgentError, match="nothing to learn from"):
        ReplayMemory(8, 2, 1).sample(1)
    with pytest.raises(AgentError, match="room for 1 transition"):
        ReplayMemory(0, 2, 1)
