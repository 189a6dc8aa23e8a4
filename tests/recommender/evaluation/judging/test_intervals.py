"""Means, rates and what lies between the ends of their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.intervals import (
    DRAWS,
    Interval,
    draws,
    mean_interval,
    ratio_interval,
    ratio_of_rates,
)


def test_a_mean_lies_in_its_interval_which_shrinks_with_more_sessions() -> None:
    rng = np.random.default_rng(1)
    few, many = (mean_interval(rng.normal(2.0, 1.0, n)) for n in (400, 25_600))
    assert few.low < 2.0 < few.high
    assert few.high - few.low == pytest.approx(2 * 1.96 / 20, rel=0.15)
    assert (few.high - few.low) / (many.high - many.low) == pytest.approx(8, rel=0.3)


def test_sessions_that_are_all_alike_leave_no_doubt() -> None:
    assert mean_interval(np.full(7, 0.25)) == Interval(0.25, 0.25, 0.25, 7)


def test_a_rate_counts_each_song_and_not_each_session() -> None:
    skips, songs = np.array([9.0, 0.0]), np.array([9.0, 1.0])
    assert ratio_interval(skips, songs).value == 9 / 10


def test_one_rate_by_another_is_drawn_over_the_same_sessions() -> None:
    rng = np.random.default_rng(2)
    played = rng.integers(1, 9, 300).astype(float)
    found = ratio_of_rates((played, np.ones(300)), (2 * played, np.ones(300)))
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_intervals_that_touch_are_not_apart() -> None:
    one, other = Interval(1.0, 0.5, 1.5, 9), Interval(2.0, 1.5, 2.5, 9)
    assert not one.is_apart_from(other)
    assert one.is_apart_from(Interval(2.0, 1.6, 2.5, 9))
    assert Interval(2.0, 1.6, 2.5, 9).is_apart_from(one)


def test_each_draw_holds_as_many_sessions_as_there_are() -> None:
    pieces = list(draws(50_000, seed=3))
    assert sum(len(piece) for piece in pieces) == DRAWS
    assert all((piece.sum(axis=1) == 50_000).all() for piece in pieces)


def test_a_reward_that_is_no_number_is_told_with_its_session() -> None:
    with pytest.raises(JudgingError, match=r"1 of 3 sessions.*first is session 2"):
        mean_interval(np.array([1.0, np.nan, 2.0]))


def test_no_sessions_and_no_songs_are_told() -> None:
    with pytest.raises(JudgingError, match="no sessions"):
        mean_interval(np.zeros(0))
    with pytest.raises(JudgingError, match="nothing to take a rate of"):
        ratio_interval(np.zeros(2), np.zeros(2))
