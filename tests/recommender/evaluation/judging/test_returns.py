"""Sessions played to their end, with the same listeners whoever chooses."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.agents.anchors import NearestPolicy, RandomPolicy
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.returns import differences, figures, play, ranking
from recommender.simulation.crowd import Rewards
from recommender.simulation.sessions import Sessions
from tests.recommender.agents.tastes import Tastes
from tests.recommender.simulation.toy import ToyCrowd


class Always:
    """Puts on the same songs, and notes which ones began the sessions."""

    def __init__(self, *songs: int) -> None:
        self.name, self.songs = f"always {songs}", songs
        self.first: list[list[int]] = []

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> np.ndarray:
        begun = (sessions.songs >= 0).sum(axis=1) == 1
        if begun.all():
            self.first.append(sessions.songs[:, -1].tolist())
        return np.tile(np.array(self.songs[:slate]), (len(sessions), 1))


def test_what_a_session_brings_by_hand() -> None:
    played = play(ToyCrowd(3), Always(2, 3, 0), 3, slate=3, rewards=Rewards())
    assert played.returns.tolist() == [(1 + 1) - 0.5 + (-0.5 - 1)] * 3
    assert (played.songs.tolist(), played.skipped.tolist()) == ([3] * 3, [2] * 3)
    assert (played.liked.tolist(), played.left.tolist()) == ([1] * 3, [True] * 3)


def test_who_never_leaves_is_heard_for_as_long_as_a_session_may_be() -> None:
    played = play(ToyCrowd(2), Always(1), 2, most=6)
    assert played.songs.tolist() == [5, 5]
    assert not played.left.any()


def test_more_sessions_than_listeners_are_heard_in_turns() -> None:
    one = Always(1)
    assert len(play(ToyCrowd(4), one, 10, most=3)) == 10
    assert len(one.first) == 3
    assert one.first[0] != one.first[1]


def test_each_policy_meets_the_same_listeners() -> None:
    one, other = Always(1), Always(0)
    for policy in (one, other):
        play(ToyCrowd(6), policy, 12, most=5, seed=4)
    assert one.first[: len(other.first)] == other.first[: len(one.first)]


def test_the_same_seed_gives_the_same_sessions_and_another_one_others() -> None:
    crowd = Tastes()
    first, again, other = (play(crowd, RandomPolicy(120), 16, seed=s) for s in (1, 1, 2))
    assert first.returns.tolist() == again.returns.tolist()
    assert first.returns.tolist() != other.returns.tolist()


def test_who_knows_the_taste_is_apart_from_chance() -> None:
    crowd = Tastes(32)
    played = {
        policy.name: play(crowd, policy, 128)
        for policy in (RandomPolicy(120), NearestPolicy(crowd))
    }
    assert ranking(played) == ["nearest", "random"]
    (found,) = differences(played)
    assert (found.one, found.other) == ("nearest", "random")
    assert found.is_apart
    assert found.is_paired_apart
    assert figures(played["nearest"]).skip_rate.high < figures(played["random"]).skip_rate.low


def test_policies_of_unlike_many_sessions_are_not_paired() -> None:
    crowd = ToyCrowd(2)
    with pytest.raises(JudgingError, match="unlike many"):
        differences({"a": play(crowd, Always(1), 2), "b": play(crowd, Always(1), 4)})


def test_no_sessions_and_slates_of_a_wrong_size_are_told() -> None:
    with pytest.raises(JudgingError, match="ask for 1 or more"):
        play(ToyCrowd(2), Always(1), 0)
    with pytest.raises(JudgingError, match="want slates of 3"):
        play(ToyCrowd(2), Always(1, 2), 2, slate=3)
