"""Orders of policies in two simulators, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.judging.agreement import agreement, kendall, spearman
from recommender.evaluation.judging.errors import JudgingError


def test_tau_counts_the_pairs_in_one_order_less_those_in_the_other() -> None:
    one, other = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.0, 3.0, 2.0, 4.0]])
    assert kendall(one, other)[0] == pytest.approx((5 - 1) / 6)
    assert kendall(one, -one)[0] == -1


def test_tau_b_lets_equals_count_in_neither_order() -> None:
    one, other = np.array([[1.0, 1.0, 2.0]]), np.array([[1.0, 2.0, 3.0]])
    assert kendall(one, other)[0] == pytest.approx(2 / (2 * 3) ** 0.5)


def test_rho_is_one_less_six_squared_gaps_by_n_cubed() -> None:
    one, other = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[10.0, 30.0, 20.0, 40.0]])
    assert spearman(one, other)[0] == pytest.approx(1 - 6 * 2 / (4 * 15))


def test_simulators_that_clearly_agree_agree_in_every_draw() -> None:
    rng = np.random.default_rng(0)
    one = {name: rng.normal(mean, 0.5, 200) for name, mean in zip("abc", (0, 2, 4), strict=True)}
    other = {name: rng.normal(mean, 0.1, 100) for name, mean in zip("cba", (9, 5, 1), strict=True)}
    found = agreement(one, other)
    assert (found.tau.value, found.tau.low, found.rho.value, found.rho.low) == (1, 1, 1, 1)
    assert (found.policies, found.same_first) == (3, 1)


def test_where_two_policies_are_hard_to_tell_apart_the_interval_says_so() -> None:
    rng = np.random.default_rng(0)
    one = {name: rng.normal(0, 1, 100) for name in "ab"}
    found = agreement(one, {"a": np.ones(50), "b": np.zeros(50)})
    assert (found.tau.low, found.tau.high) == (-1, 1)
    assert 0 < found.same_first < 1


def test_one_policy_has_no_order() -> None:
    with pytest.raises(JudgingError, match="Two or more policies"):
        agreement({"a": np.ones(2)}, {"a": np.ones(2), "b": np.ones(2)})


def test_policies_of_unlike_many_sessions_are_refused() -> None:
    sides = {"a": np.ones(2), "b": np.ones(3)}
    with pytest.raises(JudgingError, match="unlike many sessions"):
        agreement(sides, sides)
