"""Popularity."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models.popularity import Popularity, PopularityOptions


def test_chances_are_the_smoothed_shares_of_the_plays() -> None:
    model = Popularity(PopularityOptions(plus=1.0))
    model.fit(corpus_of([[0, 1, 0], [UNKNOWN, 0]], Vocabulary(["a", "b", "c"])))
    expected = np.array([3 + 1, 1 + 1, 0 + 1]) / 7
    np.testing.assert_allclose(np.exp(model.log_probabilities(model.start())), expected, rtol=1e-6)


def test_what_came_before_changes_nothing() -> None:
    model = Popularity()
    model.fit(corpus_of([[0, 1, 0]], Vocabulary(["a", "b", "c"])))
    state = model.observe(model.start(), 2)
    assert np.array_equal(model.log_probabilities(state), model.log_probabilities(model.start()))


def test_a_song_without_plays_needs_some_for_a_start() -> None:
    with pytest.raises(ValueError, match="above 0"):
        PopularityOptions(plus=0)
