"""How a proposal becomes a song, and what the policy learns in a game whose answer is known."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from recommender.agents.ddpg import DDPG
from recommender.agents.encoding import encode
from recommender.agents.errors import AgentError
from recommender.agents.noise import Schedule
from recommender.agents.served import ServedAgent
from recommender.agents.wolpertinger import Nearby, Wolpertinger, songs_of
from recommender.agents.wolpertinger_learner import (
    Practice,
    WolpertingerLearner,
    song_settings,
)
from recommender.data.arrays import FloatArray, IndexArray
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions
from recommender.vectors.song_vectors import SongVectors

DIM = 6
RNG = np.random.default_rng(0)


class Fixed:
    """An agent that always looks at the same places and likes what lies along the first axis."""

    def __init__(self, *places: list[float]) -> None:
        self._protos = np.array(places, np.float32)

    def proto(self, states: FloatArray) -> FloatArray:
        return np.repeat(self._protos[None], len(states), axis=0)

    def values(self, states: FloatArray, actions: FloatArray) -> FloatArray:
        first: FloatArray = actions[:, :, 0]
        return first


def unit(rows: FloatArray) -> FloatArray:
    result: FloatArray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return result


def catalogue(songs: int = 300, dim: int = DIM, seed: int = 0) -> FloatArray:
    return unit(np.random.default_rng(seed).standard_normal((songs, dim)).astype(np.float32))


def heard(*songs: list[int]) -> Sessions:
    """Sessions in which these songs were finished."""
    sessions = Sessions.none_yet(len(songs))
    for row, each in enumerate(songs):
        if each:
            sessions.songs[row, -len(each) :] = each
            sessions.heard[row, -len(each) :] = Heard.FINISHED
    return sessions


def test_the_critic_chooses_among_the_songs_nearest_to_the_proposal() -> None:
    matrix, place = catalogue(), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    chosen = Wolpertinger(Fixed(place), songs_of(matrix), near=10).choose(heard([]), 1, RNG)
    nearest = np.argsort(-matrix @ np.float32(place))[:10]
    assert chosen.tolist() == [[nearest[matrix[nearest, 0].argmax()]]]
    alone = Wolpertinger(Fixed(place), songs_of(matrix), near=1).choose(heard([]), 1, RNG)
    assert alone.tolist() == [[nearest[0]]]


def test_the_critic_also_sees_the_songs_played_most_wherever_they_lie() -> None:
    matrix, away = catalogue(), [-1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    best, second = np.argsort(-matrix[:, 0])[:2]
    known = np.array([second, best], np.int64)
    policy = Wolpertinger(Fixed(away), songs_of(matrix), near=5, known=known)
    assert policy.choose(heard([], [best]), 1, RNG)[:, 0].tolist() == [best, second]
    assert set(policy.choose(heard([]), 2, RNG)[0]) == {best, second}
    without = Wolpertinger(Fixed(away), songs_of(matrix), near=5)
    assert without.choose(heard([]), 1, RNG)[0, 0] not in known


def test_what_was_heard_is_passed_over_listener_by_listener() -> None:
    matrix, place = catalogue(), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    policy = Wolpertinger(Fixed(place), songs_of(matrix), near=1)
    order = np.argsort(-matrix @ np.float32(place)).tolist()
    chosen = policy.choose(heard([], order[:1], order[:30], order[5:9]), 1, RNG)
    assert chosen[:, 0].tolist() == [order[0], order[1], order[30], order[0]]


def test_a_slate_takes_one_song_of_each_proposal_and_none_twice() -> None:
    matrix = catalogue()
    places = np.eye(DIM, dtype=np.float32)[1:4]
    policy = Wolpertinger(Fixed(*places.tolist()), songs_of(matrix), near=1)
    chosen = policy.choose(heard([]), 3, RNG)[0]
    first_two = np.argsort(-matrix @ places.T, axis=0)[:3].T
    assert all(song in some for song, some in zip(chosen, first_two, strict=True))
    same = Wolpertinger(Fixed(*[places[0].tolist()] * 3), songs_of(matrix), near=1)
    assert len(set(same.choose(heard([]), 3, RNG)[0])) == 3


def test_one_song_is_the_best_of_all_proposals_and_one_proposal_fills_a_slate() -> None:
    matrix = catalogue()
    axes = np.eye(DIM, dtype=np.float32).tolist()
    both = Wolpertinger(Fixed(axes[1], axes[0]), songs_of(matrix), near=5)
    assert both.choose(heard([]), 1, RNG)[0, 0] == matrix[:, 0].argmax()
    one = Wolpertinger(Fixed(axes[0]), songs_of(matrix), near=5)
    assert one.choose(heard([]), 3, RNG)[0].tolist() == np.argsort(-matrix[:, 0])[:3].tolist()


def test_listeners_side_by_side_get_what_each_would_get_alone() -> None:
    vectors = songs_of(catalogue())
    policy = Wolpertinger(DDPG(song_settings(vectors, proposals=2)), vectors)
    sessions = heard([1, 2, 3], [7], [9, 8, 7, 6, 5])
    together = policy.choose(sessions, 2, RNG)
    for row in range(3):
        alone = Sessions(sessions.songs[[row]], sessions.heard[[row]])
        assert policy.choose(alone, 2, RNG)[0].tolist() == together[row].tolist()


def test_an_agent_without_torch_chooses_the_same_songs() -> None:
    vectors = songs_of(catalogue())
    agent = DDPG(song_settings(vectors, proposals=3, seed=4))
    sessions = heard([1, 2, 3], [7], [9, 8, 7, 6, 5])
    ours = Wolpertinger(agent, vectors).choose(sessions, 3, RNG)
    served = Wolpertinger(ServedAgent(agent.arrays(), DIM), vectors).choose(sessions, 3, RNG)
    assert np.array_equal(ours, served)


def test_when_everything_was_heard_there_is_still_a_song() -> None:
    policy = Wolpertinger(Fixed([1.0, 0, 0, 0, 0, 0]), songs_of(catalogue(4)))
    assert set(policy.choose(heard([0, 1, 2, 3]), 4, RNG)[0]) == {0, 1, 2, 3}
    assert policy.choose(heard([0, 1, 3]), 1, RNG).tolist() == [[2]]


def test_the_index_of_a_large_catalogue_finds_nearly_the_same_songs() -> None:
    matrix = catalogue(3_000, 8)
    exact, indexed = songs_of(matrix), SongVectors(np.arange(3_000), matrix, exact=100)
    wanted = catalogue(20, 8, seed=1)
    true, found = Nearby(exact).of(wanted, 40), Nearby(indexed).of(wanted, 40)
    assert found.shape == (20, 40)
    shared = [len(set(a) & set(b)) / 40 for a, b in zip(true, found, strict=True)]
    assert np.mean(shared) > 0.9


def test_the_nearest_are_meant_by_direction_not_by_length() -> None:
    matrix = catalogue(50)
    longer = matrix * np.linspace(0.1, 9, 50, dtype=np.float32)[:, None]
    wanted = catalogue(5, seed=2)
    found = Nearby(songs_of(longer)).of(wanted, 7)
    assert np.array_equal(np.sort(found), np.sort(Nearby(songs_of(matrix)).of(wanted, 7)))


def test_no_songs_unknown_songs_and_too_few_songs_are_said_in_words() -> None:
    fixed = Fixed([1.0, 0, 0, 0, 0, 0])
    with pytest.raises(AgentError, match="no songs to choose from"):
        Wolpertinger(fixed, songs_of(np.zeros((0, DIM), np.float32)))
    policy = Wolpertinger(fixed, songs_of(catalogue(5)))
    with pytest.raises(AgentError, match="a song 5, but the catalogue ends at 4"):
        policy.choose(heard([5]), 1, RNG)
    with pytest.raises(AgentError, match="A slate of 6"):
        policy.choose(heard([]), 6, RNG)
    with pytest.raises(AgentError, match="1 or more"):
        Wolpertinger(fixed, songs_of(catalogue(5)), near=0)


def taught(rounds: int) -> tuple[WolpertingerLearner, FloatArray]:
    """An agent after practice with listeners who like songs near the last one they heard, and
    dislike those on the other side."""
    matrix = catalogue(200, 4)
    vectors = songs_of(matrix)
    settings = song_settings(
        vectors, hidden=(32, 32), warmup=200, batch=64, discount=0.0, actor_lr=1e-3, critic_lr=2e-3
    )
    schedule = Schedule(1.0, 0.1, 3_000)
    learner = WolpertingerLearner(
        DDPG(settings), vectors, near=10, practice=Practice(noise=schedule, anything=schedule)
    )
    rng = np.random.default_rng(0)
    for _ in range(rounds):
        before = heard(*rng.integers(0, 200, (32, 1)).tolist())
        songs = learner.explore(before, 1, rng)[:, 0]
        rewards = (matrix[before.songs[:, -1]] * matrix[songs]).sum(axis=1).astype(np.float64)
        learner.remember(before, songs, rewards, before, np.ones(32, bool))
        learner.learn(3)
    return learner, matrix


def test_the_policy_learns_which_songs_are_liked() -> None:
    def likeness(learner: WolpertingerLearner, matrix: FloatArray) -> float:
        last = np.arange(0, 200, 2)
        chosen: IndexArray = learner.choose(heard(*last[:, None].tolist()), 1, RNG)[:, 0]
        assert not (chosen == last).any()
        return float((matrix[last] * matrix[chosen]).sum(axis=1).mean())

    assert likeness(*taught(0)) < 0.4
    assert likeness(*taught(70)) > 0.75


def test_exploring_keeps_the_rules_and_becomes_less() -> None:
    vectors = songs_of(catalogue())
    fading = Schedule(1.0, 0.0, 600)
    learner = WolpertingerLearner(
        DDPG(song_settings(vectors)), vectors, practice=Practice(noise=fading, anything=fading)
    )
    sessions = heard(*[list(range(20))] * 100)
    rng = np.random.default_rng(0)
    tried = [learner.explore(sessions, 3, rng) for _ in range(3)]
    for slates in tried:
        assert all(len(set(row)) == 3 for row in slates)
        assert slates.min() >= 20
    assert len(np.unique(tried[0])) > len(np.unique(tried[1])) > 3
    assert np.array_equal(tried[2], learner.choose(sessions, 3, rng))


def test_what_was_remembered_is_the_song_that_was_played() -> None:
    matrix = catalogue()
    vectors = songs_of(matrix)
    learner = WolpertingerLearner(DDPG(song_settings(vectors)), vectors)
    before, after = heard([3], [4]), heard([3, 10], [4, 11])
    learner.remember(before, np.array([10, 11]), np.array([1.0, -0.5]), after, np.array([0, 1]) > 0)
    batch = learner.ddpg.memory.sample(50)
    first = batch.rewards == 1
    assert np.array_equal(batch.actions[first][0], matrix[10])
    assert np.array_equal(batch.actions[~first][0], matrix[11])
    assert np.array_equal(batch.next_states[first][0], encode(after, matrix)[0])
    assert set(batch.ended[first]) == {0}
    assert set(batch.ended[~first]) == {1}
    with pytest.raises(AgentError, match="A reward is not a finite number"):
        learner.remember(before, np.array([1, 2]), np.array([1.0, np.nan]), after, np.ones(2, bool))


def test_the_policy_alone_leaves_torch_unloaded() -> None:
    check = "import sys, recommender.agents.wolpertinger; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
