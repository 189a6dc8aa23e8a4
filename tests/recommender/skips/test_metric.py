"""The challenge's figures against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.skips.metric import average_accuracy, scores


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ([1, 1, 1, 0, 1], (1 + 1 + 1 + 0 + 4 / 5) / 5),
        ([0, 1, 1, 1, 1], (0 + 1 / 2 + 2 / 3 + 3 / 4 + 4 / 5) / 5),
        ([1, 0], (1 + 0) / 2),
        ([0, 1], (0 + 1 / 2) / 2),
        ([0, 0, 0], 0),
        ([1], 1),
    ],
)
def test_only_right_predictions_add_the_accuracy_so_far(right: list[int], expected: float) -> None:
    assert average_accuracy([bool(each) for each in right]) == pytest.approx(expected)


def test_no_prediction_has_no_accuracy() -> None:
    with pytest.raises(ValueError, match="no prediction"):
        average_accuracy([])


@given(st.lists(st.booleans(), min_size=1, max_size=10))
def test_a_mistake_mended_never_costs(right: list[bool]) -> None:
    value = average_accuracy(right)
    assert 0 <= value <= sum(right) / len(right)
    for at in range(len(right)):
        mended = [*right[:at], True, *right[at + 1 :]]
        assert average_accuracy(mended) >= value
        if not right[at]:
            assert average_accuracy(mended) > value


@given(st.lists(st.booleans(), min_size=2, max_size=10), st.data())
def test_an_earlier_right_answer_is_worth_more(right: list[bool], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(right) - 1))
    if right[at] and not right[at - 1]:
        sooner = [*right[: at - 1], True, False, *right[at + 1 :]]
        assert average_accuracy(sooner) > average_accuracy(right)


def test_sessions_count_alike_whatever_their_length() -> None:
    asked = np.array([[False, True, True, False], [False, False, True, True]])
    skipped = np.array([[True, True, False, False], [True, True, True, True]])
    predicted = np.array([[False, True, False, True], [False, False, False, True]])
    found = scores(skipped, predicted, asked)
    assert found.sessions == 2
    assert found.maa == pytest.approx((1 + 1 / 4) / 2)
    assert found.first == pytest.approx(1 / 2)
    assert found.maa_interval == pytest.approx((0.25, 1.0))
    assert scores(skipped, predicted, asked) == found
