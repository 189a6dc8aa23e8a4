"""Listeners who are written down: how they decide, what is known of them, who does well."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from recommender.agents.anchors import NearestPolicy, PopularityPolicy, RandomPolicy
from recommender.evaluation.judging.returns import figures, play
from recommender.simulation.crowd import Heard, SimulationError
from recommender.simulation.environment import ListeningVectorEnv, sessions_of
from recommender.simulation.sessions import not_heard
from recommender.simulation.single import ID, register
from recommender.simulation.world import made_world
from recommender.simulation.written import WrittenCrowd
from recommender.simulation.written_listeners import WrittenListeners
from recommender.simulation.written_oracle import Oracle
from recommender.simulation.written_people import popular
from recommender.simulation.written_radio import LONGEST, blurred_places

SONGS = 4_000


@pytest.fixture(scope="module")
def crowd() -> WrittenCrowd:
    return WrittenCrowd(128, songs=SONGS, sessions=6_000)


@pytest.fixture
def heads(crowd: WrittenCrowd) -> WrittenListeners:
    """Sixty-four listeners who have just begun."""
    fresh = crowd.others(64, listeners_seed=5).hidden
    fresh.begin(np.ones(64, np.bool_), np.random.default_rng(0))
    return fresh


def finishing(heads: WrittenListeners, songs: np.ndarray) -> np.ndarray:
    """How likely each listener finishes their song now."""
    return heads.chances(songs[:, None], np.arange(heads.size))[0][:, 0]


def fitting(heads: WrittenListeners, rank: int = 0) -> np.ndarray:
    """The song that is the `rank`-nearest to each listener's mood."""
    return np.argsort(-(heads.mood @ heads.world.places.T), axis=1)[:, rank]


def give(heads: WrittenListeners, songs: np.ndarray, seed: int = 1):
    return heads.hear(songs, np.ones(heads.size, np.bool_), np.random.default_rng(seed))


def test_a_radio_is_skipped_heard_and_liked_about_as_people_s_radio_is(crowd: WrittenCrowd) -> None:
    aired = np.concatenate([each.heard[1:] for each in crowd.log])
    lengths = np.array([len(each.songs) for each in crowd.log])
    assert 0.35 < (aired == Heard.SKIPPED).mean() < 0.55
    assert 0.02 < (aired == Heard.LIKED).mean() < 0.05
    assert 5 < np.median(lengths) < 20
    assert lengths.max() <= LONGEST
    assert all(each.heard[0] == Heard.FINISHED for each in crowd.log)


def test_later_in_a_session_more_is_skipped(crowd: WrittenCrowd) -> None:
    def skipped(first: int, last: int) -> float:
        long = [each.heard[first:last] for each in crowd.log if len(each.heard) >= 16]
        return float((np.concatenate(long) == Heard.SKIPPED).mean())

    assert skipped(11, 16) > skipped(1, 6) + 0.01


def test_what_fits_the_mood_is_finished_oftener_than_what_is_far_from_it(
    heads: WrittenListeners,
) -> None:
    near, far = finishing(heads, fitting(heads)), finishing(heads, fitting(heads, SONGS - 1))
    assert (near > far).mean() > 0.9
    assert near.mean() > far.mean() + 0.3


def test_a_song_just_heard_is_less_welcome_than_it_was(heads: WrittenListeners) -> None:
    songs = fitting(heads)
    before = finishing(heads, songs)
    give(heads, songs)
    assert finishing(heads, songs).mean() < 0.3 * before.mean()


def test_a_favourite_is_finished_oftener_than_by_somebody_with_other_favourites(
    heads: WrittenListeners,
) -> None:
    songs = heads.people.favourites[heads.who, 0].copy()
    loved = finishing(heads, songs)
    heads.people = replace(heads.people, favourites=np.full_like(heads.people.favourites, -1))
    assert (loved > finishing(heads, songs)).all()
    assert loved.mean() > finishing(heads, songs).mean() + 0.1


