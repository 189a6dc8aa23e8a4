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
from recommender.agents.served import ServedAgent  # noqa: E402
from recommender.agents.wolpertinger import Wolpertinger  # noqa: E402
from recommender.agents.wolpertinger_learner import song_settings  # noqa: E402
from recommender.data.arrays import DoubleArray, FloatArray  # noqa: E402
from recommender.simulation.sessions import SEEN, Sessions  # noqa: E402
from recommender.vectors.near import lengths, nearest_exactly  # noqa: E402
from recommender.vectors.song_vectors import SongVectors  # noqa: E402
from tests.benchmarks.table import Row, at_least, at_most  # noqa: E402
from tests.benchmarks.vectors import clustered  # noqa: E402

SIDE_BY_SIDE = 4
STEPS = 15_000
EPISODES = 100
TORQUE = 2.0
SOLVED = -250.0

SONGS, DIM = 1_000_000, 32
LISTENERS, HEARD, ROUNDS = 64, 20, 20
ALONE_MS, TOGETHER_MS, RECALL = 20.0, 10.0, 0.95


def rows() -> list[Row]:
    """What DDPG makes of the pendulum, and what a choice among a million songs takes."""
    torch.set_num_threads(1)
    return [*_pendulum(), *_choosing(among(SONGS))]


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


def among(songs: int) -> SongVectors:
    """So many songs in clusters, and the index over them."""
    vectors = SongVectors(np.arange(songs), clustered(songs, dim=DIM)[0])
    vectors.index()
    return vectors


def _choosing(vectors: SongVectors) -> list[Row]:
    agent = DDPG(song_settings(vectors, proposals=3))
    policy = Wolpertinger(ServedAgent(agent.arrays(), DIM), vectors)
    rng = np.random.default_rng(0)
    alone = [_seconds(policy, sessions_of(vectors, 1, seed)) for seed in range(ROUNDS * 5)]
    together = [_seconds(policy, sessions_of(vectors, LISTENERS, seed)) for seed in range(ROUNDS)]
    how = f"{len(vectors):,} songs, {DIM} numbers, slates of 3 from 3 x {policy.near} songs, median"
    wanted = vectors.matrix[rng.integers(0, len(vectors), 100)].astype(np.float32)
    wanted += np.float32(0.3 / np.sqrt(DIM)) * rng.standard_normal(wanted.shape, np.float32)
    return [
        at_most("an agent's choice, one listener", 1000 * float(np.median(alone)), "ms",
                ALONE_MS, how),
        at_most(f"an agent's choice, each of {LISTENERS} at once",
                1000 * float(np.median(together)) / LISTENERS, "ms", TOGETHER_MS, how),
        at_least(f"the {policy.near} songs about a proposal, found by the index",
                 recall(policy, wanted), "", RECALL, "100 proposals beside songs, against all"),
    ]  # fmt: skip


def sessions_of(vectors: SongVectors, listeners: int, seed: int) -> Sessions:
    """Sessions of some songs by chance, finished and skipped."""
    rng, sessions = np.random.default_rng(seed), Sessions.none_yet(listeners)
    sessions.songs[:, -HEARD:] = rng.integers(0, len(vectors), (listeners, HEARD))
    sessions.heard[:, -HEARD:] = rng.integers(1, 4, (listeners, HEARD))
    return sessions


def recall(policy: Wolpertinger, wanted: FloatArray) -> float:
    """The share of the songs truly nearest that the index names among as many."""
    found = policy.nearby.of(wanted, policy.near + SEEN)[:, : policy.near]
    sizes = lengths(policy.matrix)
    true = [nearest_exactly(policy.matrix, each, policy.near, "cosine", sizes) for each in wanted]
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(true, found, strict=True)]))


def _seconds(policy: Wolpertinger, sessions: Sessions) -> float:
    began = time.perf_counter()
    policy.choose(sessions, 3, np.random.default_rng(0))
    return time.perf_counter() - began
