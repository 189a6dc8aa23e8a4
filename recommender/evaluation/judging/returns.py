"""What policies bring in a simulator: whole sessions, with the same listeners for each policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from recommender.agents.policy import Policy
from recommender.data.arrays import BoolArray, DoubleArray, IndexArray
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.intervals import Interval, mean_interval, ratio_interval
from recommender.simulation.crowd import Crowd, Heard, Rewards
from recommender.simulation.environment import ListeningVectorEnv, Observation, sessions_of

MOST = 20
"""Songs of a session at the most, the first one counted."""


@dataclass(frozen=True, slots=True)
class Played:
    """Sessions that a policy chose, an entry a session: what they brought, the songs chosen in
    them, how many of these were skipped and liked, and whether the listener left before MOST."""

    returns: DoubleArray
    songs: IndexArray
    skipped: IndexArray
    liked: IndexArray
    left: BoolArray

    def __len__(self) -> int:
        return len(self.returns)


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over sessions: what one brought, the songs chosen in one, its likes; the share of the
    chosen songs that were skipped; and the share of sessions that the listener left."""

    returns: Interval
    songs: Interval
    likes: Interval
    skip_rate: Interval
    left: Interval


@dataclass(frozen=True, slots=True)
class Difference:
    """What `one` brings a session more than `other`, by listeners who heard both.

    `is_paired_apart` says that this difference's interval leaves 0 out; `is_apart`, which asks for
    more, that the policies' own intervals do not overlap.
    """

    one: str
    other: str
    returns: Interval
    is_paired_apart: bool
    is_apart: bool


def play(
    crowd: Crowd, policy: Policy, sessions: int, *,
    slate: int = 1, most: int = MOST, rewards: Rewards | None = None, seed: int = 0,
) -> Played:  # fmt: skip
    """The first `sessions` sessions of this seed, whoever chooses: common random numbers.

    All listeners begin at once, and each session is heard to its end before others begin, so that
    short ones count no more often than long ones. Raises JudgingError, SimulationError.
    """
    if sessions < 1:
        raise JudgingError(f"{sessions} sessions cannot be played; ask for 1 or more.")
    env = ListeningVectorEnv(crowd, slate=slate, most=most, rewards=rewards, seed=seed)
    waves = [
        _wave(env, policy, np.random.SeedSequence((seed, wave)))
        for wave in range(-(-sessions // crowd.size))
    ]
    names = ("returns", "songs", "skipped", "liked", "left")
    return Played(*(
        np.concatenate([getattr(wave, name) for wave in waves])[:sessions] for name in names
    ))  # fmt: skip


def figures(played: Played, seed: int = 0) -> Figures:
    """With 95 % intervals by a bootstrap over sessions; raises JudgingError."""
    return Figures(
        mean_interval(played.returns, seed),
        mean_interval(played.songs.astype(np.float64), seed),
        mean_interval(played.liked.astype(np.float64), seed),
        ratio_interval(played.skipped.astype(np.float64), played.songs, seed),
        mean_interval(played.left.astype(np.float64), seed),
    )


def differences(played: Mapping[str, Played], seed: int = 0) -> list[Difference]:
    """Each pair of policies, by name, the better one first; all must be of the same sessions."""
    found = []
    for names in combinations(played, 2):
        one, other = sorted(names, key=lambda name: -float(played[name].returns.mean()))
        if len(played[one]) != len(played[other]):
            raise JudgingError(
                f"{one} and {other} were played in unlike many sessions; nothing can be paired."
            )
        gap = mean_interval(played[one].returns - played[other].returns, seed)
        sides = (mean_interval(played[name].returns, seed) for name in (one, other))
        found.append(
            Difference(one, other, gap, gap.low > 0, next(sides).is_apart_from(next(sides)))
        )
    return found


def _wave(env: ListeningVectorEnv, policy: Policy, seed: np.random.SeedSequence) -> Played:
    """One session of each listener."""
    rng = np.random.default_rng(seed)
    observation, _ = env.reset(seed=int(seed.generate_state(1)[0]))
    size = env.num_envs
    returns, going = np.zeros(size), np.ones(size, np.bool_)
    songs, skipped, liked = (np.zeros(size, np.int64) for _ in range(3))
    left = np.zeros(size, np.bool_)
    while going.any():
        heard, rewards, gone, ended, observation = _step(env, policy, observation, rng)
        returns += np.where(going, rewards, 0.0)
        songs += going * (heard != Heard.NOTHING).sum(axis=1)
        skipped += going * (heard == Heard.SKIPPED).sum(axis=1)
        liked += going * (heard == Heard.LIKED).sum(axis=1)
        left |= going & gone
        going &= ~ended
    return Played(returns, songs, skipped, liked, left)


def _step(
    env: ListeningVectorEnv, policy: Policy, observation: Observation, rng: np.random.Generator
) -> tuple[IndexArray, DoubleArray, BoolArray, BoolArray, Observation]:
    """What was heard (n, slate), its rewards, who left and whose session ended (n,), and what is
    seen then."""
    slates = policy.choose(sessions_of(observation), env.slate, rng)
    if slates.shape != (env.num_envs, env.slate):
        raise JudgingError(
            f"{policy.name} chose songs of shape {slates.shape}, and {env.num_envs} listeners "
            f"want slates of {env.slate}."
        )
    seen, rewards, gone, cut, info = env.step(slates)
    heard: IndexArray = info["heard"].astype(np.int64)
    return heard, rewards, gone, gone | cut, seen


def ranking(played: Mapping[str, Played]) -> Sequence[str]:
    """The policies by what they bring, the best first."""
    return sorted(played, key=lambda name: -float(played[name].returns.mean()))