def test_the_more_by_the_same_artist_the_less_welcome_is_more_of_it(
    heads: WrittenListeners,
) -> None:
    artist = np.bincount(heads.world.artists).argmax()
    songs = np.flatnonzero(heads.world.artists == artist)
    others = np.flatnonzero(heads.world.artists != artist)[:: SONGS // 4][:4]
    heads.rules = replace(heads.rules, change=0.0, change_skipped=0.0)
    welcome = []
    for before in (others, songs[:4]):
        heads.begin(np.ones(heads.size, np.bool_), np.random.default_rng(3))
        for song in before:
            give(heads, np.full(heads.size, song))
        welcome.append(finishing(heads, np.full(heads.size, songs[4])))
    assert (welcome[1] < welcome[0]).all()


def test_skips_in_a_row_make_people_leave_and_a_finished_song_makes_good(
    heads: WrittenListeners,
) -> None:
    rows = np.arange(heads.size)
    none = heads.chances(fitting(heads)[:, None], rows)
    for _ in range(3):
        outcome = give(heads, fitting(heads, SONGS - 1))
    skippers = ~outcome.finished
    annoyed = heads.chances(fitting(heads)[:, None], rows)
    assert (annoyed[3] >= none[3]).all()
    assert annoyed[3][skippers].mean() > none[3][skippers].mean() + 0.05
    assert (annoyed[2] == none[2]).all()


def test_only_songs_that_fit_well_are_liked(heads: WrittenListeners) -> None:
    rows = np.arange(heads.size)
    liked = heads.chances(np.stack([fitting(heads), fitting(heads, SONGS - 1)], 1), rows)[1]
    assert liked[:, 0].mean() > 0.05
    assert liked[:, 1].mean() < 0.02


def test_moods_change_within_a_session(heads: WrittenListeners) -> None:
    before = heads.mood.copy()
    give(heads, fitting(heads, SONGS - 1))
    changed = (heads.mood != before).any(axis=1)
    assert 0 < changed.sum() < heads.size // 2


def test_who_is_not_active_hears_nothing_and_stays_as_they_are(heads: WrittenListeners) -> None:
    active = np.arange(heads.size) < 32
    songs = fitting(heads)
    before = finishing(heads, songs)
    outcome = heads.hear(songs, active, np.random.default_rng(1))
    assert outcome.finished[:32].any()
    assert not (outcome.finished | outcome.liked | outcome.left)[32:].any()
    assert (finishing(heads, songs)[32:] == before[32:]).all()


def test_the_same_seeds_give_the_same_crowd_and_the_same_answers() -> None:
    one, two = (WrittenCrowd(8, songs=300, sessions=200, seed=4) for _ in range(2))
    assert (one.vectors == two.vectors).all()
    assert all((a.songs == b.songs).all() for a, b in zip(one.log, two.log, strict=True))
    runs = []
    for each in (one, two):
        env = ListeningVectorEnv(each, seed=3)
        env.reset()
        runs.append([env.step(np.arange(8) * 7 + turn)[1].tolist() for turn in range(15)])
    assert runs[0] == runs[1]
    other = WrittenCrowd(8, songs=300, sessions=200, seed=5)
    assert (other.vectors != one.vectors).any()


def test_other_listeners_live_in_the_same_world_and_nobody_who_answers_was_logged() -> None:
    one = WrittenCrowd(4, songs=300, sessions=200, listeners_seed=1)
    two = one.others(6, listeners_seed=2)
    alike = WrittenCrowd(6, songs=300, sessions=200, listeners_seed=2)
    assert (two.size, alike.size) == (6, 6)
    assert two.vectors is one.vectors
    assert (alike.vectors == one.vectors).all()
    assert (two.hidden.people.tastes == alike.hidden.people.tastes).all()
    assert (two.hidden.people.tastes != one.hidden.people.tastes).any(axis=2).all()


def test_vectors_show_something_of_how_songs_sound_but_not_all(crowd: WrittenCrowd) -> None:
    vectors, places = crowd.vectors, crowd.known.world.places
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    first, second = np.random.default_rng(0).integers(0, SONGS, (2, 5_000))
    shown = (vectors[first] * vectors[second]).sum(axis=1)
    truth = (places[first] * places[second]).sum(axis=1)
    assert 0.35 < np.corrcoef(shown, truth)[0, 1] < 0.9


def test_plays_are_those_of_the_log(crowd: WrittenCrowd) -> None:
    assert crowd.plays.sum() == sum(len(each.songs) for each in crowd.log)
    assert crowd.plays.shape == crowd.artists.shape == (SONGS,)


def test_songs_that_nobody_finished_have_vectors_too() -> None:
    crowd = WrittenCrowd(2, songs=600, sessions=10)
    assert (crowd.plays == 0).any()
    assert np.allclose(np.linalg.norm(crowd.vectors, axis=1), 1, atol=1e-5)


def test_a_catalogue_too_large_for_a_log_has_blurred_vectors() -> None:
    world = made_world(5_000, seed=1)
    vectors = blurred_places(world, 32, seed=1)
    assert vectors.shape == (5_000, 32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    first, second = np.random.default_rng(0).integers(0, 5_000, (2, 5_000))
    shown = (vectors[first] * vectors[second]).sum(axis=1)
    truth = (world.places[first] * world.places[second]).sum(axis=1)
    assert 0.3 < np.corrcoef(shown, truth)[0, 1] < 0.9


def test_few_songs_are_much_played_and_many_a_little() -> None:
    world = made_world(5_000, seed=1)
    drawn = np.bincount(popular(world, 200_000, np.random.default_rng(0)), minlength=5_000)
    assert np.sort(drawn)[-500:].sum() > 0.35 * 200_000


def test_who_knows_more_does_better_and_there_is_room_above_a_simple_ranking(
    crowd: WrittenCrowd,
) -> None:
    policies = [RandomPolicy(SONGS), PopularityPolicy(crowd), NearestPolicy(crowd), Oracle(crowd)]
    found = [figures(play(crowd, each, 512)).returns for each in policies]
    assert all(worse.high < better.low for worse, better in pairwise(found))
    assert found[3].low > 2 * max(found[2].high, 1.0)


def test_the_oracle_s_slate_has_no_song_twice_and_none_that_was_heard(crowd: WrittenCrowd) -> None:
    chance = np.random.default_rng(0)
    env = ListeningVectorEnv(crowd.others(16, 3), slate=3)
    observation, _ = env.reset()
    for _ in range(3):
        sessions = sessions_of(observation)
        slate = Oracle(env.crowd).choose(sessions, 3, chance)
        assert all(len(set(row)) == 3 for row in slate.tolist())
        assert not_heard(sessions, slate).all()
        observation, *_ = env.step(slate)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": 0}, "nobody"),
        ({"size": 2, "songs": 10}, "too small"),
        ({"size": 2, "songs": 100, "sessions": 0}, "nothing is known"),
    ],
)
def test_crowds_that_cannot_be_are_refused_with_a_sentence(
    options: dict[str, int], sentence: str
) -> None:
    with pytest.raises(SimulationError, match=sentence):
        WrittenCrowd(**options)


def test_gymnasium_can_make_a_listener_by_name() -> None:
    register()
    register()
    env = gymnasium.make(ID, songs=300, sessions=100)
    try:
        check_env(env.unwrapped, skip_render_check=True)
    finally:
        env.close()
        del gymnasium.registry[ID]
