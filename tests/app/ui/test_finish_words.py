"""Chances in words that claim no more than is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.ui.finish_words import VERDICTS, in_ten, verdict


def test_a_chance_is_told_to_the_tenth_and_never_as_certain() -> None:
    assert [in_ten(chance) for chance in (0.0, 0.04, 0.34, 0.72, 0.96, 1.0)] == [
        "under 1 in 10", "under 1 in 10", "about 3 in 10", "about 7 in 10", "over 9 in 10",
        "over 9 in 10",
    ]  # fmt: skip


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_chance_is_never_told_as_a_lower_one(one: float, other: float) -> None:
    words = [each for _, each in VERDICTS]
    low, high = sorted((one, other))
    assert words.index(verdict(low)) >= words.index(verdict(high))


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_told_with_the_same_figure_is_told_with_the_same_words(
    one: float, other: float
) -> None:
    if in_ten(one) == in_ten(other) and 0.05 < one < 0.95:
        assert verdict(one) == verdict(other)
