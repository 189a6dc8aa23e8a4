"""What the model says that it believes of its listener."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from recommender.api import (
    Belief,
    Correction,
    EndReason,
    Reaction,
    ReactionKind,
    Retracted,
    Scope,
    Song,
    Started,
    Taste,
)
from recommender.live import LiveRecommender
from recommender.live.diary import FIRST, WEEK_S, WEEKS
from tests.recommender.listening import NOON_S, library, play, plays
from tests.recommender.live import sequences

SONGS = 120
DAY_MIN = 24 * 60


def listener(song_ids: Sequence[int] = (), songs: int = SONGS) -> LiveRecommender:
    recommender = LiveRecommender(library(songs), deep=False)
    for event in plays(list(song_ids)):
        recommender.observe(event)
    return recommender


def belief(taste: Taste, name: str, scope: Scope = Scope.ARTIST) -> Belief:
    return next(each for each in taste.beliefs if (each.scope, each.name) == (scope, name))


def said(event_id: int, name: str, value: float, scope: Scope = Scope.ARTIST) -> Correction:
    return Correction(event_id, scope, name, NOON_S, value)


def test_before_the_first_play_nothing_is_believed() -> None:
    taste = LiveRecommender(library(SONGS)).taste()
    assert taste == replace(Taste(), version=taste.version)
    assert LiveRecommender().taste().beliefs == ()


def test_an_artist_played_more_is_expected_more_and_surer() -> None:
    few, many = listener([1, 2] * 3).taste(), listener([1, 2] * 30).taste()
    assert belief(many, "Artist 0").strength > 0.25
    for name in ("Artist 0", "Artist 1"):
        one, other = belief(few, name), belief(many, name)
        assert one.low < one.strength < one.high
        assert other.high - other.low < one.high - one.low
        assert other.plays == 30


def test_beliefs_come_the_strongest_first_and_expect_no_more_than_all_plays() -> None:
    taste = listener([1, 1, 1, 1, 1, 1, 2, 2, 2, 3] * 3).taste()
    for scope in (Scope.ARTIST, Scope.GENRE):
        strengths = [each.strength for each in taste.beliefs if each.scope is scope]
        assert strengths == sorted(strengths, reverse=True)
        assert 0 < sum(strengths) <= 1 + 1e-9
    names = [each.name for each in taste.beliefs if each.scope is Scope.ARTIST]
    assert names == ["Artist 0", "Artist 1", "Artist 2"]


def test_an_artist_that_is_skipped_is_believed_less() -> None:
    recommender = listener([1, 2] * 10)
    for number in range(8):
        recommender.observe(play(100 + number, 1, 90 + number, EndReason.SKIPPED))
    taste = recommender.taste()
    assert belief(taste, "Artist 0").strength < belief(taste, "Artist 1").strength
    assert belief(taste, "Artist 0").plays == 10


def test_a_like_is_worth_some_plays() -> None:
    recommender = listener([1, 2] * 10)
    recommender.observe(Reaction(100, 13, NOON_S + 6_000, ReactionKind.LIKE))
    taste = recommender.taste()
    assert belief(taste, "Artist 0").strength > belief(taste, "Artist 1").strength
    assert 13 in belief(taste, "Artist 0").song_ids


def test_plays_of_long_ago_are_half_forgotten() -> None:
    recommender = listener([1] * 10)
    for number in range(10):
        recommender.observe(play(100 + number, 2, 100 * DAY_MIN + 4 * number))
    taste = recommender.taste()
    assert belief(taste, "Artist 1").strength > 2 * belief(taste, "Artist 0").strength


@pytest.mark.parametrize(("scope", "name"), [(Scope.ARTIST, "artist 0"), (Scope.GENRE, "ROCK")])
def test_a_correction_shows_and_moves_the_belief(scope: Scope, name: str) -> None:
    recommender = listener([1, 2, 3] * 10)
    tagged = {Scope.ARTIST: "Artist 0", Scope.GENRE: "Rock"}[scope]
    before = belief(recommender.taste(), tagged, scope)
    recommender.observe(said(100, name, -1.0, scope))
    less = belief(recommender.taste(), tagged, scope)
    recommender.observe(said(101, name, 1.0, scope))
    more = belief(recommender.taste(), tagged, scope)
    assert (before.said, less.said, more.said) == (0.0, -1.0, 1.0)
    assert less.strength < before.strength < more.strength
    recommender.observe(said(102, name, 0.0, scope))
    assert belief(recommender.taste(), tagged, scope) == before


def test_an_artist_never_played_is_believed_once_the_listener_says_so() -> None:
    recommender = listener([1, 2] * 10)
    recommender.observe(said(100, "Artist 7", 1.0))
    found = belief(recommender.taste(), "Artist 7")
    assert found.plays == 0
    assert found.song_ids


def test_the_best_songs_of_an_artist_are_those_that_are_heard() -> None:
    recommender = listener([25, 25, 25, 13, 13, 1])
    recommender.observe(Reaction(100, 1, NOON_S + 2_000, ReactionKind.DISLIKE))
    recommender.remove_songs([37])
    songs = belief(recommender.taste(), "Artist 0").song_ids
    assert songs[:2] == (25, 13)
    assert not {1, 37} & set(songs)


def test_songs_without_tags_stand_for_no_artist_and_no_genre() -> None:
    recommender = LiveRecommender([Song(1, "One", ""), Song(2, "Two", " ")], deep=False)
    for event in plays([1, 2, 1, 2]):
        recommender.observe(event)
    assert recommender.taste().beliefs == ()


def test_the_session_is_the_songs_since_the_last_pause_and_the_one_that_sounds() -> None:
    recommender = listener([1, 2, 3])
    recommender.observe(play(50, 4, 3 * DAY_MIN))
    recommender.observe(Started(5, NOON_S + 60 * (3 * DAY_MIN + 1)))
    assert recommender.taste().session == (4, 5)
    recommender.observe(Started(6, NOON_S + 60 * 9 * DAY_MIN))
    assert recommender.taste().session == (6,)


def test_experts_share_what_was_added_to_the_songs_that_came() -> None:
    weights = listener([1, 2, 3, 4, 5, 6] * 12).taste().experts
    assert sum(each.share for each in weights) == pytest.approx(1)
    shares = [each.share for each in weights]
    assert shares == sorted(shares, reverse=True)
    found = {each.expert: each.share for each in weights}
    assert found["markov"] > 0.2
    without = LiveRecommender(library(SONGS), without=("markov",), deep=False)
    for event in plays([1, 2, 3, 4, 5, 6] * 12):
        without.observe(event)
    assert {each.expert: each.share for each in without.taste().experts}["markov"] == 0


def test_a_cycle_is_foretold_where_favourites_are_not() -> None:
    """Thirty songs in turn: each is as popular as any other, and follows the one before it."""
    weeks = listener(list(range(1, 31)) * 6).taste().weeks
    assert sum(week.plays for week in weeks) == 180
    (week,) = weeks
    assert week.hits > 0.7
    assert week.favourites < 0.4


def test_the_first_play_is_never_counted_as_foretold_by_favourites() -> None:
    (week,) = listener([1, 1, 1, 1]).taste().weeks
    assert week.plays == 4
    assert week.favourites == 3 / 4


def test_favourites_are_the_songs_played_most() -> None:
    often = [song for song in range(1, FIRST + 1) for _ in range(3)]
    (week,) = listener([*often, 50, 51, 1]).taste().weeks
    assert week.favourites == pytest.approx((2 * FIRST + 1) / (3 * FIRST + 3))


def test_a_song_turned_down_counts_neither_way() -> None:
    recommender = listener([1, 2, 3])
    before = recommender.taste()
    recommender.observe(play(50, 1, 20, EndReason.SKIPPED))
    assert recommender.taste().weeks == before.weeks
    assert recommender.taste().experts == before.experts


def test_each_week_is_told_by_itself_and_the_oldest_give_way() -> None:
    recommender = listener()
    for number in range(WEEKS + 3):
        recommender.observe(play(1 + number, 1 + number % 9, number * WEEK_S / 60))
    weeks = recommender.taste().weeks
    starts = [week.start_s for week in weeks]
    assert len(weeks) == WEEKS
    assert all(later - start == WEEK_S for start, later in pairwise(starts))
    assert all(week.plays == 1 for week in weeks)
    assert starts[-1] <= NOON_S + (WEEKS + 2) * WEEK_S < starts[-1] + WEEK_S


def test_events_taken_back_leave_no_trace() -> None:
    recommender = listener([1, 2, 3, 4] * 4)
    before = recommender.taste()
    recommender.observe(play(200, 5, 90))
    recommender.observe(play(201, 1, 9 * DAY_MIN, EndReason.SKIPPED))
    recommender.observe(play(202, 2, 20 * DAY_MIN))
    recommender.observe(said(203, "Artist 3", 1.0))
    recommender.observe(Reaction(204, 4, NOON_S + 90_000, ReactionKind.LIKE))
    assert recommender.taste() != before
    for event_id in (201, 204, 200, 203, 202):
        recommender.observe(Retracted(event_id))
    assert recommender.taste() == before


def test_a_checkpoint_keeps_weeks_and_shares(tmp_path: Path) -> None:
    recommender = listener([1, 2, 3, 4, 5, 6] * 6)
    recommender.observe(said(100, "Artist 3", 1.0))
    recommender.save(tmp_path)
    restored = LiveRecommender.load(tmp_path)
    assert restored.taste() == recommender.taste()
    for each in (recommender, restored):
        each.observe(play(500, 1, 200))
        each.observe(play(501, 99, 204))
    assert restored.taste().weeks == recommender.taste().weeks
    assert restored.taste().experts == recommender.taste().experts


def test_songs_that_join_the_library_can_be_foretold() -> None:
    recommender = listener([1, 2, 3])
    recommender.set_catalogue(library(SONGS + 5))
    for number in range(4):
        recommender.observe(play(100 + number, SONGS + 5, 30 + 4 * number))
    (week,) = recommender.taste().weeks
    assert week.plays == 7
    assert week.favourites == 3 / 7


def test_of_a_history_read_at_once_only_what_was_foretold_is_told() -> None:
    recommender = LiveRecommender(deep=False)
    recommender.fit(library(SONGS), plays([1, 2, 3, 4, 5, 6] * 70))
    taste = recommender.taste()
    assert taste.plays == 420
    assert 0 < sum(week.plays for week in taste.weeks) < 420
    assert belief(taste, "Artist 0").plays == 70
    assert taste.since_s == NOON_S


def test_a_sequence_model_tells_beliefs_but_keeps_no_diary() -> None:
    recommender = sequences.made("follows", 30)
    for event in plays([1, 2, 3] * 5):
        recommender.observe(event)
    taste = recommender.taste()
    assert belief(taste, "Artist 0").plays == 5
    assert taste.weeks == taste.experts == ()
