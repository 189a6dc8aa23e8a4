"""The figures that hold simulated listeners against a log."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.simulation.calibration import (
    RANDOM,
    SUITED,
    behaviour,
    calibrate,
    calibration_error,
    drive,
    foresight,
)
from recommender.simulation.calibration_text import table
from recommender.simulation.crowd import Heard, LoggedSession, SimulationError
from recommender.simulation.fitted import FittedCrowd, fit_crowd
from recommender.simulation.fitted_sessions import begun
from tests.recommender.simulation.made_logs import SONGS, chance_of_skip, made_sessions
from tests.recommender.simulation.toy import ToyCrowd

S, F = Heard.SKIPPED, Heard.FINISHED


@pytest.fixture(scope="module")
def crowd() -> FittedCrowd:
    """Listeners fitted to made sessions."""
    return fit_crowd(made_sessions(600, 1), made_sessions(60, 2), np.arange(SONGS), 128)


def session(songs: list[int], heard: list[int]) -> LoggedSession:
    return LoggedSession(np.array(songs, np.int64), np.array(heard, np.int8))


def test_behaviour_is_counted_from_the_second_song_on() -> None:
    found = behaviour(begun([
        session([1, 2, 1, 4, 5], [F, S, S, F, S]),
        session([9, 1, 2, 2], [S, F, F, S]),
    ]))  # fmt: skip
    assert found.sessions == 2
    assert found.skips == pytest.approx(4 / 6)
    assert found.by_position == pytest.approx((1 / 2, 1, 0, 1))
    assert found.plays_by_position == (2, 2, 1, 1)
    assert found.repeats == pytest.approx(2 / 6)
    assert found.mean_length == 4
    assert found.streaks == pytest.approx((2 / 3, 1 / 3, 0, 0, 0))
    assert found.spread == pytest.approx((3 / 4 - 1 / 2) / 2)


def test_a_long_run_of_skips_counts_once_as_five_or_more() -> None:
    found = behaviour(begun([session(list(range(9)), [F, *[S] * 8])]))
    assert found.streaks == (0, 0, 0, 0, 1)


def test_behaviours_are_apart_by_the_mean_gap_over_positions() -> None:
    one = behaviour(begun([session([1, 2, 3], [F, S, S]), session([1, 2], [F, F])]))
    data = behaviour(begun([session([1, 2, 3], [F, F, S]), session([1, 2, 3], [F, F, F])]))
    assert one.apart(data) == pytest.approx((0.5, 0.5))


def test_the_calibration_error_is_the_gap_between_what_was_said_and_what_came() -> None:
    right = np.array([False, False, True, True])
    assert calibration_error(right, np.array([0.1, 0.1, 0.8, 0.8]), bins=2) == pytest.approx(0.15)
    assert calibration_error(right, np.full(4, 0.5), bins=1) == 0


def test_skips_are_foretold_nearly_as_well_as_by_the_truth(crowd: FittedCrowd) -> None:
    made = made_sessions(500, 3)
    loss = np.mean([
        -np.log(chance if skipped else 1 - chance)
        for each in made
        for last, song, skipped in zip(each.heard == S, each.songs[1:], each.heard[1:] == S,
                                       strict=False)
        for chance in [chance_of_skip(int(song), bool(last))]
    ])  # fmt: skip
    told = foresight(crowd, begun(made))
    assert loss - 0.02 < told.log_loss < loss + 0.04
    assert told.error < 0.04
    assert told.auc > told.auc_without_song + 0.05
    assert 0 < told.gain_interval[0] < told.gain < told.gain_interval[1]
    assert told.gain == pytest.approx(told.log_loss_without_song - told.log_loss)


def test_songs_that_suit_are_skipped_less_than_random_ones(crowd: FittedCrowd) -> None:
    found = calibrate(crowd, made_sessions(300, 4))
    assert found.driven[SUITED].skips < found.driven[RANDOM].skips
    assert found.steps_per_s > 0


def test_a_calibration_is_told_in_a_table(crowd: FittedCrowd) -> None:
    said = table(calibrate(crowd, made_sessions(200, 4)))
    for words in ("data", "logged songs", "song 2 (", "off the log loss", "steps/s", "AUC"):
        assert words in said
    assert "nan" not in said


def test_sessions_in_which_nothing_was_finished_cannot_be_held_against(
    crowd: FittedCrowd,
) -> None:
    with pytest.raises(SimulationError, match="No session here"):
        calibrate(crowd, [session([1, 2], [S, S])])


def test_a_crowd_is_given_its_songs_until_it_leaves_or_the_log_would_end() -> None:
    people = begun([session([1, 3, 1, 3], [F, F, F, F]), session([3, 1, 0, 2], [S, F, F, F])])
    done = drive(ToyCrowd(8), people, people.songs, np.random.default_rng(0))
    assert done.lengths.tolist() == [4, 2]
    assert done.skipped[0].tolist() == [False, True, False, True]
    assert done.skipped[1].tolist() == [False, True, False, False]


def test_a_crowd_that_was_not_fitted_is_held_against_a_log_as_well() -> None:
    found = calibrate(ToyCrowd(3), [session([1, 2, 7, 5], [F, S, S, S])] * 4)
    assert found.foresight is None
    assert found.data.by_position == (1, 1, 1)
    assert found.driven["logged songs"].by_position == (0, 1, 0)
    assert "Foretelling" not in table(found)
