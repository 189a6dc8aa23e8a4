"""The space of hand-made features."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.audio.hand_space import DIM, HandSpace
from recommender.data.arrays import FloatArray

HAND = 40


def styles(songs: int = 60, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Songs of three styles, told by two features, and as many features that are chance."""
    rng = np.random.default_rng(seed)
    style = np.arange(songs) % 3
    hands = rng.standard_normal((songs, HAND)) * 0.3
    hands[:, :2] += np.array([[0, 0], [4, 0], [0, 4]])[style]
    return (hands * 10.0 ** rng.integers(-1, 3, HAND)).astype(np.float32), style.astype("f4")


def same_style(vectors: FloatArray, style: FloatArray) -> float:
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -9)
    return float((style[likeness.argmax(1)] == style).mean())


def test_songs_that_sound_alike_are_near_whatever_units_their_features_have() -> None:
    hands, style = styles()
    vectors = HandSpace.fit(hands).vectors(hands)
    assert vectors.shape == (60, HAND)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    units = 10.0 ** np.random.default_rng(0).integers(-1, 3, HAND)
    assert vectors == pytest.approx(HandSpace.fit(hands * units).vectors(hands * units), abs=1e-3)
    assert same_style(vectors, style) > 0.5


def test_what_changes_within_songs_counts_less_where_it_is_known() -> None:
    rng = np.random.default_rng(3)
    steady = rng.standard_normal((50, HAND)) * (np.arange(HAND) < 8)
    moody = 5.0 * (np.arange(HAND) >= 8)
    first, second = (steady + moody * rng.standard_normal((50, HAND)) for _ in "12")
    hands = np.concatenate([first, second]).astype(np.float32)
    rows = 5.0 * (np.arange(HAND) >= 8) + 0.1 * (np.arange(HAND) < 8)
    within = (rows * rng.standard_normal((400, HAND))).astype(np.float32)
    song = np.tile(np.arange(50.0, dtype=np.float32), 2)
    plain = same_style(HandSpace.fit(hands).vectors(hands), song)
    told = same_style(HandSpace.fit(hands, within=within).vectors(hands), song)
    assert told > 0.8 > plain + 0.2


def test_one_song_out_of_all_bounds_does_not_spoil_the_others() -> None:
    hands, style = styles()
    spoilt = hands.copy()
    spoilt[0] = 1e6
    kept = HandSpace.fit(spoilt).vectors(spoilt)
    assert np.isfinite(kept).all()
    assert same_style(kept[1:], style[1:]) > 0.4


@pytest.mark.parametrize("songs", [1, 2, 8, 200])
@pytest.mark.parametrize("rows", [None, 0, 1, 5])
def test_libraries_of_any_size_have_a_space(songs: int, rows: int | None) -> None:
    rng = np.random.default_rng(0)
    hands = rng.standard_normal((songs, 100)).astype(np.float32)
    within = None if rows is None else rng.standard_normal((rows, 100)).astype(np.float32)
    space = HandSpace.fit(hands, within=within)
    vectors = space.vectors(hands)
    assert vectors.shape[1] == space.turn.shape[1] <= DIM
    assert np.isfinite(vectors).all()


def test_features_that_never_differ_and_songs_that_are_all_the_same_do_no_harm() -> None:
    hands, _ = styles()
    hands[:, 5] = 7.0
    assert np.isfinite(HandSpace.fit(hands).vectors(hands)).all()
    same = np.ones((10, HAND), np.float32)
    assert np.isfinite(HandSpace.fit(same, within=same[:3] * 0).vectors(same)).all()


def test_the_same_sounds_give_the_same_space() -> None:
    hands, _ = styles()
    one, other = HandSpace.fit(hands), HandSpace.fit(hands.copy())
    assert np.array_equal(one.turn, other.turn)
