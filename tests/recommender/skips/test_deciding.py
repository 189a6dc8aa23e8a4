"""The answers with the best expected average accuracy."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.arrays import DoubleArray
from recommender.skips.deciding import correlations, decide
from recommender.skips.metric import average_accuracy
from recommender.skips.sessions import LONGEST, Field, Halves


def one_session(chances: list[float]) -> tuple[DoubleArray, Halves]:
    """A session of which as many songs are known as asked."""
    count = len(chances)
    songs = np.full((1, LONGEST), -1, np.int64)
    songs[0, : 2 * count] = np.arange(2 * count)
    values = np.full((1, LONGEST, len(Field)), np.nan, np.float32)
    placed = np.zeros((1, LONGEST))
    placed[0, count : 2 * count] = chances
    return placed, Halves(np.array([2 * count]), np.array([count]), songs, values)


def expected(chances: list[float], answers: tuple[bool, ...]) -> float:
    """The expected average accuracy, by going through all that can happen."""
    total = 0.0
    for truth in product((False, True), repeat=len(chances)):
        weight = np.prod([p if t else 1 - p for p, t in zip(chances, truth, strict=True)])
        right = [t == a for t, a in zip(truth, answers, strict=True)]
        total += float(weight) * average_accuracy(right)
    return total


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.02, 0.98), min_size=1, max_size=4))
def test_no_other_answer_is_expected_to_do_better(chances: list[float]) -> None:
    placed, halves = one_session(chances)
    given_answer = tuple(decide(placed, halves, np.zeros(LONGEST))[0, halves.asked()[0]].tolist())
    best = max(expected(chances, each) for each in product((False, True), repeat=len(chances)))
    assert abs(expected(chances, given_answer) - best) < 1e-9


def test_skips_that_hang_together_are_answered_as_a_run() -> None:
    placed, halves = one_session([0.4, 0.52, 0.4, 0.4])
    linked = np.where(np.arange(LONGEST) > 0, 0.6, 0.0)
    apart = decide(placed, halves, np.zeros(LONGEST))[0, 4:8]
    together = decide(placed, halves, linked)[0, 4:8]
    assert apart.tolist() == [False, True, False, False]
    assert together.tolist() == [False, False, False, False]


def test_correlations_are_those_of_the_skips() -> None:
    rng = np.random.default_rng(0)
    moods = rng.random((4_000, 1)) < 0.5
    skipped = np.broadcast_to(moods, (4_000, LONGEST)).copy()
    free = rng.random(skipped.shape) < 0.5
    half = np.full(skipped.shape, 0.5)
    asked = np.ones(skipped.shape, bool)
    assert correlations(half, skipped, asked)[1:].tolist() == [0.9] * (LONGEST - 1)
    assert abs(correlations(half, free, asked)).max() < 0.05


def test_the_first_answer_is_what_its_own_chance_says() -> None:
    placed, halves = one_session([0.51, 0.4, 0.4, 0.4, 0.4])
    linked = np.where(np.arange(LONGEST) > 0, 0.8, 0.0)
    assert decide(placed, halves, linked)[0, 5:10].tolist()[0]
    assert not decide(placed - 0.02, halves, linked)[0, 5:10].any()
