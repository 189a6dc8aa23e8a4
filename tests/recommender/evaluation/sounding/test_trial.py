"""What is measured of predicted factors, and a whole small trial."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.data.arrays import FloatArray
from recommender.evaluation.sounding.trial import (
    TOLD,
    Trial,
    TrialFigures,
    figures,
    likeness,
    recall,
    run_trial,
    summary,
    true_factors,
    unseen_artists,
)
from recommender.evaluation.sounding.world import make_world


def arc(*angles: float) -> FloatArray:
    """Songs along an arc: the nearest are those beside a song."""
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def line(count: int) -> FloatArray:
    """So many songs along an arc, the next ever a little further away."""
    return arc(*np.cumsum(np.linspace(0, 0.08, count)))


def test_the_truth_finds_all_neighbours_whatever_its_length() -> None:
    rows = line(30)
    assert recall(likeness(3 * rows), likeness(rows)) == pytest.approx(1)


def test_the_same_answer_for_all_finds_what_chance_finds() -> None:
    rows = line(30)
    equal = likeness(np.ones((30, 2), np.float32))
    assert recall(equal, likeness(rows), 5) == pytest.approx(5 / 29, rel=1e-5)


def test_recall_counts_the_neighbours_found() -> None:
    true, found = arc(0, 0.1, 0.3, 0.6, 1), arc(0, 0.1, 0.3, 1, 0.6)
    # The nearest of each are truly 1 0 1 2 3, by the others 1 0 1 4 2.
    assert recall(likeness(found), likeness(true), 1) == pytest.approx(3 / 5)


def test_figures_of_a_perfect_and_of_an_opposite_prediction() -> None:
    rows = line(20)
    perfect = figures(rows, rows, rows)
    assert perfect == TrialFigures(pytest.approx(1), pytest.approx(1), pytest.approx(1))
    assert figures(-rows, rows, rows).cosine == pytest.approx(-1)


def test_unseen_artists_have_no_song_among_the_seen() -> None:
    artist_of = np.repeat(np.arange(40), 5)
    unseen = unseen_artists(artist_of, 0.25, 1)
    assert unseen.sum() == 50
    assert not set(artist_of[unseen].tolist()) & set(artist_of[~unseen].tolist())
    assert not np.array_equal(unseen, unseen_artists(artist_of, 0.25, 2))


def test_factors_place_songs_near_that_sound_alike() -> None:
    world = make_world(200, 1)
    heard, factors = true_factors(world, 150, 1)
    values = world.causes.values[heard]
    away = -np.square(values[:, None] - values[None]).sum(-1)
    assert factors.shape == (len(heard), 40)
    assert recall(likeness(factors), away) > 4 * 10 / len(heard)


def test_a_trial_ranks_hand_made_features_above_the_mean_and_below_the_causes(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    trial = Trial(songs=100, listeners=120, models=("mean", "ridge"))
    found = run_trial(trial, 1, tmp_path, said.append)
    assert found["mean"].cosine < found["ridge"].cosine < found[TOLD].cosine
    assert "making 100 songs" in said[0]
    again = run_trial(trial, 1, tmp_path, said.append)
    assert again == found


def test_the_summary_holds_the_seeds_their_mean_and_their_deviation() -> None:
    found = {
        1: {"mean": TrialFigures(0.2, 0.1, 0.3)},
        2: {"mean": TrialFigures(0.4, 0.1, 0.5)},
    }
    told = summary(found)
    assert told["seeds"]["2"]["mean"] == {"cosine": 0.4, "recall": 0.1, "recall_by_causes": 0.5}
    assert told["mean"]["mean"]["cosine"]["mean"] == pytest.approx(0.3)
    assert told["mean"]["mean"]["cosine"]["sd"] == pytest.approx(0.1 * 2**0.5)
    assert told["mean"]["mean"]["recall"] == {"mean": pytest.approx(0.1), "sd": 0.0}
