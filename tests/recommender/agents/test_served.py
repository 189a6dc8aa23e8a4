"""An agent in use answers and learns as it would with torch, and stays within its bounds."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from recommender.agents.ddpg import DDPG, DDPGSettings
from recommender.agents.errors import AgentError
from recommender.agents.served import Carefully, ServedAgent
from recommender.data.arrays import FloatArray

STATE, DIM = 9, 4
FREE = Carefully(rate=0.01, clip=1e9, drift=1e9)


def trained(norm: bool = False, relate: int = 2) -> DDPG:
    """An agent whose weights are not those of the beginning."""
    agent = DDPG(
        DDPGSettings(STATE, DIM, proposals=3, unit=True, relate=relate, norm=norm, warmup=1)
    )
    rng = np.random.default_rng(0)
    states = rng.standard_normal((300, STATE)).astype(np.float32)
    actions = rng.standard_normal((300, DIM)).astype(np.float32)
    agent.remember(states, actions, states[:, 0] * actions[:, 0], states, np.zeros(300, bool))
    agent.learn(30)
    return agent


def asked(count: int = 7) -> tuple[FloatArray, FloatArray]:
    """States and five actions for each."""
    rng = np.random.default_rng(1)
    states = rng.standard_normal((count, STATE)).astype(np.float32)
    return states, rng.standard_normal((count, 5, DIM)).astype(np.float32)


@pytest.mark.parametrize(("norm", "relate"), [(False, 0), (False, 2), (True, 2)])
def test_its_answers_are_those_of_torch(norm: bool, relate: int) -> None:
    agent = trained(norm, relate)
    served = ServedAgent(agent.arrays(), DIM)
    states, actions = asked()
    assert served.proto(states).shape == (7, 3, DIM)
    assert np.abs(served.proto(states) - agent.proto(states)).max() < 1e-5
    assert np.abs(served.values(states, actions) - agent.values(states, actions)).max() < 1e-5


@pytest.mark.parametrize("norm", [False, True])
def test_a_step_of_the_critic_is_that_of_torch(norm: bool) -> None:
    agent = trained(norm)
    states, actions = asked()
    targets = np.linspace(-1, 2, 7, dtype=np.float32)
    moved = ServedAgent(agent.arrays(), DIM).learn(states, actions[:, 0], targets, FREE)
    critic = agent.critics[0]
    critic.zero_grad()
    found = critic(torch.from_numpy(states), torch.from_numpy(actions[:, :1]))[:, 0]
    torch.autograd.backward((found - torch.from_numpy(targets)).square().mean())
    torch.optim.SGD(critic.parameters(), FREE.rate).step()
    theirs, ours = agent.arrays(), moved.arrays()
    assert set(theirs) == set(ours)
    for key in theirs:
        assert ours[key] == pytest.approx(theirs[key], abs=1e-5)


@pytest.mark.parametrize("norm", [False, True])
def test_a_step_of_the_actor_is_that_of_torch(norm: bool) -> None:
    agent = trained(norm)
    states, actions = asked()
    how = Carefully(rate=0.0, actor_rate=0.05, clip=1e9, drift=1e9)
    targets = np.zeros(7, np.float32)
    moved = ServedAgent(agent.arrays(), DIM).learn(states, actions[:, 0], targets, how)
    given = torch.from_numpy(states)
    agent.actor.zero_grad()
    torch.autograd.backward(-agent.critics[0](given, agent.actor(given)).mean())
    torch.optim.SGD(agent.actor.parameters(), how.actor_rate).step()
    before, theirs, ours = trained(norm).arrays(), agent.arrays(), moved.arrays()
    assert not np.allclose(before["actor.0.weight"], theirs["actor.0.weight"], atol=1e-5)
    for key in theirs:
        assert ours[key] == pytest.approx(theirs[key], abs=1e-5)


def test_repeated_steps_bring_the_value_to_the_target_and_leave_the_first_agent_alone() -> None:
    first = ServedAgent(trained().arrays(), DIM)
    states, actions = asked(1)
    before, agent = first.values(states, actions), first
    for _ in range(200):
        agent = agent.learn(states, actions[:, 0], np.float32([3.0]), FREE)
    assert agent.values(states, actions)[0, 0] == pytest.approx(3.0, abs=0.01)
    assert np.array_equal(first.values(states, actions), before)


def test_no_number_of_steps_leads_farther_than_the_drift_allows() -> None:
    agent = ServedAgent(trained().arrays(), DIM)
    states, actions = asked()
    how = Carefully(rate=0.5, actor_rate=0.5, clip=10.0, drift=0.05)
    assert agent.drift() == 0.0
    for _ in range(100):
        agent = agent.learn(states, actions[:, 0], np.full(7, 1e4, np.float32), how)
    assert 0.04 < agent.drift() <= 0.0501
    assert np.isfinite(agent.values(states, actions)).all()


def test_a_target_is_the_reward_and_the_best_of_what_can_come() -> None:
    agent = ServedAgent(trained().arrays(), DIM)
    states, actions = asked(2)
    best = agent.values(states, actions).max(axis=1)
    found = agent.targets(np.float32([1, 1]), states, actions, np.array([False, True]), 0.5)
    assert found == pytest.approx([1 + 0.5 * best[0], 1.0], abs=1e-6)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_reward_that_is_no_number_is_refused(bad: float) -> None:
    agent = ServedAgent(trained().arrays(), DIM)
    states, actions = asked(1)
    with pytest.raises(AgentError, match="A reward is missing or not a number"):
        agent.learn(states, actions[:, 0], np.float32([bad]))


def test_weights_of_another_kind_are_refused() -> None:
    arrays = trained().arrays()
    with pytest.raises(AgentError, match="other song vectors than these, of 8 numbers"):
        ServedAgent(arrays, 8)
    with pytest.raises(AgentError, match="actor is missing"):
        ServedAgent({}, DIM)
    with pytest.raises(AgentError, match="do not fit each other"):
        ServedAgent({**arrays, "critic.1.weight": np.ones((64, 3), np.float32)}, DIM)
    arrays["critic.0.bias"][0] = np.nan
    with pytest.raises(AgentError, match="critic is missing or damaged"):
        ServedAgent(arrays, DIM)


def test_torch_stays_unloaded() -> None:
    check = "import sys, recommender.agents.served; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
