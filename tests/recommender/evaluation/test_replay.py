"""Prequential replay, and the reader's view of hostile files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.api import EndReason, Play, Song
from recommender.evaluation.readers import UserHistory
from recommender.evaluation.replay import Options, UserResult, replay, replay_user
from recommender.evaluation.report import parts_of, summary, table
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


def skipper(length: int = 160) -> UserHistory:
    """Songs of one artist are always skipped, those of the other never."""
    library = [Song(n, f"Title {n}", "Never" if n % 2 else "Always") for n in range(40)]
    rng = np.random.default_rng(2)
    plays = []
    for turn in range(length):
        song = int(rng.integers(40))
        reason = EndReason.FINISHED if song % 2 else EndReason.SKIPPED
        heard_ms = 180_000 if song % 2 else 9_000
        plays.append(Play(turn + 1, song, NOON_S + 200 * turn, heard_ms, reason))
    return UserHistory("me", library, plays)


def mrr(result: UserResult) -> float:
    return parts_of(result)["from_start"].mrr


def test_a_loop_is_learnt_and_the_warm_up_is_not_scored() -> None:
    parts = parts_of(replay_user(loop(), Options()))
    assert parts["from_start"].targets == 120
    assert parts["after_warmup"].targets == 96
    assert parts["after_warmup"].hr_1 > 0.95
    assert parts["from_start"].hr_1 < parts["after_warmup"].hr_1


def test_songs_played_before_and_new_ones_are_told_apart() -> None:
    parts = parts_of(replay_user(loop(), Options(warmup=0)))
    assert parts["new"].targets == 6
    assert parts["known"].targets == 114


def test_a_new_song_is_ranked_among_the_new_ones_too() -> None:
    history = loop(40)
    trace = replay_user(history, Options(warmup=0)).trace
    new = trace.is_new
    assert (trace.rank_of_new[new] >= 1).all()
    assert (trace.rank_of_new[new] <= trace.rank[new]).all()
    assert trace.rank_of_new[new].max() <= 30
    assert not trace.rank_of_new[~new].any()
    model = LiveRecommender(history.songs)
    for play in history.plays[:5]:
        model.observe(play)
    scores = model.scores()
    target = model.index_of(5)
    played = [model.index_of(song) for song in range(5)]
    better = np.delete(scores, played) >= scores[target]
    assert trace.rank_of_new[5] == better.sum()


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
    assert result.trace.rank.tolist() == expected


def test_an_expert_can_be_left_out() -> None:
    with_all = replay_user(loop(), Options(warmup=0))
    without = replay_user(loop(), Options(warmup=0, without=("markov", "cooccurrence")))
    assert mrr(without) < mrr(with_all)


def test_the_summary_holds_the_means_and_the_baselines() -> None:
    report = summary(replay([loop(), loop(60)], Options(baselines=True)))
    assert [user["plays"] for user in report["users"]] == [120, 60]
    mean = report["mean"]
    firsts = [user["after_warmup"]["hr_10"] for user in report["users"]]
    assert mean["after_warmup"]["hr_10"] == pytest.approx(sum(firsts) / 2)
    assert mean["baselines"]["next"]["hr_1"] > 0.9
    low, high = mean["intervals"]["hr_10"]
    assert low <= mean["after_warmup"]["hr_10"] <= high
    assert report["events_per_s"] > 0


def test_what_was_skipped_stands_lower_once_the_model_is_told_of_skips() -> None:
    told = summary([replay_user(skipper(), Options())])["mean"]["skips"]
    untold = summary([replay_user(skipper(), Options(feedback=False))])["mean"]["skips"]
    assert told["skipped"] == untold["skipped"] > 40
    assert told["auc"] > untold["auc"] + 0.05


def test_lists_are_looked_at_beside_the_plays() -> None:
    shown = replay_user(loop(), Options(shown_every=5)).shown
    assert shown is not None
    assert shown.lists == 23
    assert shown.coverage_played == 6 / 30
    assert shown.artists_played == 6
    assert 0 < shown.coverage <= 1
    assert shown.new_played == pytest.approx((1 + 0.2) / 23)


def test_vectors_are_trained_anew_as_the_plays_grow_unless_that_is_not_wanted() -> None:
    assert replay_user(loop(70), Options()).training_s > 0
    without = replay_user(loop(70), Options(train_after=0))
    assert without.training_s == 0
    assert without.seconds > 0


def test_sessions_part_where_the_music_paused() -> None:
    history = loop(6)
    history.plays[3:] = [replace(play, at_s=play.at_s + 7200) for play in history.plays[3:]]
    assert replay_user(history, Options()).trace.session.tolist() == [0, 0, 0, 1, 1, 1]


def test_two_users_at_a_time_give_what_one_after_the_other_gives() -> None:
    users = [loop(30), loop(40)]
    alone, beside = replay(users, Options()), replay(users, Options(), jobs=2)
    assert [r.trace.rank.tolist() for r in alone] == [r.trace.rank.tolist() for r in beside]


def test_the_table_tells_what_was_measured() -> None:
    text = table(summary([replay_user(skipper(), Options(shown_every=20))]))
    for words in ("HR@100", "95 %, from", "AUC", "artists in ten"):
        assert words in text


def test_a_simulated_year_repeats_with_its_seed_and_runs_forward() -> None:
    world, year = simulate_user(3, plays=400)
    assert year == simulate_user(3, plays=400)[1]
    assert year != simulate_user(4, plays=400)[1]
    times = [play.end_s for play in year]
    assert times == sorted(times)
    assert 0 < sum(play.ms_played < 30_000 for play in year) < len(year)
    assert all(play.song < len(world.titles) for play in year)


def test_what_is_played_to_the_end_is_foretold_once_the_model_is_told_of_skips() -> None:
    told = summary([replay_user(skipper(), Options())])
    untold = summary([replay_user(skipper(), Options(feedback=False))])["mean"]["finish"]
    finish = told["mean"]["finish"]
    assert finish["auc"] > untold["auc"] + 0.05
    assert finish["log_loss"] < finish["log_loss_of_share"]
    assert f"foretold with AUC {finish['auc']:.3f}" in table(told)
