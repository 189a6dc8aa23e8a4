"""DDPG, on tasks whose best answers are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.agents.ddpg import DDPG, DDPGSettings
from recommender.agents.errors import AgentError
from recommender.api import CheckpointError
from recommender.data.arrays import FloatArray

SMALL = DDPGSettings(
    2, 2, hidden=(32, 32), batch=64, warmup=200, noise=0.5, least_noise=0.1, noise_steps=1_500,
)  # fmt: skip


def best_action(states: FloatArray) -> FloatArray:
    """The one best answer to each state in the game of one move."""
    answer: FloatArray = np.stack([states[:, 0] / 2, -states[:, 1] / 2], axis=1)
    return answer


def played(settings: DDPGSettings, rounds: int, seed: int = 0) -> DDPG:
    """An agent after a game of one move: the reward is minus the squared distance to the best."""
    rng, agent = np.random.default_rng(seed), DDPG(settings)
    for _ in range(rounds):
        states = rng.uniform(-1, 1, (16, 2)).astype(np.float32)
        actions = agent.act(states, explore=True)
        rewards = -((actions - best_action(states)) ** 2).sum(axis=1)
        agent.remember(states, actions, rewards, states, np.ones(16, bool))
        agent.learn(4)
    return agent


def error(agent: DDPG) -> float:
    """How far its moves are from the best, as a mean over states."""
    states = np.random.default_rng(99).uniform(-0.9, 0.9, (200, 2)).astype(np.float32)
    return float(np.linalg.norm(agent.act(states) - best_action(states), axis=1).mean())


@pytest.mark.parametrize(
    "choices", [{}, {"twin": True, "smoothing": 0.05, "actor_every": 2, "norm": True}]
)
def test_the_agent_finds_the_known_best_action_of_every_state(choices: dict[str, Any]) -> None:
    settings = replace(SMALL, **choices)
    assert error(DDPG(settings)) > 0.3
    assert error(played(settings, 70)) < 0.1


def test_the_agent_gives_up_a_reward_now_for_a_larger_one_later() -> None:
    """In the state 0 a negative action brings 1 and the end, a positive one 0 and the state 1,
    where whatever it does brings 2."""
    agent = DDPG(replace(SMALL, state_size=1, action_size=1, discount=0.9, follow=0.05))
    rng = np.random.default_rng(0)
    states = rng.integers(0, 2, (600, 1)).astype(np.float32)
    actions = rng.uniform(-1, 1, (600, 1)).astype(np.float32)
    later, on = states[:, 0] == 1, actions[:, 0] > 0
    rewards = np.where(later, 2.0, np.where(on, 0.0, 1.0)).astype(np.float32)
    agent.remember(states, actions, rewards, np.ones_like(states), later | ~on)
    agent.learn(400)
    values = agent.values(np.float32([[0], [1]]), np.float32([[[-0.6], [0.6]]] * 2))
    assert values == pytest.approx(np.float32([[1.0, 1.8], [2.0, 2.0]]), abs=0.2)
    assert agent.act(np.float32([[0]]))[0, 0] > 0.2


def test_the_best_next_action_is_looked_for_among_those_that_can_be_taken() -> None:
    """After the first step an action of 1 would bring 1, but only -1 and 0 can be taken."""
    agent = DDPG(replace(SMALL, state_size=1, action_size=1, discount=0.9, follow=0.05))
    rng = np.random.default_rng(0)
    states = rng.integers(0, 2, (600, 1)).astype(np.float32)
    actions = rng.uniform(-1, 1, (600, 1)).astype(np.float32)
    last = states[:, 0] == 1
    rewards = np.where(last, actions[:, 0], 0).astype(np.float32)
    agent.remember(states, actions, rewards, np.ones_like(states), last)
    there = np.float32([[[-1], [0]]])
    agent.learn(400, around=lambda protos: np.repeat(there, len(protos), axis=0))
    value = agent.values(np.float32([[0]]), np.float32([[[0]]]))[0, 0]
    assert value == pytest.approx(0.0, abs=0.15)


def test_one_seed_gives_one_agent() -> None:
    one, same, other = (played(replace(SMALL, seed=seed), 20).arrays() for seed in (3, 3, 4))
    assert all(np.array_equal(one[key], same[key]) for key in one)
    assert not np.array_equal(one["actor.0.weight"], other["actor.0.weight"])


def test_practice_makes_the_agent_try_less() -> None:
    agent = DDPG(replace(SMALL, noise=0.5, least_noise=0.0, noise_steps=1_000))
    states = np.zeros((500, 2), np.float32)
    tried = [agent.act(states, explore=True) - agent.act(states) for _ in range(4)]
    assert tried[0].std() > tried[1].std() > 0
    assert not np.any(tried[2:])


def test_several_proposals_are_made_each_of_length_1() -> None:
    agent = DDPG(replace(SMALL, proposals=3, unit=True))
    states = np.zeros((5, 2), np.float32)
    for explore in (False, True):
        protos = agent.proto(states, explore)
        assert protos.shape == (5, 3, 2)
        assert np.linalg.norm(protos, axis=2) == pytest.approx(1.0, abs=1e-5)
    assert agent.values(states, agent.proto(states)).shape == (5, 3)


def test_nothing_is_learnt_before_the_warmup() -> None:
    agent = DDPG(SMALL)
    before = agent.arrays()
    assert agent.learn(5).steps == 0
    after = agent.arrays()
    assert all(np.array_equal(before[key], after[key]) for key in before)


@pytest.mark.parametrize("twin", [False, True])
def test_a_saved_agent_comes_back_the_same(tmp_path: Path, twin: bool) -> None:
    agent = played(replace(SMALL, twin=twin), 20)
    agent.save(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"weights.safetensors", "config.json"}
    again = DDPG.load(tmp_path)
    states = np.float32([[0.3, -0.2], [0.1, 0.9]])
    assert again.settings == agent.settings
    assert np.array_equal(again.act(states), agent.act(states))
    actions = agent.proto(states)
    assert np.array_equal(again.values(states, actions), agent.values(states, actions))


def test_a_folder_without_an_agent_or_with_a_damaged_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no agent"):
        DDPG.load(tmp_path)
    DDPG(SMALL).save(tmp_path)
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(CheckpointError, match="Train it again"):
        DDPG.load(tmp_path)
    (tmp_path / "config.json").write_text('{"kind": "vectors", "format_version": 1}')
    with pytest.raises(CheckpointError, match="another kind"):
        DDPG.load(tmp_path)


def test_a_training_that_diverges_says_so() -> None:
    agent = DDPG(replace(SMALL, warmup=1))
    huge = np.full((10, 2), 3e38, np.float32)
    agent.remember(huge, np.ones((10, 2)), np.full(10, 1e30), huge, np.zeros(10, bool))
    with pytest.raises(AgentError, match="The training diverged"):
        agent.learn(20)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"state_size": 0}, "state_size is 0"),
        ({"hidden": ()}, "one hidden layer"),
        ({"actor_lr": float("nan")}, "actor_lr is nan"),
        ({"discount": 1.0}, "discount must be"),
        ({"least_noise": 9.0}, "must not grow"),
        ({"smoothing": -1.0}, "cannot be below 0"),
    ],
)
def test_choices_that_make_no_sense_are_refused(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(AgentError, match=words):
        replace(SMALL, **choices)
