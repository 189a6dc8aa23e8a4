"""Knowing how songs sound: for the list, for "sounds like this", and through what a model lives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender.api import EndReason, Reaction, ReactionKind, Retracted, Started
from recommender.audio.hand_space import HandSpace
from recommender.audio.hearing import ByHand, Hearing
from recommender.live import LiveRecommender
from recommender.live.listed import ListedRecommender
from recommender.pipeline.board import OWNER
from recommender.pipeline.ranker import DEEP, LATE, Ranker
from recommender.vectors.song_vectors import SongVectors
from tests.recommender.listening import NOON_S, library, play, plays
from tests.recommender.live import sequences

SONGS = 60
SPACE = HandSpace(*(np.zeros((1, 1), np.float32) for _ in range(3)))


def hearing(songs: int = SONGS) -> Hearing:
    """Songs around a circle: one is nearest to the songs before and after it."""
    angles = np.arange(1, songs + 1) * 2 * np.pi / SONGS
    circle = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    return Hearing(SongVectors(np.arange(1, songs + 1), circle), ByHand(SPACE))


def live() -> ListedRecommender:
    return LiveRecommender(library(SONGS))


def follows() -> ListedRecommender:
    return sequences.made("follows", SONGS)


Make = Callable[[], ListedRecommender]
of_both = pytest.mark.parametrize("make", [live, follows], ids=["live", "sequence"])


@of_both
def test_it_names_the_songs_that_sound_most_like_one(make: Make) -> None:
    recommender = make()
    recommender.hear(hearing())
    assert set(recommender.near(10, 2)) == {9, 11}
    assert set(recommender.near(10, 4)) == {8, 9, 11, 12}
    assert 10 not in recommender.near(10, SONGS)


@of_both
def test_songs_that_do_not_sound_alike_are_not_named(make: Make) -> None:
    recommender = make()
    recommender.hear(hearing())
    assert len(recommender.near(10, SONGS)) < SONGS / 2
    assert 40 not in recommender.near(10, SONGS)


@of_both
def test_songs_away_or_disliked_or_of_another_library_are_not_named(make: Make) -> None:
    recommender = make()
    recommender.hear(hearing())
    recommender.remove_songs([9])
    recommender.observe(Reaction(1, 11, NOON_S, ReactionKind.DISLIKE))
    assert set(recommender.near(10, 2)) == {8, 12}
    recommender.observe(Retracted(1))
    assert 11 in recommender.near(10, 2)
    recommender.set_catalogue(library(SONGS)[11:])
    assert set(recommender.near(10, 2)) == {12, 13}


@of_both
def test_a_song_that_was_not_listened_to_is_an_error(make: Make) -> None:
    recommender = make()
    with pytest.raises(KeyError):
        recommender.near(10, 2)
    recommender.hear(hearing(20))
    with pytest.raises(KeyError):
        recommender.near(30, 2)
    recommender.hear(None)
    assert recommender.hearing is None
    with pytest.raises(KeyError):
        recommender.near(10, 2)


def scores(recommender: LiveRecommender) -> list[float]:
    found: list[float] = recommender.scores().tolist()
    return found


def taught() -> LiveRecommender:
    model = LiveRecommender()
    model.fit(library(SONGS), plays([1, 14, 27, 3, 1, 14]))
    return model


def test_the_list_changes_at_once_and_is_again_what_it_was_without() -> None:
    model = taught()
    before, rows = scores(model), model.recommend(20)
    model.hear(hearing())
    assert scores(model) != before
    model.hear(None)
    assert scores(model) == before
    assert model.recommend(20) == rows


def test_what_was_heard_is_known_to_whatever_is_learnt_anew() -> None:
    model = taught()
    model.hear(hearing())
    known = scores(model)
    other = LiveRecommender(library(SONGS))
    other.hear(hearing())
    other.fit(library(SONGS), [])
    assert other.hearing is not None
    other.fit(library(SONGS), plays([1, 14, 27, 3, 1, 14]))
    np.testing.assert_allclose(scores(other), known, atol=0.3)
    other.hear(None)
    assert not np.allclose(scores(other), known, atol=0.3)


def test_a_checkpoint_holds_no_sounds_and_goes_on_when_they_are_told_again(tmp_path: Path) -> None:
    model = taught()
    model.hear(hearing())
    model.observe(play(50, 2, 30))
    model.save(tmp_path)
    loaded = LiveRecommender.load(tmp_path)
    assert loaded.hearing is None
    loaded.hear(hearing())
    assert loaded.recommend(20) == model.recommend(20)


def test_a_muted_expert_says_nothing_of_sounds() -> None:
    model = LiveRecommender(library(SONGS), without=["sound"])
    for event in plays([1, 14, 27, 3]):
        model.observe(event)
    before = scores(model)
    model.hear(hearing())
    assert scores(model) == before


def test_what_the_listener_did_before_the_sounds_came_is_taken_back_exactly() -> None:
    model = taught()
    model.hear(hearing())
    before = model.recommend(20)
    model.hear(None)
    model.observe(play(50, 40, 30, EndReason.SKIPPED))
    model.hear(hearing())
    model.observe(Retracted(50))
    assert model.recommend(20) == before


def test_the_song_that_sounds_now_decides_what_sounds_like_it() -> None:
    model = taught()
    model.hear(hearing())
    model.observe(Started(40, NOON_S + 60 * 25))
    near, far = (float(model.scores()[model.index_of(song)]) for song in (38, 10))
    model.observe(Started(12, NOON_S + 60 * 25))
    assert model.scores()[model.index_of(10)] - model.scores()[model.index_of(38)] > far - near


def test_the_network_begins_without_an_opinion_of_sounds() -> None:
    ranker = Ranker(taught()._state.history)
    assert ranker.network is not None
    rows = [row for row, owner in enumerate(OWNER) if owner == "sound"]
    assert set(rows) <= set(LATE.tolist())
    assert max(rows) < DEEP
    assert not ranker.network._views(ranker.network.params)[0][rows].any()
