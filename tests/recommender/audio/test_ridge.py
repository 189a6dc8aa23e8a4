"""Ridge regression: the artists decide its strength, and none tells of itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.audio.ridge import Ridge, folds, ridge


def test_what_is_linear_is_foretold() -> None:
    chance = np.random.default_rng(0)
    hands = chance.normal(size=(200, 6)).astype(np.float32)
    targets = (hands @ chance.normal(size=(6, 3)) + 1).astype(np.float32)
    fitted, crossed = ridge(hands[:150], targets[:150], np.arange(150) // 3)
    np.testing.assert_allclose(fitted.predict(hands[150:]), targets[150:], atol=0.3)
    np.testing.assert_allclose(crossed, targets[:150], atol=0.3)


def test_what_only_the_artist_tells_is_not_learnt_by_heart() -> None:
    chance = np.random.default_rng(0)
    by = np.repeat(np.arange(30), 5)
    hands = np.eye(30, dtype=np.float32)[by]
    targets = chance.normal(size=(30, 4)).astype(np.float32)[by]
    _, crossed = ridge(hands, targets, by)
    assert np.corrcoef(crossed.ravel(), targets.ravel())[0, 1] < 0.2


def test_a_feature_that_never_differs_or_is_far_away_does_no_harm() -> None:
    chance = np.random.default_rng(0)
    hands = chance.normal(size=(50, 2)).astype(np.float32)
    hands[:, 1] = 7
    fitted = Ridge.fit(hands, hands[:, :1], 0.1)
    assert np.abs(fitted.predict(np.array([[1e9, 1e9]], np.float32))).max() < 10


@given(st.lists(st.integers(0, 12), min_size=1, max_size=80), st.integers(2, 7))
def test_no_artist_is_in_two_folds(groups: list[int], count: int) -> None:
    by = np.array(groups)
    fold = folds(by, count)
    assert all(len(set(fold[by == group])) == 1 for group in set(groups))
    assert len(set(fold)) == min(count, len(set(groups)))
