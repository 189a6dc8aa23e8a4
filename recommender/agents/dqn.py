"""DQN over candidates: learns what a song is worth in a session, and plays the best candidates.

Mnih et al., "Human-level control through deep reinforcement learning", Nature 518, 2015; with the
target of double DQN, van Hasselt, Guez and Silver, AAAI 2016. Slates are the best songs one by one,
as if each were alone: SlateQ, Ie et al., IJCAI 2019, without its model of the listener's choice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from recommender.agents.anchors import best_of, enough, first_fresh
from recommender.agents.encoding import VECTORS, encode, state_size
from recommender.agents.errors import AgentError
from recommender.agents.memory import ReplayMemory
from recommender.agents.networks import Critic, Layers, diverged, follow
from recommender.agents.noise import Schedule
from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.simulation.sessions import Sessions
from recommender.training.device import place_for
from recommender.training.settings import TrainSettings

MOST_SONGS = 1 << 24
"""Songs are kept among float32 numbers, which are exact up to here."""


@dataclass(frozen=True, slots=True)
class DQNSettings:
    """All of an agent's choices.

    Candidates are the `near` songs nearest to what was finished and far from what was skipped,
    the `last` nearest to the last song, and the `known` most played; what could come next is
    looked for among `among` songs that are drawn anew each time. An agent that explores takes
    any candidate, with a chance that falls from `epsilon` to `least_epsilon` in `epsilon_steps`
    songs. `discount` is what a reward counts a song later, `follow` the share by which the target
    network follows in each step. Of a song's first `blind` numbers it is told only how they lie to
    the session's, so that it cannot learn songs by heart; nothing is learnt from fewer than
    `warmup` songs.
    """

    hidden: tuple[int, ...] = (128, 64)
    blind: int = 0
    discount: float = 0.9
    follow: float = 0.01
    lr: float = 5e-4
    batch: int = 128
    capacity: int = 50_000
    warmup: int = 1_000
    near: int = 30
    last: int = 10
    known: int = 15
    away: float = 0.5
    among: int = 2_500
    epsilon: float = 1.0
    least_epsilon: float = 0.05
    epsilon_steps: int = 60_000
    clip: float = 10.0
    seed: int = 0
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name in ("batch", "capacity", "near", "last", "known"):
            if getattr(self, name) < 1:
                raise AgentError(f"{name} is {getattr(self, name)}; give 1 or more.")
        if not self.hidden or min(self.hidden) < 1:
            raise AgentError("An agent needs one hidden layer or more, each of 1 number or more.")
        for name in ("lr", "follow", "clip"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                raise AgentError(f"{name} is {getattr(self, name)}; give a number above 0.")
        if not 0 <= self.discount < 1 or self.follow > 1 or not 0 <= self.epsilon <= 1:
            raise AgentError("discount must be below 1, follow and epsilon at most 1.")
        Schedule(self.epsilon, self.least_epsilon, self.epsilon_steps)


class DQN:
    """The agent over one catalogue; one seed gives one agent on a CPU.

    `vectors` (songs, dim) are what it sees of the songs, `plays` (songs,) how often others played
    them.
    """

    name = "dqn"

    def __init__(self, settings: DQNSettings, vectors: FloatArray, plays: IndexArray) -> None:
        if len(vectors) > MOST_SONGS:
            raise AgentError(f"DQN compares all songs one by one; {len(vectors)} are too many.")
        self.settings, self.vectors = settings, vectors
        self.plays = plays
        self._popular = np.argsort(-plays, kind="stable").astype(np.int64)
        train = TrainSettings(device=settings.device, precision="full")
        self._device = place_for(train).device
        chance = torch.Generator().manual_seed(settings.seed)
        dim = vectors.shape[1]
        sizes = [state_size(dim) + dim + VECTORS, *settings.hidden, 1]
        self._values = Critic(Layers(sizes, False, chance), VECTORS, dim, settings.blind)
        self._values.to(self._device)
        self._target = deepcopy(self._values).requires_grad_(False)
        self._adam = torch.optim.Adam(self._values.parameters(), settings.lr)
        self._epsilon = Schedule(settings.epsilon, settings.least_epsilon, settings.epsilon_steps)
        self._explored = 0
        self._some = np.random.default_rng(settings.seed)
        self._candidates = settings.near + settings.last + settings.known
        width = state_size(dim) + self._candidates
        self._memory = ReplayMemory(settings.capacity, width, dim, settings.seed)

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """The candidates worth most, shape (listeners, slate)."""
        return self._ranked(sessions, slate)[:, :slate]

    def explore(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """The same, with any candidate in place of some of them."""
        ranked = self._ranked(sessions, slate)
        tried = ranked[:, :slate].copy()
        share = self._epsilon.at(self._explored)
        self._explored += tried.size
        others = rng.permuted(ranked, axis=1)
        tried = np.where(rng.random(tried.shape) < share, others[:, :slate], tried)
        return _once(sessions, np.concatenate([tried, ranked], axis=1))[:, :slate]

    def remember(
        self, before: Sessions, songs: IndexArray, rewards: DoubleArray, after: Sessions,
        ended: BoolArray,
    ) -> None:  # fmt: skip
        """Keep that these songs (n,) brought these rewards (n,), and what could follow."""
        if not len(songs):
            return
        states, next_states = encode(before, self.vectors), encode(after, self.vectors)
        some = self._some.choice(len(self.vectors), min(self.settings.among, len(self.vectors)))
        following = self._around(after, next_states, 1, some).astype(np.float32)
        blank = np.zeros_like(following)
        self._memory.remember(
            np.concatenate([states, blank], axis=1), self.vectors[songs],
            rewards.astype(np.float32), np.concatenate([next_states, following], axis=1), ended,
        )  # fmt: skip

    def learn(self, steps: int = 1) -> float:
        """Take so many steps of gradient; the mean squared error, NaN before the warm-up ends.

        Raises AgentError when the training diverged: the agent is of no use then.
        """
        if len(self._memory) < max(self.settings.warmup, 1):
            return float("nan")
        total = sum(self._step() for _ in range(steps)) / steps
        if not math.isfinite(total):
            raise diverged()
        return total

    def arrays(self) -> dict[str, FloatArray]:
        """The weights: `values.0.weight`, `values.0.bias`, ..."""
        return self._values.layers.arrays("values")

    def restore(self, arrays: Mapping[str, FloatArray]) -> None:
        """Take over what `arrays` gave; raises AgentError if it does not fit."""
        self._values.layers.restore("values", arrays)
        self._target.load_state_dict(self._values.state_dict())

    def _ranked(self, sessions: Sessions, slate: int) -> IndexArray:
        """The candidates, the one worth most first, as `_once` puts them."""
        states = encode(sessions, self.vectors)
        candidates = self._around(sessions, states, slate)
        with torch.no_grad():
            found: FloatArray = self._q(self._values, states, candidates).cpu().numpy()
        order = np.argsort(-found, axis=1, kind="stable")
        return _once(sessions, np.take_along_axis(candidates, order, axis=1))

    def _step(self) -> float:
        batch, width = self._memory.sample(self.settings.batch), -self._candidates
        after, following = batch.next_states[:, :width], batch.next_states[:, width:]
        candidates = following.astype(np.int64)
        with torch.no_grad():
            best = self._q(self._values, after, candidates).argmax(dim=1, keepdim=True)
            coming = self._q(self._target, after, candidates).gather(1, best)[:, 0]
            going_on = self.settings.discount * (1 - self._tensor(batch.ended))
            targets = self._tensor(batch.rewards) + going_on * coming
        states, actions = self._tensor(batch.states[:, :width]), self._tensor(batch.actions)
        loss = (self._values(states, actions[:, None])[:, 0] - targets).square().mean()
        self._adam.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self._values.parameters(), self.settings.clip)
        self._adam.step()
        follow(self._target, self._values, self.settings.follow)
        return float(loss.detach())

    def _around(
        self, sessions: Sessions, states: FloatArray, slate: int, among: IndexArray | None = None
    ) -> IndexArray:
        """Candidates (listeners, n), perhaps some twice, heard ones only where others lack."""
        own, dim = self.settings, self.vectors.shape[1]
        finished, skipped, last = (states[:, at * dim : (at + 1) * dim] for at in range(3))
        found = [
            self._nearest(finished - own.away * skipped, sessions, max(own.near, slate), among),
            self._nearest(last, sessions, own.last, among),
        ]
        popular = self._popular[: max(enough(len(self.vectors), slate), own.known)]
        popular = np.tile(popular, (len(sessions), 1))
        found.append(first_fresh(sessions, popular, min(own.known, popular.shape[1])))
        whole = np.concatenate(found, axis=1)
        missing = self._candidates - whole.shape[1]
        return np.pad(whole, ((0, 0), (0, max(missing, 0))), mode="edge")

    def _nearest(
        self, wanted: FloatArray, sessions: Sessions, n: int, among: IndexArray | None
    ) -> IndexArray:
        """The `n` songs nearest to each vector (rows, dim), of all or those in `among`; heard ones
        only where there are no others, (rows, n)."""
        if among is not None:
            best = best_of(wanted @ self.vectors[among].T, min(2 * n, len(among)))
            return first_fresh(sessions, among[best], min(n, len(among)))
        scores = wanted @ self.vectors.T
        rows, columns = np.nonzero(sessions.songs >= 0)
        scores[rows, sessions.songs[rows, columns]] = -np.inf
        return best_of(scores, min(n, len(self.vectors)))

    def _q(self, values: Critic, states: FloatArray, songs: IndexArray) -> Tensor:
        """What songs (n, k) are worth in states (n, state), shape (n, k)."""
        worth: Tensor = values(self._tensor(states), self._tensor(self.vectors[songs]))
        return worth

    def _tensor(self, array: FloatArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._device, torch.float32)


def _once(sessions: Sessions, songs: IndexArray) -> IndexArray:
    """Each row (rows, n) with heard songs behind the others, and repeats behind all of them."""
    songs = first_fresh(sessions, songs, songs.shape[1])
    order = np.argsort(songs, axis=1, kind="stable")
    ordered = np.take_along_axis(songs, order, axis=1)
    again = np.zeros(songs.shape, bool)
    same = np.pad(ordered[:, 1:] == ordered[:, :-1], ((0, 0), (1, 0)))
    np.put_along_axis(again, order, same, axis=1)
    return np.take_along_axis(songs, np.argsort(again, axis=1, kind="stable"), axis=1)
