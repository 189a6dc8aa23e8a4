"""Agents learn by choosing songs for simulated listeners, and are looked at on others meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.agents.errors import AgentError
from recommender.agents.policy import Policy
from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.simulation.crowd import Crowd, Heard, Outcome, Rewards
from recommender.simulation.environment import ListeningVectorEnv, sessions_of
from recommender.simulation.sessions import Sessions

SHRUNK = 20.0
"""So many plays at the usual rate are added to what is known of a song."""
SURE = 80.0
"""In a log of one play a song, a song of so many plays counts half as being where co-listening puts
it; in a log of ten, one of a tenth as many."""
PLACE, PLAYS, FINISHES = 0.8, 0.4, 0.4
"""How long the parts of a song are at most: where it lies, and the two figures."""
FIGURES = 3
"""How many numbers of a song tell other things than where it lies."""


class Learner(Policy, Protocol):
    """A policy that learns song by song from what it tried."""

    def explore(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """What to try next, by the rules of `choose`: shape (listeners, slate)."""

    def remember(
        self, before: Sessions, songs: IndexArray, rewards: DoubleArray, after: Sessions,
        ended: BoolArray,
    ) -> None:  # fmt: skip
        """Keep that songs (n,) in these sessions brought rewards (n,); `ended` says who left."""

    def learn(self, steps: int = 1) -> float:
        """Take so many steps of gradient; what was left to learn, NaN while there is too little
        to learn from. Raises AgentError when the training diverged."""

    def arrays(self) -> dict[str, FloatArray]:
        """The weights."""

    def restore(self, arrays: Mapping[str, FloatArray]) -> None:
        """Take over what `arrays` gave."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to practise, and how.

    In each of `steps` every listener of the crowd is given a slate of `slate` songs, in sessions
    of at most `most`, and `learn` steps of gradient follow. Every `look` steps the agent is looked
    at in `sessions` sessions of each listener held out. Where there are guides, one of them chooses
    with a chance that falls from `guided` to 0 in the first half of the steps.
    """

    steps: int = 2000
    slate: int = 1
    most: int = 20
    learn: int = 1
    look: int = 200
    sessions: int = 2
    guided: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "slate", "learn", "look", "sessions"):
            if getattr(self, name) < 1:
                raise AgentError(f"{name} is {getattr(self, name)}; give 1 or more.")
        if not 0 <= self.guided <= 1:
            raise AgentError(f"guided is {self.guided}; give a chance from 0 to 1.")


@dataclass(frozen=True, slots=True)
class Look:
    """The mean return of a session of those held out after `step` steps, and the loss till then."""

    step: int
    mean: float
    loss: float


@dataclass(frozen=True, slots=True)
class Practised:
    """What came of it: the looks in their order, and the best one, whose weights were kept."""

    looks: tuple[Look, ...]
    best: Look


def practise(
    agent: Learner, crowd: Crowd, held_out: Crowd, plan: Plan, rewards: Rewards | None = None,
    tell: Callable[[Look], None] = lambda look: None, guides: Sequence[Policy] = (),
) -> Practised:  # fmt: skip
    """Let an agent choose for a crowd and learn; it ends with the weights that did best on those
    held out, who should be other listeners. It learns from what `guides` choose as well, so that it
    meets what they know to be good. `tell` is called after each look, and may raise.

    The same agent, crowds, plan and rewards give the same weights on a CPU. Raises AgentError when
    the training diverged.
    """
    rewards = rewards or Rewards()
    env = ListeningVectorEnv(
        crowd, slate=plan.slate, most=plan.most, rewards=rewards, seed=plan.seed
    )
    rng = np.random.default_rng(plan.seed)
    sessions = sessions_of(env.reset()[0])
    looks: list[Look] = []
    losses: list[float] = []
    kept, best = agent.arrays(), float("-inf")
    for step in range(1, plan.steps + 1):
        slates = agent.explore(sessions, plan.slate, rng)
        if guides:
            share = plan.guided * max(0.0, 1 - 2 * step / plan.steps)
            guide = guides[step % len(guides)].choose(sessions, plan.slate, rng)
            slates = np.where(rng.random((len(sessions), 1)) < share, guide, slates)
        observation, _, left, _, info = env.step(slates)
        _remember(agent, sessions, slates, info["heard"], left, rewards)
        sessions = sessions_of(observation)
        losses.append(agent.learn(plan.learn))
        if step % plan.look == 0 or step == plan.steps:
            looks.append(Look(step, _look(agent, held_out, plan, rewards), _mean(losses)))
            losses.clear()
            tell(looks[-1])
            if looks[-1].mean > best:
                kept, best = agent.arrays(), looks[-1].mean
    agent.restore(kept)
    return Practised(tuple(looks), max(looks, key=lambda look: look.mean))


def session_returns(
    policy: Policy, crowd: Crowd, sessions: int, *, slate: int = 1, most: int = 20,
    rewards: Rewards | None = None, seed: int = 0,
) -> DoubleArray:  # fmt: skip
    """The returns of the first `sessions` sessions of each listener, (listeners * sessions,)."""
    env = ListeningVectorEnv(crowd, slate=slate, most=most, rewards=rewards, seed=seed)
    rng = np.random.default_rng(seed)
    seen = sessions_of(env.reset()[0])
    counts = np.zeros(crowd.size, np.int64)
    returns = np.zeros((crowd.size, sessions))
    while (counts < sessions).any():
        observation, _, _, _, info = env.step(policy.choose(seen, slate, rng))
        ended = np.flatnonzero(info["_returns"] & (counts < sessions))
        returns[ended, counts[ended]] = info["returns"][ended]
        counts[ended] += 1
        seen = sessions_of(observation)
    return returns.ravel()


def agent_vectors(crowd: Crowd) -> FloatArray:
    """What agents see of the songs, of length 1, shape (songs, dim + FIGURES): where co-listening
    puts them, how often others played them, how much more often than usual others finished them,
    and what is missing to length 1.

    The fewer plays a song has the less is made of its place, and less still in a log of few plays
    a song, which says little of where songs lie.
    """
    plays, finished = np.zeros(len(crowd.vectors)), np.zeros(len(crowd.vectors))
    for session in crowd.log:
        np.add.at(plays, session.songs, 1)
        np.add.at(finished, session.songs, session.heard >= Heard.FINISHED)
    usual = finished.sum() / max(plays.sum(), 1)
    rate = (finished + SHRUNK * usual) / (plays + SHRUNK) - usual
    sure = crowd.plays / (crowd.plays + SURE / max(crowd.plays.mean(), 1e-6))
    figures = [PLAYS * _at_most_1(np.log(crowd.plays + 1.0)), FINISHES * _at_most_1(rate)]
    wide = np.column_stack([PLACE * sure[:, None] * crowd.vectors, *figures])
    rest = np.sqrt(np.maximum(1 - np.square(wide).sum(axis=1), 0))
    result: FloatArray = np.column_stack([wide, rest]).astype(np.float32)
    return result


def _remember(
    agent: Learner, sessions: Sessions, slates: IndexArray, heard: IndexArray, left: BoolArray,
    rewards: Rewards,
) -> None:  # fmt: skip
    """Tell an agent of each song of the slates that was played, with the session before it."""
    for place in range(slates.shape[1]):
        played = heard[:, place] != Heard.NOTHING
        last = np.ones(len(slates), bool)
        if place + 1 < slates.shape[1]:
            last = heard[:, place + 1] == Heard.NOTHING
        outcome = Outcome.of(heard[:, place], left & last)
        after = _longer(sessions, slates[:, place], heard[:, place])
        ended, brought = outcome.left[played], rewards.of(outcome)[played]
        agent.remember(
            _some(sessions, played), slates[played, place], brought, _some(after, played), ended
        )
        sessions = after


def _longer(sessions: Sessions, songs: IndexArray, heard: IndexArray) -> Sessions:
    """The sessions with one more song each."""
    return Sessions(
        np.concatenate([sessions.songs[:, 1:], songs[:, None]], axis=1),
        np.concatenate([sessions.heard[:, 1:], heard[:, None]], axis=1).astype(np.int8),
    )


def _some(sessions: Sessions, which: BoolArray) -> Sessions:
    return Sessions(sessions.songs[which], sessions.heard[which])


def _look(agent: Learner, held_out: Crowd, plan: Plan, rewards: Rewards) -> float:
    found = session_returns(
        agent, held_out, plan.sessions, slate=plan.slate, most=plan.most, rewards=rewards,
        seed=plan.seed,
    )  # fmt: skip
    return float(found.mean())


def _mean(losses: list[float]) -> float:
    known = [loss for loss in losses if not np.isnan(loss)]
    return float(np.mean(known)) if known else float("nan")


def _at_most_1(values: DoubleArray) -> DoubleArray:
    most = np.abs(values).max(initial=0)
    result: DoubleArray = values / (most if most > 0 else 1)
    return result
