"""Agents: DDPG on a task whose good answers are known, and a choice among a million songs."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import time  # noqa: E402
from typing import Any  # noqa: E402

import gymnasium  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from gymnasium.vector import AutoresetMode, SyncVectorEnv  # noqa: E402

from recommender.agents.ddpg import DDPG, DDPGSettings  # noqa: E402
from recommender.data.arrays import DoubleArray  # noqa: E402
from tests.benchmarks.table import Row, at_least  # noqa: E402

SIDE_BY_SIDE = 4
STEPS = 15_000
EPISODES = 100
TORQUE = 2.0
SOLVED = -250.0


def rows() -> list[Row]:
    """What DDPG makes of the pendulum."""
    torch.set_num_threads(1)
    return _pendulum()


def _pendulum() -> list[Row]:
    began = time.perf_counter()
    returns = returns_of(practised(seed=0))
    took_s = time.perf_counter() - began
    how = f"{STEPS:,} steps of practice, then {EPISODES} episodes from other seeds, one thread"
    return [
        at_least("DDPG on Pendulum-v1, mean return", float(returns.mean()), "", SOLVED, how),
        Row("DDPG on Pendulum-v1, practice and test", took_s, "s", None, None, how),
    ]


def pendulums(count: int) -> SyncVectorEnv:
    """So many pendulums side by side."""
    make = [lambda: gymnasium.make("Pendulum-v1")] * count
    return SyncVectorEnv(make, autoreset_mode=AutoresetMode.SAME_STEP)


def practised(seed: int, **choices: Any) -> DDPG:
    """An agent after its practice; an episode never ends, its time is up."""
    agent = DDPG(DDPGSettings(3, 1, limit=TORQUE, seed=seed, **choices))
    envs = pendulums(SIDE_BY_SIDE)
    states, _ = envs.reset(seed=1_000 * (1 + seed))
    for _ in range(STEPS // SIDE_BY_SIDE):
        actions = agent.act(states, explore=True)
        following, rewards, ended, late, info = envs.step(actions)
        after = following.copy()
        for place in np.flatnonzero(late):
            after[place] = info["final_obs"][place]
        agent.remember(states, actions, rewards / 10, after, ended)
        agent.noise.begin(ended | late)
        agent.learn(SIDE_BY_SIDE)
        states = following
    envs.close()
    return agent


def returns_of(agent: DDPG) -> DoubleArray:
    """The return of each of the episodes from seeds that no practice has seen."""
    envs = pendulums(EPISODES)
    states, _ = envs.reset(seed=10_000_000)
    returns = np.zeros(EPISODES)
    for _ in range(200):
        states, rewards, _, _, _ = envs.step(agent.act(states))
        returns += rewards
    envs.close()
    return returns
