"""The figures, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.metrics import (
    Figures,
    figures_of,
    finish_figures,
    intervals,
    mean_of,
    rank_of,
    skip_figures,
)


def test_ties_count_against_the_model() -> None:
    scores = np.array([5, 3, 3, 1], np.float32)
    assert [rank_of(scores, song) for song in range(4)] == [1, 3, 3, 4]


def test_a_model_that_scores_all_alike_ranks_everything_last() -> None:
    assert rank_of(np.zeros(100, np.float32), 0) == 100


def test_hit_rates_and_reciprocal_rank_by_hand() -> None:
    figures = figures_of([1, 10, 11, 20, 21])
    assert figures.targets == 5
    assert figures.hr_1 == pytest.approx(1 / 5)
    assert figures.hr_10 == pytest.approx(2 / 5)
    assert figures.hr_20 == pytest.approx(4 / 5)
    assert figures.hr_100 == 1
    assert figures.mrr == pytest.approx((1 + 1 / 10 + 1 / 11 + 1 / 20 + 1 / 21) / 5)


def test_no_targets_give_zeros() -> None:
    assert figures_of([]) == Figures(0, 0, 0, 0, 0, 0)


def test_in_the_mean_each_user_counts_the_same_and_empty_ones_not_at_all() -> None:
    many, few = figures_of([1] * 9), figures_of([100])
    mean = mean_of([many, few, figures_of([])])
    assert mean.targets == 10
    assert mean.hr_1 == pytest.approx(1 / 2)
    assert mean.mrr == pytest.approx((1 + 1 / 100) / 2)


def test_the_interval_holds_the_mean_and_narrows_with_more_sessions() -> None:
    rng = np.random.default_rng(1)
    ranks = rng.integers(1, 40, 4_000)
    sessions = np.arange(4_000) // 10
    wide = intervals([ranks[:400]], [sessions[:400]])["hr_10"]
    narrow = intervals([ranks], [sessions])["hr_10"]
    assert narrow[0] < figures_of(ranks).hr_10 < narrow[1]
    assert narrow[1] - narrow[0] < (wide[1] - wide[0]) / 2


def test_plays_of_one_session_count_as_one_draw() -> None:
    ranks = np.repeat([1, 100], 50)
    apart = intervals([ranks], [np.arange(100)])["hr_10"]
    together = intervals([ranks], [np.repeat([0, 1], 50)])["hr_10"]
    assert together == (0, 1)
    assert apart[0] > 0.3


def test_skips_against_finished_songs_by_hand() -> None:
    ranks, skipped = np.array([1, 2, 1, 4]), np.array([False, False, True, True])
    figures = skip_figures(ranks, skipped, 11)
    assert (figures.skipped, figures.finished) == (2, 2)
    assert figures.rank_skipped == pytest.approx((0 + 0.3) / 2)
    assert figures.rank_finished == pytest.approx((0 + 0.1) / 2)
    assert figures.auc == pytest.approx((0.5 + 1 + 0 + 1) / 4)


def test_without_skips_there_is_nothing_to_tell_apart() -> None:
    assert skip_figures(np.array([1, 2]), np.array([False, False]), 10).auc == 0.5


def test_finishing_is_judged_by_order_loss_and_calibration() -> None:
    chances = np.array([0.9, 0.6, 0.4, np.nan, 0.2])
    skipped = np.array([False, True, False, False, True])
    figures = finish_figures(chances, skipped)
    assert figures is not None
    assert (figures.plays, figures.finished, figures.auc) == (4, 0.5, 0.75)
    expected = -np.log([0.9, 0.4, 0.4, 0.8]).mean()
    assert figures.log_loss == pytest.approx(expected)
    assert figures.log_loss_of_share == pytest.approx(np.log(2))
    assert figures.calibration_error == pytest.approx((0.1 + 0.6 + 0.6 + 0.2) / 4)


def test_finishing_is_not_judged_where_nothing_was_skipped() -> None:
    assert finish_figures(np.array([0.9, 0.8]), np.zeros(2, bool)) is None
