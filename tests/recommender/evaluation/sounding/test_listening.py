"""Simulated listeners who go by ear."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.sounding.history import year
from recommender.evaluation.sounding.listening import (
    OWNER,
    STRANGERS,
    Ears,
    Habits,
    Listener,
    heard_by_many,
)
from recommender.evaluation.sounding.world import SoundWorld, make_world


@pytest.fixture(scope="module")
def world() -> SoundWorld:
    return make_world(300, 1)


@pytest.fixture(scope="module")
def ears(world: SoundWorld) -> Ears:
    return Ears.of(world)


def step_length(ears: Ears, songs: list[int]) -> float:
    places = ears.places[songs]
    return float(np.linalg.norm(np.diff(places, axis=0), axis=1).mean())


def test_the_same_seed_gives_the_same_listener(ears: Ears) -> None:
    first, again = Listener(ears, OWNER, 4), Listener(ears, OWNER, 4)
    assert first.session(30) == again.session(30)
    assert first.session(30) != Listener(ears, OWNER, 5).session(30)


def test_who_goes_by_ear_stays_near_in_sound_and_crosses_artists(
    ears: Ears, world: SoundWorld
) -> None:
    by_ear = Listener(ears, Habits(1, 0, 0, 0), 1).session(60)
    at_random = Listener(ears, Habits(0, 0, 0, 1), 1).session(60)
    assert step_length(ears, by_ear) < 0.75 * step_length(ears, at_random)
    assert (np.diff(world.artist_of[by_ear]) != 0).mean() > 0.6


def test_who_goes_by_artist_stays_with_the_artist(ears: Ears, world: SoundWorld) -> None:
    songs = Listener(ears, Habits(0, 1, 0, 0), 1).session(4)
    assert len(set(world.artist_of[songs].tolist())) == 1


def test_a_habit_brings_back_what_was_heard_before(ears: Ears) -> None:
    listener = Listener(ears, OWNER, 2)
    for _ in range(20):
        listener.session(14)
    before = set(listener.past)
    after = listener.session(200)
    assert 0.3 < np.mean([song in before for song in after]) < 0.95


def test_strangers_hear_no_song_twice_in_a_session(world: SoundWorld) -> None:
    corpus = heard_by_many(world, 20)
    assert len(corpus) == 160
    assert all(len(set(songs.tolist())) == len(songs) for songs in corpus)


def test_listeners_differ_and_each_keeps_to_what_they_like(ears: Ears) -> None:
    liked = []
    for seed in range(12):
        listener = Listener(ears, STRANGERS, seed)
        songs = [song for _ in range(10) for song in listener.session(14)]
        liked.append(listener.liking[songs].mean())
    assert min(liked) > 0
    assert np.mean(liked) > 0.6


def test_what_everybody_hears_is_heard_more(world: SoundWorld) -> None:
    counts = heard_by_many(world, 100).counts()
    known = world.popularity > np.median(world.popularity)
    assert counts[known].mean() > 1.2 * counts[~known].mean()


def test_a_year_is_in_order_with_skips_of_what_is_less_liked(ears: Ears) -> None:
    listener = Listener(ears, OWNER, 1)
    plays = list(year(listener, 2_000, 1))
    ends = [play.end_s for play in plays]
    assert ends == sorted(ends)
    assert len(plays) == pytest.approx(2_000, rel=0.1)
    liking = listener.liking
    skipped = [liking[play.song] for play in plays if play.ms_played < 30_000]
    finished = [liking[play.song] for play in plays if play.ms_played >= 30_000]
    assert 0.03 < len(skipped) / len(plays) < 0.3
    assert np.mean(skipped) < np.mean(finished) - 0.2
