"""The project's own ranking in a simulated session."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.agents.pipeline_policy import PipelinePolicy, SessionKnnPolicy, played
from recommender.api import EndReason
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions
from tests.recommender.agents.tastes import COLOURS, Tastes

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def crowd() -> Tastes:
    return Tastes(2, 60)


@pytest.fixture(scope="module")
def policy(crowd: Tastes) -> PipelinePolicy:
    """Without the parts that take long to train."""
    return PipelinePolicy(crowd, trained=False)


def one(songs: list[int], heard: list[int]) -> Sessions:
    made = Sessions.none_yet(1)
    made.songs[0, -len(songs) :], made.heard[0, -len(songs) :] = songs, heard
    return made


def test_the_log_becomes_plays_with_pauses_between_sessions(crowd: Tastes) -> None:
    plays = played(crowd.log)
    assert [play.song_id for play in plays[:12]] == crowd.log[0].songs.tolist()
    skipped = [play.end_reason is EndReason.SKIPPED for play in plays[:12]]
    assert skipped == (crowd.log[0].heard == Heard.SKIPPED).tolist()
    gaps = np.diff([play.at_s - play.heard_ms / 1000 for play in plays])
    assert (gaps[11::12] > 1800).all()
    assert (np.delete(gaps, np.s_[11::12]) < 1800).all()


def test_a_session_taken_back_leaves_no_trace(crowd: Tastes, policy: PipelinePolicy) -> None:
    asked = one([0, 6, 13], [2, 3, 1])
    first = policy.choose(asked, 3, RNG)
    for length in (5, 45):
        songs = np.random.default_rng(length).integers(0, 60, length).tolist()
        policy.choose(one(songs, [Heard.LIKED] * length), 3, RNG)
    assert np.array_equal(policy.choose(asked, 3, RNG), first)
    assert np.array_equal(PipelinePolicy(crowd, trained=False).choose(asked, 3, RNG), first)


def test_song_by_song_is_as_the_whole_session_at_once(policy: PipelinePolicy) -> None:
    songs, heard = [0, 6, 13, 12], [2, 3, 1, 2]
    for length in range(1, 5):
        grown = policy.choose(one(songs[:length], heard[:length]), 3, RNG)
    policy.choose(one([30, 31], [1, 2]), 3, RNG)
    whole = policy.choose(one(songs, heard), 3, RNG)
    assert len(set(grown[0].tolist()) & set(whole[0].tolist())) >= 2


def test_the_trained_parts_join_in(crowd: Tastes) -> None:
    chosen = PipelinePolicy(crowd).choose(one([0, 6], [2, 2]), 3, RNG)
    assert chosen.shape == (1, 3)


def test_session_neighbours_offer_what_was_finished_in_like_sessions(crowd: Tastes) -> None:
    chosen = SessionKnnPolicy(crowd).choose(one([2, 8, 14], [2, 2, 2]), 4, RNG)[0]
    assert (chosen % COLOURS == 2).sum() >= 3
