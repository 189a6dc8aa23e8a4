"""The Wolpertinger policy while it practises: it tries things, remembers and learns by DDPG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from recommender.agents.ddpg import DDPG, DDPGSettings
from recommender.agents.encoding import VECTORS, state_size
from recommender.agents.errors import AgentError
from recommender.agents.noise import Schedule
from recommender.agents.wolpertinger import FAMOUS, NEAR, Wolpertinger, slates_of
from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.simulation.sessions import Sessions
from recommender.vectors.song_vectors import SongVectors


@dataclass(frozen=True, slots=True)
class Practice:
    """How much is tried, counted in songs chosen, and how it is learnt.

    `noise` is the length of what is added to a proposal of length 1; with the chance of `anything`
    a slate is any songs of those about its proposals. `ahead` songs about each target proposal
    are compared for the value of what comes next, among at most `among` songs of the catalogue
    that are drawn anew for each call of `learn`: the catalogue's best are approached, not found.
    """

    noise: Schedule = field(default_factory=lambda: Schedule(1.0, 0.1, 60_000))
    anything: Schedule = field(default_factory=lambda: Schedule(0.5, 0.05, 60_000))
    ahead: int = 10
    among: int = 2_000

    def __post_init__(self) -> None:
        if self.ahead < 1 or self.among < 1 or self.anything.start > 1:
            raise AgentError("Compare 1 song or more, with a chance of at most 1.")


def song_settings(vectors: SongVectors, **choices: object) -> DDPGSettings:
    """The settings of an agent over these songs; `choices` are other fields of DDPGSettings."""
    usual: dict[str, object] = {
        "unit": True, "relate": VECTORS, "hidden": (128, 64), "discount": 0.9, "follow": 0.01,
        "actor_lr": 3e-4, "critic_lr": 5e-4, "capacity": 50_000,
    }  # fmt: skip
    return DDPGSettings(state_size(vectors.dim), vectors.dim, **{**usual, **choices})  # type: ignore[arg-type]


class WolpertingerLearner(Wolpertinger):
    """A policy that learns song by song from what it tried (a `practice.Learner`)."""

    def __init__(
        self, agent: DDPG, vectors: SongVectors, near: int = NEAR, practice: Practice | None = None,
        known: IndexArray | None = None,
    ) -> None:  # fmt: skip
        super().__init__(agent, vectors, near, known)
        self.ddpg, self.practice = agent, practice or Practice()
        self._explored = 0
        self._rng = np.random.default_rng(agent.settings.seed)

    def explore(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """What to try next, by the rules of `choose`: shape (listeners, slate)."""
        states = self.states(sessions)
        protos = self.ddpg.proto(states)
        length = self.practice.noise.at(self._explored) / np.sqrt(protos.shape[2])
        drawn = rng.standard_normal(protos.shape, np.float32)
        songs, values = self.valued(sessions, states, protos + np.float32(length) * drawn, slate)
        anything = rng.random(len(songs)) < self.practice.anything.at(self._explored)
        chance = rng.random(values.shape) * 1e5  # above all values, below what a heard song loses
        values += anything[:, None, None] * chance
        self._explored += len(songs) * slate
        return slates_of(songs, values, slate)

    def remember(
        self, before: Sessions, songs: IndexArray, rewards: DoubleArray, after: Sessions,
        ended: BoolArray,
    ) -> None:  # fmt: skip
        """Keep that songs (n,) in these sessions brought rewards (n,); `ended` says who left."""
        if len(songs):
            given = np.asarray(rewards, np.float32)
            actions = np.asarray(self.matrix[songs], np.float32)
            self.ddpg.remember(self.states(before), actions, given, self.states(after), ended)

    def learn(self, steps: int = 1) -> float:
        """Take so many steps of gradient; the critic's squared error, NaN while there is too
        little to learn from. Raises AgentError when the training diverged."""
        songs, most = len(self.matrix), self.practice.among
        some = self._rng.integers(0, songs, most) if songs > most else np.arange(songs)
        others = self.matrix[some].astype(np.float32)
        ahead = min(self.practice.ahead, len(others))
        famous = self.matrix[self.known[:FAMOUS]].astype(np.float32)

        def around(protos: FloatArray) -> FloatArray:
            scores = protos.reshape(-1, protos.shape[2]) @ others.T
            near = np.argpartition(scores, -ahead, axis=1)[:, -ahead:]
            found = others[near].reshape(len(protos), -1, protos.shape[2])
            shared = np.broadcast_to(famous, (len(protos), *famous.shape))
            return np.concatenate([found, shared], axis=1)

        return self.ddpg.learn(steps, around).critic_loss

    def arrays(self) -> dict[str, FloatArray]:
        """The weights."""
        return self.ddpg.arrays()

    def restore(self, arrays: Mapping[str, FloatArray]) -> None:
        """Take over what `arrays` gave; raises AgentError if it does not fit."""
        self.ddpg.restore(arrays)
