"""The blend trusts the stage that foretells, and follows when that changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.data.ledger import Ledger
from recommender.pipeline.blend import Blend
from recommender.pipeline.linear import softmax

SURE = np.array([5, 0, 0, 0], np.float32)
WRONG = np.array([0, 5, 0, 0], np.float32)
logits = arrays(np.float32, 6, elements=st.floats(-20, 20, width=32))


def test_both_are_trusted_alike_at_first() -> None:
    assert Blend().weights.tolist() == [0.5, 0.5]


def test_the_stage_that_foretold_what_was_played_gains_trust_and_can_lose_it_again() -> None:
    blend = Blend()
    for _ in range(20):
        blend.learn(SURE, WRONG, 0, Ledger())
    assert blend.weights[0] > 0.99
    for _ in range(60):
        blend.learn(SURE, WRONG, 1, Ledger())
    assert blend.weights[0] < 0.01


def test_a_lesson_taken_back_leaves_no_trace() -> None:
    blend, ledger = Blend(), Ledger()
    blend.learn(SURE, WRONG, 0, Ledger())
    before = blend.loss.copy()
    blend.learn(SURE, WRONG, 1, ledger)
    ledger.undo()
    assert np.array_equal(blend.loss, before)


@given(logits, logits)
def test_the_mixture_orders_songs_by_their_mixed_chances(first, deep) -> None:
    mixed = Blend().mix(first, deep)
    chances = (softmax(first) + softmax(deep)) / 2
    order = np.argsort(chances)
    assert np.isfinite(mixed).all()
    assert (np.diff(mixed[order]) >= -1e-3).all()
    assert mixed.min() >= first.min()


def test_chances_on_the_linear_scale_are_kept() -> None:
    mixed = Blend().mix(SURE, SURE)
    assert softmax(mixed) == pytest.approx(softmax(SURE), abs=0.01)
