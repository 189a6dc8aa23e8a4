"""What is said of a few seconds is what one would hear."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.audio.descriptors import WORDS, correlations, described, in_words
from recommender.audio.sound import MELS, WINDOW, in_steps

PLAIN = np.full((WINDOW, MELS), -50.0, np.float32)
TIME, BANDS = np.arange(WINDOW)[:, None], np.arange(MELS)


def value(levels_db: np.ndarray, word: str) -> float:
    place = [high for high, _ in WORDS].index(word)
    return float(described(in_steps(levels_db.astype(np.float32))[None])[0, place])


def hits(every: int) -> np.ndarray:
    return 20.0 * (TIME % every == 0) * np.ones(MELS)


def tones(move: int) -> np.ndarray:
    return 25.0 * ((BANDS + move * TIME) % 16 == 0)


@pytest.mark.parametrize(
    ("word", "more", "less"),
    [
        ("loud", PLAIN + 10, PLAIN),
        ("bright", PLAIN + 0.4 * BANDS, PLAIN - 0.4 * BANDS),
        ("bass-heavy", PLAIN + 20 * (BANDS < 8), PLAIN),
        ("noisy", PLAIN, PLAIN + tones(0)),
        ("busy", PLAIN + hits(4), PLAIN + hits(16)),
        ("sustained", PLAIN + tones(0), PLAIN + tones(1)),
        ("uneven", PLAIN + 20 * (TIME > 32), PLAIN),
    ],
)
def test_a_property_is_higher_where_one_would_hear_more_of_it(
    word: str, more: np.ndarray, less: np.ndarray
) -> None:
    assert value(more, word) > value(less, word)


def test_a_beat_is_told_from_as_many_hits_at_random() -> None:
    chance = np.random.default_rng(0)
    random = PLAIN + 20.0 * (chance.random((WINDOW, 1)) < 1 / 8) * np.ones(MELS)
    assert value(PLAIN + hits(8), "with a steady beat") > 0.7
    assert value(random, "with a steady beat") < 0.6


@given(st.integers(0, 255), st.integers(1, 3))
def test_even_sound_of_any_level_can_be_described(level: int, count: int) -> None:
    told = described(np.full((count, WINDOW, MELS), level, np.uint8))
    assert told.shape == (count, len(WORDS))
    assert np.isfinite(told).all()


def test_the_strongest_correlations_give_the_words() -> None:
    likeness = np.zeros(len(WORDS))
    likeness[[1, 4, 7]] = 0.6, -0.7, 0.1
    assert in_words(likeness) == ["calm", "bright"]
    assert in_words(np.zeros(len(WORDS))) == []


def test_what_never_moves_correlates_with_nothing() -> None:
    moving = np.random.default_rng(0).normal(size=(50, 1)).astype(np.float32)
    values = np.concatenate([moving, -moving, np.ones_like(moving)], axis=1)
    np.testing.assert_allclose(correlations(moving, values), [[1, -1, 0]], atol=1e-5)
