"""N-grams with back-off."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models.markov import Markov, MarkovOptions

SONGS = 4


def corpus() -> Corpus:
    random = np.random.default_rng(3)
    lists = [random.integers(-1, SONGS, random.integers(1, 9)).tolist() for _ in range(30)]
    return corpus_of(lists, Vocabulary(list("abcd")))


def by_hand(lists: list[list[int]], context: list[int], order: int, discount: float) -> list[float]:
    """Interpolated absolute discounting, song by song from the definition."""
    plays = [song for each in lists for song in each if song != UNKNOWN]
    chances = [(plays.count(song) + 0.5) / (len(plays) + 0.5 * SONGS) for song in range(SONGS)]
    for length in range(1, min(order, len(context)) + 1):
        wanted = context[-length:]
        after = [
            each[place + length]
            for each in lists
            for place in range(len(each) - length)
            if each[place : place + length] == wanted and each[place + length] != UNKNOWN
        ]
        if UNKNOWN in wanted or not after:
            break
        left = discount * len(set(after)) / len(after)
        chances = [
            max(after.count(song) - discount, 0) / len(after) + left * chances[song]
            for song in range(SONGS)
        ]
    return chances


@pytest.mark.parametrize("order", [1, 2, 3])
def test_every_chance_is_what_the_definition_gives(order: int) -> None:
    train = corpus()
    model = Markov(MarkovOptions(order=order, discount=0.7))
    model.fit(train)
    lists = [each.tolist() for each in train]
    for context in product(range(-1, SONGS), repeat=3):
        state = model.start()
        for song in context:
            state = model.observe(state, song)
        expected = by_hand(lists, list(context), order, 0.7)
        np.testing.assert_allclose(np.exp(model.log_probabilities(state)), expected, rtol=1e-4)


def test_the_song_before_last_tells_two_ways_on_apart() -> None:
    train = corpus_of([[0, 1, 2], [3, 1, 0]] * 5, Vocabulary(list("abcd")))
    model = Markov(MarkovOptions(order=2))
    model.fit(train)
    rows = [model.score_list(np.array([first, 1, 2], np.int32))[1] for first in (0, 3)]
    assert [int(row.argmax()) for row in rows] == [2, 0]


def test_it_counts_across_blocks_of_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, pieces = Markov(), Markov()
    whole.fit(corpus())
    monkeypatch.setattr("recommender.models.counting.PLAYS_AT_ONCE", 10)
    pieces.fit(corpus())
    songs = np.array([0, 1, 2, 3, 2, 1], np.int32)
    assert np.array_equal(whole.score_list(songs), pieces.score_list(songs))


@pytest.mark.parametrize("wrong", [{"order": 0}, {"order": 4}, {"discount": 1.0}])
def test_options_out_of_range_are_said_in_words(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="give"):
        MarkovOptions(**wrong)
