"""The figures, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.metrics import Figures, figures_of, mean_of, rank_of


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
    assert figures.mrr == pytest.approx((1 + 1 / 10 + 1 / 11 + 1 / 20 + 1 / 21) / 5)


def test_no_targets_give_zeros() -> None:
    assert figures_of([]) == Figures(0, 0, 0, 0, 0)


def test_in_the_mean_each_user_counts_the_same_and_empty_ones_not_at_all() -> None:
    many, few = figures_of([1] * 9), figures_of([100])
    mean = mean_of([many, few, figures_of([])])
    assert mean.targets == 10
    assert mean.hr_1 == pytest.approx(1 / 2)
    assert mean.mrr == pytest.approx((1 + 1 / 100) / 2)
