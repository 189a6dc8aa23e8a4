"""Fitted listeners, where the truth behind the log is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.data.arrays import BoolArray, IndexArray
from recommender.simulation.calibration import REPLAYED, Calibration, calibrate
from recommender.simulation.crowd import Crowd, Heard, LoggedSession, Outcome, SimulationError
from recommender.simulation.environment import ListeningVectorEnv
from recommender.simulation.fitted import (
    FittedCrowd,
    crowds_from,
    fit_crowd,
    fit_habits,
    show,
)
from recommender.simulation.fitted_skips import SPREADS
from tests.recommender.simulation.made_logs import (
    HAZARD,
    LONGEST,
    SONGS,
    chance_of_skip,
    made_sessions,
    write_mssd,
)

SIZE = 400
ARTISTS = np.arange(SONGS)
EVERYONE = np.ones(SIZE, np.bool_)


@pytest.fixture(scope="module")
def crowd() -> FittedCrowd:
    """Listeners fitted to 700 made sessions, who show 200 others."""
    return fit_crowd(made_sessions(700, 1), made_sessions(200, 2), ARTISTS, SIZE)


@pytest.fixture(scope="module")
def found(crowd: FittedCrowd) -> Calibration:
    """The crowd beside sessions that it was not fitted to."""
    return calibrate(crowd, made_sessions(700, 3))


def heard(crowd: FittedCrowd, songs: IndexArray, seed: int = 0) -> Outcome:
    return crowd.hear(songs, EVERYONE, np.random.default_rng(seed))


def test_fitted_listeners_skip_as_often_at_each_position_as_other_people(
    found: Calibration,
) -> None:
    mean, most = found.driven[REPLAYED].apart(found.data)
    assert mean < 0.03
    assert most < 0.08


def test_their_sessions_are_as_long(found: Calibration) -> None:
    driven = found.driven[REPLAYED]
    assert driven.mean_length == pytest.approx(found.data.mean_length, abs=0.6)
    assert driven.lengths == pytest.approx(found.data.lengths, abs=1.5)


def test_their_skips_come_in_runs_as_long(found: Calibration) -> None:
    assert found.driven[REPLAYED].streaks == pytest.approx(found.data.streaks, abs=0.05)


def test_they_leave_with_the_probability_behind_the_log(crowd: FittedCrowd) -> None:
    places = np.arange(2, LONGEST - 1)
    for streak in (0, 1):
        ever = np.full(len(places), streak)
        chances = crowd.habits.leaving.chances(places, ever, np.maximum(places // 2, ever))
        assert chances.mean() == pytest.approx(HAZARD, abs=0.02)


def test_what_a_song_does_is_found(crowd: FittedCrowd) -> None:
    crowd.begin(EVERYONE, np.random.default_rng(0))
    for odd in (0, 1):
        songs = np.random.default_rng(odd).integers(0, SONGS // 2, SIZE) * 2 + odd
        truth = chance_of_skip(odd, after_skip=False)
        assert crowd.skip_chances(songs).mean() == pytest.approx(truth, abs=0.1)


def test_where_songs_do_nothing_nothing_is_invented() -> None:
    habits = fit_habits(made_sessions(700, 4, effect=0.0), SONGS)
    added = habits.skips.song_part(ARTISTS, np.zeros((SONGS, 2)))
    assert habits.skips.spread <= SPREADS[2]
    assert added.std() < 0.05


def test_a_song_with_few_plays_counts_as_most_do() -> None:
    made = made_sessions(400, 5)
    odd = LoggedSession(np.array([0, SONGS]), np.array([Heard.FINISHED, Heard.SKIPPED], np.int8))
    habits = fit_habits([*made, odd], SONGS + 2)
    effects = habits.skips.effects
    assert 0 < effects[SONGS] < effects[1:SONGS:2].mean()
    assert effects[SONGS + 1] == 0


def test_after_a_skip_they_skip_more(crowd: FittedCrowd) -> None:
    crowd.begin_with(EVERYONE, np.zeros(SIZE, np.int64))
    outcome = heard(crowd, np.ones(SIZE, np.int64))
    again = crowd.skip_chances(np.full(SIZE, 2))
    skipped = ~outcome.finished
    assert again[skipped].mean() > again[~skipped].mean() + 0.15


def test_sessions_begin_with_songs_that_people_finished_first() -> None:
    made = [
        LoggedSession(each.songs[:8], each.heard[:8])
        for each in made_sessions(300, 6)
        if each.songs[0] < SONGS // 2
    ]
    crowd = fit_crowd(made, made, ARTISTS, SIZE)
    songs = crowd.begin(EVERYONE, np.random.default_rng(0))
    assert songs.shape == (SIZE,)
    assert songs.max() < SONGS // 2


def test_what_is_shown_comes_from_those_who_do_not_answer(crowd: FittedCrowd) -> None:
    others = made_sessions(200, 2)
    plays = np.bincount(np.concatenate([each.songs for each in others]), minlength=SONGS)
    assert crowd.plays.tolist() == plays.tolist()
    assert len(crowd.log) == len(others)
    assert np.linalg.norm(crowd.vectors, axis=1) == pytest.approx(np.ones(SONGS), abs=1e-4)
    assert not np.allclose(crowd.vectors, crowd.habits.skips.vectors)


def test_songs_outside_the_catalogue_are_not_shown() -> None:
    finished = np.full(3, Heard.FINISHED, np.int8)
    known = [LoggedSession(np.array([0, -1, 1]), finished), LoggedSession(np.array([-1, -1, 2]),
                                                                         finished)]  # fmt: skip
    shown = show(known, np.arange(4))
    assert [each.songs.tolist() for each in shown.log] == [[0, 1]]
    assert shown.plays.tolist() == [1, 1, 0, 0]


def test_only_finished_songs_that_suit_are_liked(crowd: FittedCrowd) -> None:
    liked = {}
    for odd in (0, 1):
        crowd.begin(EVERYONE, np.random.default_rng(0))
        outcome = heard(crowd, np.random.default_rng(1).integers(0, SONGS // 2, SIZE) * 2 + odd)
        assert not (outcome.liked & ~outcome.finished).any()
        liked[odd] = int(outcome.liked.sum())
    assert liked[0] > 5
    assert liked[1] == 0


def test_whoever_is_not_active_hears_nothing(crowd: FittedCrowd) -> None:
    rng = np.random.default_rng(0)
    crowd.begin(EVERYONE, rng)
    active: BoolArray = np.arange(SIZE) % 2 == 0
    songs = np.where(active, 3, 10 * SONGS)
    probe = np.full(SIZE, 3)
    before = crowd.skip_chances(probe)
    outcome = crowd.hear(songs, active, rng)
    after = crowd.skip_chances(probe)
    assert not (outcome.finished | outcome.liked | outcome.left)[~active].any()
    assert np.array_equal(before[~active], after[~active])
    assert not np.isclose(before[active], after[active]).any()


def test_the_same_log_and_seed_give_the_same_listeners() -> None:
    outcomes = []
    for _ in range(2):
        crowd = fit_crowd(made_sessions(120, 7), made_sessions(60, 8), ARTISTS, SIZE)
        begun = crowd.begin(EVERYONE, np.random.default_rng(1))
        outcomes.append((begun, crowd.vectors, *vars_of(heard(crowd, (begun + 1) % SONGS))))
    assert all(np.array_equal(one, other) for one, other in zip(*outcomes, strict=True))


def vars_of(outcome: Outcome) -> tuple[BoolArray, BoolArray, BoolArray]:
    return outcome.finished, outcome.liked, outcome.left


def test_an_environment_plays_to_them(crowd: FittedCrowd) -> None:
    some: Crowd = crowd.of_size(16)
    env = ListeningVectorEnv(some, seed=3)
    seen, _ = env.reset()
    assert (seen["heard"][:, -1] == Heard.FINISHED).all()
    for turn in range(25):
        seen, reward, *_ = env.step(np.full(16, turn))
        assert np.isfinite(reward).all()
    assert (seen["songs"][:, -1] >= 0).all()


def test_a_crowd_to_practise_on_and_one_that_judges_show_the_same(tmp_path: Path) -> None:
    path = write_mssd(tmp_path / "log.csv", made_sessions(360, 9))
    practice, judging = crowds_from(path, "mssd", size=4)
    assert practice.shown is judging.shown
    assert len(practice.log) == 120
    assert not np.array_equal(practice.habits.skips.effects, judging.habits.skips.effects)


def test_a_song_that_is_not_there_is_named(crowd: FittedCrowd) -> None:
    with pytest.raises(SimulationError, match=f"no song {SONGS} among the {SONGS}"):
        heard(crowd, np.full(SIZE, SONGS))


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        (made_sessions(10, 1), "Only 10 sessions"),
        (made_sessions(40, 1)[:3] * 13, ""),
        ([LoggedSession(np.arange(5), np.full(5, Heard.SKIPPED, np.int8))] * 50, "Only 0 sess"),
        ([LoggedSession(np.arange(5), np.full(5, Heard.LIKED, np.int8))] * 50, "0 of 200 songs"),
        ([LoggedSession(np.full(5, -1), each.heard[:5]) for each in made_sessions(60, 2)
          if len(each.heard) > 4] * 2, "larger catalogue"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_said(sessions: list[LoggedSession], said: str) -> None:
    if not said:
        assert fit_habits(sessions, SONGS).beginnings.size
        return
    with pytest.raises(SimulationError, match=said):
        fit_habits(sessions, SONGS)


def test_a_crowd_of_nobody_is_refused(crowd: FittedCrowd) -> None:
    with pytest.raises(SimulationError, match="ask for 1 or more"):
        crowd.of_size(0)
