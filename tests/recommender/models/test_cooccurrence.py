"""Decayed co-occurrence."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.base import SequenceModel
from recommender.models.cooccurrence import Cooccurrence, CooccurrenceOptions

PLAIN = {"share": 0.0, "popular": 0.0, "backoff": 1e-6, "rest": 0}


def fitted(lists: list[list[int]], songs: int, **options: float) -> Cooccurrence:
    model = Cooccurrence(CooccurrenceOptions(**options))
    model.fit(corpus_of(lists, Vocabulary([str(number) for number in range(songs)])))
    return model


def chances(model: Cooccurrence, *songs: int) -> np.ndarray:
    state = model.start()
    for song in songs:
        state = model.observe(state, song)
    return np.exp(model.log_probabilities(state))


def test_votes_fade_with_distance_in_training_and_in_the_list() -> None:
    model = fitted([[0, 1, 2], [3, 4]], 5, decay=0.5, backward=0.0, fade=0.25, **PLAIN)
    votes = np.array([0, 1, 0.5, 0, 0])
    np.testing.assert_allclose(chances(model, 0), votes / votes.sum(), atol=1e-5)
    votes = np.array([0, 0.25, 0.25 * 0.5, 0, 1])
    np.testing.assert_allclose(chances(model, 0, 3), votes / votes.sum(), atol=1e-5)


def test_songs_before_count_as_much_as_they_are_told_to() -> None:
    model = fitted([[0, 1, 2]], 3, decay=1.0, backward=0.5, **PLAIN)
    np.testing.assert_allclose(chances(model, 1), np.array([0.5, 0, 1]) / 1.5, atol=1e-5)


def test_songs_outside_the_window_are_no_pair() -> None:
    model = fitted([[0, 1, 2, 3]], 4, window=2, decay=1.0, backward=0.0, **PLAIN)
    np.testing.assert_allclose(chances(model, 0), [0, 0.5, 0.5, 0], atol=1e-5)


def test_songs_played_everywhere_lose_to_those_that_belong_here() -> None:
    lists = [[0, 1, 9], [0, 9, 1], [0, 1, 9], [0, 9], [2, 9], [3, 9], [4, 9], [5, 9]] * 3
    plain = fitted(lists, 10, popular=0.0, share=0.0)
    weighed = fitted(lists, 10, popular=1.0, share=0.0)
    assert chances(plain, 0).argmax() == 9
    assert chances(weighed, 0).argmax() == 1


def test_popularity_answers_where_no_song_is_known() -> None:
    model = fitted([[0, 1, 1, 1], [2]], 3)
    assert chances(model, 2).argmax() == 1


def test_a_list_longer_than_its_reach_is_scored_as_step_by_step() -> None:
    random = np.random.default_rng(5)
    lists = [random.integers(0, 30, 25).tolist() for _ in range(40)]
    model = fitted(lists, 30, reach=4)
    songs = random.integers(-1, 30, 60).astype(np.int32)
    steps = SequenceModel.score_list(model, songs)
    np.testing.assert_allclose(model.score_list(songs), steps, atol=1e-5)


def test_what_was_just_heard_is_not_offered_when_lists_repeat_nothing() -> None:
    random = np.random.default_rng(1)
    lists = [random.permutation(8).tolist() for _ in range(60)]
    rested, restless = fitted(lists, 8, rest=5), fitted(lists, 8, rest=0)
    assert chances(rested, 0, 1, 2)[1] < 0.01 < chances(restless, 0, 1, 2)[1]


@pytest.mark.parametrize(
    "wrong", [{"window": 0}, {"decay": 0.0}, {"fade": 1.5}, {"backoff": 0.0}, {"rest": -1}]
)
def test_options_out_of_range_are_said_in_words(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        CooccurrenceOptions(**wrong)
