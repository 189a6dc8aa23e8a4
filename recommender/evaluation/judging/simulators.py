"""Policies in one simulator or in two: what each brings, who is apart, and whether both agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.agents.anchors import NearestPolicy, PopularityPolicy, RandomPolicy
from recommender.agents.pipeline_policy import PipelinePolicy, SessionKnnPolicy
from recommender.agents.policy import Policy
from recommender.agents.practice import agent_vectors
from recommender.agents.saved import load_agent
from recommender.api import CheckpointError
from recommender.data.arrays import IndexArray
from recommender.evaluation.judging.agreement import Agreement, agreement
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.returns import (
    Difference,
    Figures,
    Played,
    differences,
    figures,
    play,
)
from recommender.simulation.crowd import Crowd, Rewards
from recommender.simulation.sessions import Sessions

ANCHORS: dict[str, Callable[[Crowd], Policy]] = {
    "random": lambda crowd: RandomPolicy(len(crowd.vectors)),
    "popularity": PopularityPolicy,
    "nearest": NearestPolicy,
    "knn": SessionKnnPolicy,
    "pipeline": PipelinePolicy,
}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Terms:
    """How policies are judged: so many sessions each, with slates of so many songs."""

    sessions: int = 512
    slate: int = 1
    seed: int = 0
    rewards: Rewards = Rewards()  # noqa: RUF009


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came out in one simulator, by the policies' names."""

    songs: int
    figures: dict[str, Figures]
    differences: tuple[Difference, ...]
    played: dict[str, Played]


def judge(
    crowd: Crowd, policies: Sequence[Policy], terms: Terms, tell: Tell = lambda words: None
) -> Simulated:
    """Each policy with the same listeners; raises JudgingError, SimulationError, AgentError."""
    played: dict[str, Played] = {}
    for policy in policies:
        if policy.name in played:
            raise JudgingError(f"Two policies are called {policy.name}; give each its own name.")
        tell(f"{policy.name}: {terms.sessions} sessions")
        played[policy.name] = play(
            crowd, policy, terms.sessions, slate=terms.slate, rewards=terms.rewards,
            seed=terms.seed,
        )  # fmt: skip
    return Simulated(
        len(crowd.vectors),
        {name: figures(each, terms.seed) for name, each in played.items()},
        tuple(differences(played, terms.seed)),
        played,
    )


def agreements(found: Mapping[str, Simulated], seed: int = 0) -> dict[str, Agreement]:
    """How alike each two simulators rank the policies that both had, by "one and other"."""
    names = list(found)
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    result = {}
    for one, other in pairs:
        first, second = (
            {name: each.returns for name, each in found[side].played.items()}
            for side in (one, other)
        )
        if len(set(first) & set(second)) > 1:
            result[f"{one} and {other}"] = agreement(first, second, seed)
    return result


def anchors_for(crowd: Crowd, names: Sequence[str], tell: Tell) -> list[Policy]:
    """The plain policies of these names over a crowd's songs; raises JudgingError."""
    known_anchors(names)
    made: list[Policy] = []
    for name in names:
        tell(f"{name}: made ready")
        made.append(ANCHORS[name](crowd))
    return made


@dataclass(frozen=True, slots=True)
class Named:
    """A policy under another name, where two would be called the same."""

    policy: Policy
    name: str

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """What the policy chooses, shape (listeners, slate)."""
        return self.policy.choose(sessions, slate, rng)


def agents_for(crowd: Crowd, folders: Sequence[Path]) -> tuple[list[Policy], list[str]]:
    """The trained agents that know this crowd's songs, and in a sentence each why others do not.

    An agent is called by its kind, with its folder where there are two. Raises CheckpointError for
    a folder that holds no agent.
    """
    seen = agent_vectors(crowd) if folders else None
    found: list[tuple[Policy, str]] = []
    notes = []
    for folder in folders:
        load_agent(folder)
        try:
            found.append((load_agent(folder, seen), folder.name))
        except CheckpointError as error:
            notes.append(str(error))
    kinds = [agent.name for agent, _ in found]
    return [
        agent if kinds.count(agent.name) == 1 else Named(agent, f"{agent.name} ({folder})")
        for agent, folder in found
    ], notes


def known_anchors(names: Sequence[str]) -> None:
    """Raises JudgingError for a name that is no anchor's."""
    for name in names:
        if name not in ANCHORS:
            raise JudgingError(f"There is no anchor {name!r}; there are: {', '.join(ANCHORS)}.")
