"""Prequential replay, and the reader's view of hostile files."""

from __future__ import annotations

import pytest

from recommender.api import EndReason, Play, Song
from recommender.evaluation.readers import UserHistory
from recommender.evaluation.replay import Options, replay, replay_user, summary
from recommender.evaluation.simulate import simulate_user
from recommender.live import LiveRecommender
from tests.recommender.listening import NOON_S


def loop(length: int = 120, songs: int = 30) -> UserHistory:
    """Six songs round and round in a library of thirty."""
    library = [Song(n, f"Title {n}", f"Artist {n % 7}") for n in range(songs)]
    plays = [
        Play(turn + 1, turn % 6, NOON_S + 200 * turn, 180_000, EndReason.FINISHED)
        for turn in range(length)
    ]
    return UserHistory("me", library, plays)


def test_a_loop_is_learnt_and_the_warm_up_is_not_scored() -> None:
    result = replay_user(loop(), Options())
    assert result.from_start.targets == 120
    assert result.after_warmup.targets == 96
    assert result.after_warmup.hr_1 > 0.95
    assert result.from_start.hr_1 < result.after_warmup.hr_1


def test_songs_played_before_and_new_ones_are_told_apart() -> None:
    result = replay_user(loop(), Options(warmup=0))
    assert result.new.targets == 6
    assert result.known.targets == 114


def test_each_play_is_predicted_before_it_is_learnt() -> None:
    history = loop(40)
    model = LiveRecommender(history.songs)
    expected = []
    for play in history.plays:
        scores = model.scores().copy()
        target = scores[model.index_of(play.song_id)]
        expected.append(int((scores >= target).sum()))
        model.observe(play)
    result = replay_user(history, Options(warmup=0))
    assert result.from_start.mrr == pytest.approx(sum(1 / rank for rank in expected) / 40)


def test_an_expert_can_be_left_out() -> None:
    with_all = replay_user(loop(), Options(warmup=0))
    without = replay_user(loop(), Options(warmup=0, without=("markov", "cooccurrence")))
    assert without.from_start.mrr < with_all.from_start.mrr


def test_the_summary_holds_the_means_and_the_baselines() -> None:
    report = summary(replay([loop(), loop(60)], Options(baselines=True)))
    assert [user["plays"] for user in report["users"]] == [120, 60]
    mean = report["mean"]
    firsts = [user["after_warmup"]["hr_10"] for user in report["users"]]
    assert mean["after_warmup"]["hr_10"] == pytest.approx(sum(firsts) / 2)
    assert mean["baselines"]["next"]["hr_1"] > 0.9
    assert report["events_per_s"] > 0


def test_a_simulated_year_repeats_with_its_seed_and_runs_forward() -> None:
    world, year = simulate_user(3, plays=400)
    assert year == simulate_user(3, plays=400)[1]
    assert year != simulate_user(4, plays=400)[1]
    times = [play.end_s for play in year]
    assert times == sorted(times)
    assert 0 < sum(play.ms_played < 30_000 for play in year) < len(year)
    assert all(play.song < len(world.titles) for play in year)
