"""An agent that learns from recorded sessions alone, without a listener to try things on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.agents.ddpg import DDPG, DDPGSettings
from recommender.agents.encoding import VECTORS, encode, state_size
from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.halves import Halves, sessions_before
from recommender.evaluation.judging.song_views import Part
from recommender.simulation.crowd import LoggedSession, Outcome, Rewards

AT_ONCE = 4_096
PART = 256


@dataclass(frozen=True, slots=True)
class Offline:
    """How the agent learns: so many steps of gradient, what the next reward counts, how wide its
    nets are, and what each outcome brings."""

    steps: int = 2_000
    discount: float = 0.6
    hidden: tuple[int, ...] = (64, 64)
    rate: float = 3e-4
    rewards: Rewards = Rewards()  # noqa: RUF009

    def __post_init__(self) -> None:
        if self.steps < 1 or not 0 <= self.discount < 1:
            raise JudgingError("Learning takes 1 step or more, and a discount from 0 to below 1.")

    def settings(self, dim: int, transitions: int, seed: int) -> DDPGSettings:
        """An agent's choices for vectors of `dim` numbers and so many transitions."""
        return DDPGSettings(
            state_size(dim), dim, unit=True, relate=VECTORS, hidden=self.hidden,
            discount=self.discount,
            actor_lr=self.rate, critic_lr=self.rate, batch=PART, capacity=transitions, warmup=1,
            twin=True, actor_every=2, seed=seed,
        )  # fmt: skip


def learn_from(parts: Sequence[Part], way: Offline, seed: int = 0) -> DDPG:
    """An agent whose actions are the vectors (songs, dim) of the songs that were played.

    It sees each session up to each of its songs. A session shorter than the longest is taken to
    have been left. Raises JudgingError, or AgentError when the training diverged.
    """
    lengths = [len(each.songs) for sessions, _ in parts for each in sessions]
    count = sum(length - 1 for length in lengths if length)
    if not count:
        raise JudgingError("The sessions have a song each, and nothing follows on any. Give more.")
    agent = DDPG(way.settings(parts[0][1].shape[1], count, seed))
    for sessions, vectors in parts:
        for some in _pieces(sessions):
            _remember(agent, some, vectors, way.rewards, max(lengths))
    agent.learn(way.steps)
    return agent


def _remember(
    agent: DDPG, sessions: Sequence[LoggedSession], vectors: FloatArray, pay: Rewards, longest: int
) -> None:
    places = [(each, at) for each in sessions for at in range(1, len(each.songs) + 1)]
    before = sessions_before([each for each, _ in places], [at for _, at in places])
    states = encode(before, vectors)
    last: BoolArray = np.array([at == len(each.songs) for each, at in places])
    now = np.flatnonzero(~last)
    songs = np.array([each.songs[at] for each, at in (places[row] for row in now)], np.int64)
    heard = np.array([each.heard[at] for each, at in (places[row] for row in now)], np.int64)
    ended: BoolArray = last[now + 1]
    left = ended & np.array([len(places[row][0].songs) < longest for row in now], np.bool_)
    rewards = pay.of(Outcome.of(heard, left))
    agent.remember(states[now], vectors[songs], rewards.astype(np.float32), states[now + 1], ended)


def values(agent: DDPG, halves: Halves, vectors: FloatArray) -> DoubleArray:
    """What the agent's critic thinks of each song of the second halves, minus infinity where there
    is none, (sessions, most)."""
    found = [
        agent.values(encode(halves.known, vectors)[rows], vectors[halves.songs[rows]])
        for rows in _rows(len(halves))
    ]
    result: DoubleArray = np.where(halves.there, np.concatenate(found), -np.inf)
    return result


def proposed(
    agent: DDPG, halves: Halves, vectors: FloatArray, allowed: IndexArray, candidates: int
) -> tuple[IndexArray, DoubleArray]:
    """The `candidates` songs of `allowed` (some,) nearest to what the actor proposes after each
    first half, and the critic's values of them, both (sessions, candidates)."""
    states, size = encode(halves.known, vectors), min(candidates, len(allowed))
    songs, thought = [], []
    for rows in _rows(len(halves)):
        likeness = agent.act(states[rows]) @ vectors[allowed].T
        near = allowed[np.argpartition(-likeness, size - 1, axis=1)[:, :size]]
        songs.append(near)
        thought.append(agent.values(states[rows], vectors[near]))
    return np.concatenate(songs), np.concatenate(thought).astype(np.float64)


def _pieces(sessions: Sequence[LoggedSession]) -> Iterator[Sequence[LoggedSession]]:
    return (sessions[start : start + PART] for start in range(0, len(sessions), PART))


def _rows(count: int) -> Iterator[slice]:
    return (slice(start, start + AT_ONCE) for start in range(0, count, AT_ONCE))
