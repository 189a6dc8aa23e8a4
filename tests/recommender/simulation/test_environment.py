"""Sessions as episodes: what is seen, what is paid, when it ends, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.simulation.crowd import Heard, Rewards, SimulationError
from recommender.simulation.environment import ListeningVectorEnv, sessions_of
from recommender.simulation.sessions import SEEN
from recommender.simulation.single import ListeningEnv
from tests.recommender.simulation.toy import FINISHES, LEAVES, LIKES, SKIPS, ToyCrowd

PAID = {SKIPS: -0.5, FINISHES: 1.0, LIKES: 2.0, LEAVES: -1.5}
PAY = np.array([PAID[kind] for kind in range(4)])


def started(listeners: int = 3, **options: object) -> ListeningVectorEnv:
    env = ListeningVectorEnv(ToyCrowd(listeners), **options)
    env.reset()
    return env


def test_a_session_begins_with_the_song_that_the_listener_put_on_and_finished() -> None:
    observation, info = ListeningVectorEnv(ToyCrowd(3)).reset()
    assert info == {}
    assert (observation["heard"][:, -1] == Heard.FINISHED).all()
    assert (observation["songs"][:, -1] >= 0).all()
    assert (observation["songs"][:, :-1] == -1).all()
    assert (observation["heard"][:, :-1] == Heard.NOTHING).all()


def test_finishing_skipping_liking_and_leaving_are_paid_as_agreed() -> None:
    observation, rewards, left, truncated, info = started(4).step(np.array([3, 1, 2, 0]))
    assert rewards.tolist() == [-0.5, 1.0, 2.0, -1.5]
    assert left.tolist() == [False, False, False, True]
    assert not truncated.any()
    assert info["heard"].tolist() == [[1], [2], [3], [1]]
    assert observation["songs"][:3, -1].tolist() == [3, 1, 2]
    assert observation["heard"][:3, -1].tolist() == [1, 2, 3]


def test_other_rewards_can_be_agreed_on() -> None:
    env = started(4, rewards=Rewards(finish=2.0, skip=0.0, like=0.5, leave=-3.0))
    assert env.step(np.array([3, 1, 2, 0]))[1].tolist() == [0.0, 2.0, 2.5, -3.0]


def test_a_slate_is_played_in_order_and_not_beyond_the_song_that_ends_the_session() -> None:
    _, rewards, left, _, info = started(3, slate=3).step(
        np.array([[1, 2, 3], [1, 0, 2], [0, 1, 2]])
    )
    assert info["heard"].tolist() == [[2, 3, 1], [2, 1, 0], [1, 0, 0]]
    assert rewards.tolist() == [1.0 + 2.0 - 0.5, 1.0 - 1.5, -1.5]
    assert left.tolist() == [False, True, True]
    assert info["final_obs"]["songs"][:, -2:].tolist()[0] == [2, 3]
    assert info["lengths"].tolist() == [4, 3, 2]


def test_a_session_of_the_greatest_length_is_cut_off_even_within_a_slate() -> None:
    env = started(2, slate=3, most=5)
    assert not env.step(np.full((2, 3), 1))[3].any()
    _, rewards, left, truncated, info = env.step(np.full((2, 3), 1))
    assert truncated.all()
    assert not left.any()
    assert info["heard"].tolist() == [[2, 0, 0]] * 2
    assert rewards.tolist() == [1.0, 1.0]
    assert info["returns"].tolist() == [4.0, 4.0]


def test_who_leaves_with_the_last_song_has_left_and_was_not_cut_off() -> None:
    _, _, left, truncated, _ = started(1, most=2).step(np.array([0]))
    assert (left.tolist(), truncated.tolist()) == ([True], [False])


def test_when_a_session_ends_the_next_begins_at_once_and_the_old_one_can_still_be_seen() -> None:
    env = started(2)
    observation, _, _, _, info = env.step(np.array([0, 1]))
    assert env.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert info["_final_obs"].tolist() == info["_returns"].tolist() == [True, False]
    assert info["final_obs"]["songs"][0, -1] == 0
    assert info["final_obs"]["heard"][0, -1] == Heard.SKIPPED
    assert (observation["songs"][0] >= 0).sum() == 1
    assert observation["heard"][0, -1] == Heard.FINISHED
    assert (observation["songs"][1] >= 0).sum() == 2


def test_of_sessions_longer_than_can_be_seen_the_newest_songs_are_seen() -> None:
    env = started(1, most=SEEN + 20)
    for _ in range(SEEN + 5):
        observation, *_, info = env.step(np.array([1]))
    assert (observation["songs"] == 1).all()
    assert info["lengths"].tolist() == [SEEN + 6]


def test_what_was_shown_does_not_change_afterwards() -> None:
    env = started(2)
    before, *_ = env.step(np.array([1, 2]))
    kept = before["songs"].copy()
    env.step(np.array([3, 3]))
    assert (before["songs"] == kept).all()


def test_an_observation_is_sessions_for_a_policy() -> None:
    observation, *_ = started(2).step(np.array([1, 2]))
    sessions = sessions_of(observation)
    assert len(sessions) == 2
    assert sessions.songs[:, -1].tolist() == [1, 2]
    alone, _ = ListeningEnv(ToyCrowd(1)).reset()
    assert sessions_of(alone).songs.shape == (1, SEEN)


@given(
    listeners=st.integers(1, 4), slate=st.integers(1, 3), most=st.integers(2, 8),
    seed=st.integers(0, 99), steps=st.integers(1, 15),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_whatever_is_played_the_sums_are_right_and_what_is_seen_is_in_the_space(
    listeners: int, slate: int, most: int, seed: int, steps: int
) -> None:
    env = ListeningVectorEnv(ToyCrowd(listeners), slate=slate, most=most, seed=seed)
    observation, _ = env.reset()
    chance = np.random.default_rng(seed)
    returns, lengths = np.zeros(listeners), np.ones(listeners)
    for _ in range(steps):
        before = (observation["songs"] >= 0).sum(axis=1)
        songs = chance.integers(0, 12, (listeners, slate))
        observation, rewards, left, truncated, info = env.step(songs)
        played = info["heard"] != Heard.NOTHING
        assert observation in env.observation_space
        assert info["final_obs"] in env.observation_space
        assert np.allclose(rewards, (PAY[songs % 4] * played).sum(axis=1))
        lengths += played.sum(axis=1)
        returns += rewards
        assert (info["lengths"] == lengths).all()
        assert np.allclose(info["returns"], returns)
        assert ((info["final_obs"]["songs"] >= 0).sum(axis=1) == before + played.sum(axis=1)).all()
        ended = left | truncated
        assert not (left & truncated).any()
        assert (truncated == (~left & (lengths == most))).all()
        assert ((observation["songs"] >= 0).sum(axis=1)[ended] == 1).all()
        returns[ended], lengths[ended] = 0.0, 1


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    def run(seed: int | None) -> list[object]:
        env = ListeningVectorEnv(ToyCrowd(5), slate=2, seed=7)
        shown = [env.reset(seed=seed)[0]["songs"].tolist()]
        for turn in range(12):
            observation, rewards, *_ = env.step((np.arange(10).reshape(5, 2) + turn) % 12)
            shown.append([observation["songs"].tolist(), rewards.tolist()])
        return shown

    assert run(7) == run(7) == run(None)
    assert run(8) != run(7)


@pytest.mark.parametrize(
    ("actions", "sentence"),
    [
        (np.array([0, 1, 12]), "There is no song 12"),
        (np.array([0, -1, 2]), "There is no song -1"),
        (np.array([0.0, 1.0, np.nan]), "whole numbers"),
        (np.array([True, False, True]), "whole numbers"),
        (np.array([0, 1]), "do not fit 3 listeners"),
        (np.zeros((3, 2), np.int64), "slates of 1"),
        (None, "whole numbers"),
    ],
)
def test_what_is_no_song_is_refused_with_a_sentence(actions: object, sentence: str) -> None:
    with pytest.raises(SimulationError, match=sentence):
        started(3).step(actions)


def test_a_step_before_the_first_session_is_refused() -> None:
    with pytest.raises(SimulationError, match="call reset"):
        ListeningVectorEnv(ToyCrowd(2)).step(np.array([1, 1]))


@pytest.mark.parametrize("options", [{"slate": 0}, {"most": 1}])
def test_sessions_without_a_song_to_choose_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(SimulationError):
        ListeningVectorEnv(ToyCrowd(2), **options)


def test_nobody_can_be_played_to_where_nobody_is() -> None:
    with pytest.raises(SimulationError, match="at least one listener"):
        ListeningVectorEnv(ToyCrowd(0))


def test_rewards_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(SimulationError, match="not a number"):
        Rewards(skip=float("nan"))


@pytest.mark.filterwarnings("ignore:overflow")
def test_rewards_that_add_up_to_no_number_are_refused() -> None:
    env = started(1, rewards=Rewards(finish=1.5e308, like=1.5e308))
    with pytest.raises(SimulationError, match="beyond all numbers"):
        env.step(np.array([2]))


@pytest.mark.parametrize("slate", [1, 3])
def test_one_listener_is_an_environment_as_gymnasium_wants_it(slate: int) -> None:
    check_env(ListeningEnv(ToyCrowd(1), slate=slate), skip_render_check=True)


def test_one_listener_has_one_session_until_the_next_is_asked_for() -> None:
    env = ListeningEnv(ToyCrowd(1))
    env.reset()
    assert env.step(np.int64(2))[1:4] == (2.0, False, False)
    observation, reward, left, truncated, info = env.step(np.int64(0))
    assert (reward, left, truncated) == (-1.5, True, False)
    assert observation["songs"][-2:].tolist() == [2, 0]
    assert (info["return"], info["length"]) == (0.5, 3)
    with pytest.raises(SimulationError, match="call reset"):
        env.step(np.int64(1))


def test_one_listener_is_no_crowd() -> None:
    with pytest.raises(SimulationError, match="one listener, not 2"):
        ListeningEnv(ToyCrowd(2))
