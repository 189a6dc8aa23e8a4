"""Session neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models.session_knn import SessionKnn, SessionKnnOptions

PLAIN = {"rare": 0.0, "length": 0.0, "near": 1.0, "popular": 0.0, "backoff": 1e-6, "rest": 0}


def fitted(lists: list[list[int]], songs: int, **options: float) -> SessionKnn:
    model = SessionKnn(SessionKnnOptions(**options))
    model.fit(corpus_of(lists, Vocabulary([str(number) for number in range(songs)])))
    return model


def chances(model: SessionKnn, *songs: int) -> np.ndarray:
    state = model.start()
    for song in songs:
        state = model.observe(state, song)
    return np.exp(model.log_probabilities(state))


def test_votes_are_what_the_definition_gives() -> None:
    model = fitted([[0, 1, 2], [3, 1, 4]], 5, fade=0.5, decay=0.5, backward=0.25, **PLAIN)
    # Song 1 is shared by both lists, song 0 by the first alone: they are 1.5 and 1 near.
    votes = np.zeros(5)
    votes[[1, 2]] += 0.5 * 1.5 * np.array([1, 0.5])  # behind song 0 in the first list
    votes[[2, 0]] += 1.5 * np.array([1, 0.25])  # around song 1 in the first list
    votes[[4, 3]] += 1.0 * np.array([1, 0.25])  # around song 1 in the second
    np.testing.assert_allclose(chances(model, 0, 1), votes / votes.sum(), atol=1e-5)


def test_a_list_that_shares_more_songs_is_heard_first() -> None:
    model = fitted([[0, 1, 2, 5], [2, 6], [2, 6], [2, 6]], 7, near=3.0)
    assert chances(model, 0, 1, 2).argmax() == 5
    assert chances(model, 2).argmax() == 6


def test_only_the_nearest_lists_vote() -> None:
    lists = [[0, 1, 2, 5], [2, 6], [2, 4]]
    near = chances(fitted(lists, 7, neighbours=1, **PLAIN), 0, 1, 2)
    all_of_them = chances(fitted(lists, 7, neighbours=3, **PLAIN), 0, 1, 2)
    assert near[[4, 6]].max() < 0.001 < all_of_them[[4, 6]].min()


def test_votes_stay_within_their_list() -> None:
    model = fitted([[0, 1], [2, 3], [1, 0]], 4, after=3, before=3, **PLAIN)
    assert chances(model, 1)[[2, 3]].max() < 0.001


def test_of_a_popular_song_only_some_plays_are_looked_at() -> None:
    lists = [[0, song] for song in np.random.default_rng(0).integers(1, 5, 2000)]
    model = fitted(lists, 5, most=400, **PLAIN)
    row = chances(model, 0)
    assert len(model._places) == 400 * 5
    np.testing.assert_allclose(row[1:], 0.25, atol=0.1)


def test_unknown_songs_are_no_neighbours() -> None:
    model = fitted([[0, UNKNOWN, 1], [UNKNOWN, 2]], 3, **PLAIN)
    alone, beside = chances(model, 0), chances(model, UNKNOWN, 0)
    np.testing.assert_allclose(alone, beside, atol=1e-6)
    assert alone.argmax() == 1


@pytest.mark.parametrize(
    "wrong", [{"neighbours": 0}, {"before": -1}, {"decay": 1.1}, {"backoff": 1.0}]
)
def test_options_out_of_range_are_said_in_words(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        SessionKnnOptions(**wrong)
