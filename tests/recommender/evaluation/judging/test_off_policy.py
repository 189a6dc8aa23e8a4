"""Policies that were never tried, valued from the log of another; some by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.off_policy import (
    NONE,
    LoggedChoice,
    by_plays,
    calibration,
    estimate,
    greedy,
    uniform,
)

CHANCES = np.array([0.5, 0.3, 0.2])
WORTH = np.array([0.2, 0.4, 0.9])


def choice(chosen: int, reward: float, session: int = 0) -> LoggedChoice:
    return LoggedChoice(np.array([7, 8, 9]), np.array([0.5, 0.25, 0.25]), chosen, reward, session)


def logged(count: int, stated: np.ndarray = CHANCES) -> list[LoggedChoice]:
    """A listener who picks rows with CHANCES and finishes them as often as WORTH says."""
    rng = np.random.default_rng(5)
    rows = rng.choice(3, count, p=CHANCES)
    return [
        LoggedChoice(np.arange(3), stated, int(row), float(rng.random() < WORTH[row]), place // 4)
        for place, row in enumerate(rows)
    ]


def test_both_estimators_by_hand() -> None:
    choices = [choice(0, 1.0, 0), choice(1, 3.0, 1), choice(NONE, 2.0, 2)]
    found = estimate(choices, uniform)
    first, second = (1 / 3) / 0.5, (1 / 3) / 0.25
    assert found.ips.value == pytest.approx((first * 1 + second * 3) / 3)
    assert found.snips.value == pytest.approx((first * 1 + second * 3) / (first + second))
    assert found.logged.value == pytest.approx(2)
    assert found.weights_mean.value == pytest.approx((first + second) / 3)
    assert found.effective == pytest.approx((first + second) ** 2 / (first**2 + second**2))


def test_a_policy_of_its_own_is_worth_what_was_logged() -> None:
    found = estimate(logged(400), lambda shown: shown.probabilities)
    assert found.snips.value == pytest.approx(found.logged.value)
    assert found.effective == pytest.approx(400)
    assert found.note == ""


@pytest.mark.parametrize("target", [uniform, greedy, by_plays(np.array([1, 1, 5]))])
def test_the_true_value_of_a_policy_that_was_not_tried_lies_in_the_interval(target) -> None:
    truth = float(target(logged(1)[0]) @ WORTH)
    found = estimate(logged(4_000), target)
    assert found.snips.low < truth < found.snips.high
    assert found.ips.low < truth < found.ips.high
    assert found.snips.high - found.snips.low < 0.15
    assert found.note == ""


def test_cut_weights_are_said_and_lean_towards_what_was_logged() -> None:
    rare = by_plays(np.array([1, 1, 5]))
    found = estimate(logged(4_000), rare, clip=2.0)
    assert found.clip == 2.0
    assert found.cut == pytest.approx(0.2, abs=0.03)
    assert found.ips.value == pytest.approx(2 / 5 * 0.9, abs=0.04)


def test_too_few_choices_are_told_in_a_sentence() -> None:
    assert "too few to say anything by" in estimate(logged(30), greedy).note


def test_choices_of_few_sessions_are_told_in_a_sentence() -> None:
    one = [replace(each, session=0) for each in logged(400)]
    assert "too few to draw intervals from" in estimate(one, uniform).note


def test_probabilities_that_are_not_the_chances_are_told_in_a_sentence() -> None:
    flat = np.full(3, 0.1)
    found = estimate(logged(1_000, flat), uniform)
    assert found.weights_mean.value == pytest.approx(10 / 3)
    assert "ought to be 1" in found.note


def test_stated_probabilities_stand_beside_how_often_rows_were_chosen() -> None:
    found = calibration(logged(3_000), bins=3)
    assert [group.stated for group in found] == pytest.approx([0.2, 0.3, 0.5])
    assert all(abs(group.stated - group.chosen.value) < 0.03 for group in found)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (choice(0, float("nan")), "not a number"),
        (choice(5, 1.0), "Row 6 was chosen of 3"),
        (LoggedChoice(np.arange(2), np.zeros(2), 0, 1.0), "needs one above 0"),
        (LoggedChoice(np.arange(2), np.full(2, 1.5), 0, 1.0), "at most 1"),
    ],
)
def test_what_cannot_be_weighed_is_told(bad, words) -> None:
    with pytest.raises(JudgingError, match=words):
        estimate([bad], uniform)


def test_no_choices_and_a_senseless_cut_are_told() -> None:
    with pytest.raises(JudgingError, match="no sessions"):
        estimate([], uniform)
    with pytest.raises(JudgingError, match="above 0"):
        estimate(logged(5), uniform, clip=0.0)
