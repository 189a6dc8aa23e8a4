"""The networks of actor and critic."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recommender.agents.errors import AgentError
from recommender.agents.networks import Actor, Critic, Layers


def layers(sizes: list[int], norm: bool = False, seed: int = 0) -> Layers:
    return Layers(sizes, norm, torch.Generator().manual_seed(seed))


def test_proposals_stay_within_the_limit_and_begin_near_zero() -> None:
    actor = Actor(layers([4, 32, 6]), proposals=3, limit=2.0, unit=False)
    states = torch.randn(50, 4, generator=torch.Generator().manual_seed(1))
    assert actor(states).shape == (50, 3, 2)
    assert actor(states).abs().max() < 0.2
    assert actor(1e6 * states).abs().max() <= 2.0


def test_proposals_of_length_1_are_so() -> None:
    actor = Actor(layers([4, 32, 6]), proposals=3, limit=1.0, unit=True)
    lengths = actor(torch.ones(5, 4)).norm(dim=2)
    assert torch.allclose(lengths, torch.ones(5, 3))


def test_a_critic_judges_each_action_in_its_own_state() -> None:
    critic = Critic(layers([6, 16, 1]), 0, 2)
    chance = torch.Generator().manual_seed(2)
    states, actions = torch.randn(5, 4, generator=chance), torch.randn(5, 3, 2, generator=chance)
    values = critic(states, actions)
    assert values.shape == (5, 3)
    for row in range(5):
        for place in range(3):
            alone = critic(states[row : row + 1], actions[row : row + 1, place : place + 1])
            assert torch.allclose(alone[0, 0], values[row, place], atol=1e-6)


def test_a_blind_critic_sees_of_an_action_only_how_it_lies_to_the_state() -> None:
    chance = torch.Generator().manual_seed(2)
    critic = Critic(layers([8, 16, 1]), 1, 3, blind=2)
    adam = torch.optim.Adam(critic.parameters(), 0.1)
    states, actions = torch.randn(9, 4, generator=chance), torch.randn(9, 5, 3, generator=chance)
    for _ in range(3):
        torch.autograd.backward((critic(states, actions) - 1).square().mean())
        adam.step()
    weight = critic.layers.arrays("critic")["critic.0.weight"]
    assert not weight[:, 4:6].any()
    assert weight[:, [0, 1, 2, 3, 6, 7]].all()
    across = torch.stack([-states[:, 1], states[:, 0], torch.zeros(9)], dim=1)[:, None]
    assert torch.allclose(critic(states, actions), critic(states, actions + across), atol=1e-5)


@pytest.mark.parametrize("norm", [False, True])
def test_weights_go_out_and_come_back(norm: bool) -> None:
    one, other = layers([3, 8, 8, 2], norm, seed=1), layers([3, 8, 8, 2], norm, seed=2)
    arrays = one.arrays("actor")
    keys = {f"actor.{place}.{key}" for place in range(3) for key in ("weight", "bias")}
    more = {f"actor.{place}.{key}" for place in range(2) for key in ("gain", "shift")}
    assert set(arrays) == (keys | more if norm else keys)
    assert arrays["actor.1.weight"].shape == (8, 8)
    x = torch.ones(4, 3)
    assert not torch.equal(one(x), other(x))
    other.restore("actor", arrays)
    assert torch.equal(one(x), other(x))


def test_weights_that_do_not_fit_are_refused() -> None:
    net = layers([3, 8, 2])
    with pytest.raises(AgentError, match="is missing, where"):
        net.restore("critic", net.arrays("actor"))
    with pytest.raises(AgentError, match="belong to an agent of other settings"):
        net.restore("actor", layers([3, 9, 2]).arrays("actor"))
    arrays = net.arrays("actor")
    arrays["actor.0.bias"][0] = np.nan
    with pytest.raises(AgentError, match="not all numbers"):
        net.restore("actor", arrays)
