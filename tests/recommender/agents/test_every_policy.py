"""What every policy must do, whatever it goes by."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.agents.anchors import NearestPolicy, PopularityPolicy, RandomPolicy
from recommender.agents.ddpg import DDPG
from recommender.agents.dqn import DQN, DQNSettings
from recommender.agents.errors import AgentError
from recommender.agents.pipeline_policy import PipelinePolicy, SessionKnnPolicy
from recommender.agents.policy import Policy
from recommender.agents.practice import agent_vectors
from recommender.agents.wolpertinger import Wolpertinger, songs_of
from recommender.agents.wolpertinger_learner import song_settings
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions
from tests.recommender.agents.tastes import Tastes

SONGS = 60
CROWD = Tastes(2, SONGS)


def ddpg(crowd: Tastes) -> Policy:
    songs = songs_of(agent_vectors(crowd))
    return Wolpertinger(DDPG(song_settings(songs, hidden=(8,))), songs, near=5)


MAKERS: dict[str, Callable[[Tastes], Policy]] = {
    "random": lambda crowd: RandomPolicy(SONGS),
    "popularity": PopularityPolicy,
    "nearest": NearestPolicy,
    "session knn": SessionKnnPolicy,
    "pipeline": lambda crowd: PipelinePolicy(crowd, trained=False),
    "dqn": lambda crowd: DQN(DQNSettings(hidden=(8,)), agent_vectors(crowd), crowd.plays),
    "ddpg": ddpg,
}


@cache
def policy_called(name: str) -> Policy:
    return MAKERS[name](CROWD)


@st.composite
def sessions(draw: st.DrawFn, longest: int = 20) -> Sessions:
    """A few sessions of songs of the crowd, some of them before their first song."""
    made = Sessions.none_yet(draw(st.integers(1, 2)))
    for songs, heard in zip(made.songs, made.heard, strict=True):
        length = draw(st.integers(0, longest))
        rng = np.random.default_rng(draw(st.integers(0, 999)))
        if length:
            songs[-length:] = rng.integers(0, SONGS, length)
            heard[-length:] = rng.integers(Heard.SKIPPED, Heard.LIKED + 1, length)
    return made


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(seen=sessions(), slate=st.sampled_from([1, 3]), seed=st.integers(0, 5))
def test_slates_have_no_repeats_and_nothing_from_the_session(
    name: str, seen: Sessions, slate: int, seed: int
) -> None:
    policy = policy_called(name)
    chosen = policy.choose(seen, slate, np.random.default_rng(seed))
    assert chosen.shape == (len(seen), slate)
    assert chosen.dtype == np.int64
    assert ((chosen >= 0) & (chosen < SONGS)).all()
    for row, songs in zip(chosen.tolist(), seen.songs, strict=True):
        assert len(set(row)) == slate
        assert not set(row) & set(songs.tolist())


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=5, deadline=None, derandomize=True)
@given(seen=sessions(longest=8), other=sessions(longest=8), seed=st.integers(0, 5))
def test_the_same_sessions_and_chance_give_the_same_songs(
    name: str, seen: Sessions, other: Sessions, seed: int
) -> None:
    policy = policy_called(name)
    first = policy.choose(seen, 2, np.random.default_rng(seed))
    policy.choose(other, 1, np.random.default_rng(seed))
    assert np.array_equal(policy.choose(seen, 2, np.random.default_rng(seed)), first)


@pytest.mark.parametrize("name", MAKERS)
def test_everything_was_heard_so_songs_come_again_without_repeats_in_a_slate(name: str) -> None:
    crowd = Tastes(1, 12)
    make = MAKERS[name] if name != "random" else lambda crowd: RandomPolicy(12)
    seen = Sessions.none_yet(1)
    seen.songs[0, -12:], seen.heard[0, -12:] = np.arange(12), Heard.FINISHED
    chosen = make(crowd).choose(seen, 3, np.random.default_rng(0))
    assert len(set(chosen[0].tolist())) == 3


@pytest.mark.parametrize("name", MAKERS)
def test_a_slate_larger_than_the_catalogue_is_refused_in_words(name: str) -> None:
    with pytest.raises(AgentError, match=r"slate of 61 .* 60 songs"):
        policy_called(name).choose(Sessions.none_yet(1), 61, np.random.default_rng(0))
