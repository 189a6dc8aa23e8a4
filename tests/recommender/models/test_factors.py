"""The vectors of one listener's songs: made, kept, read, and folded into."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.api import CheckpointError
from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.factors import FactorChoices, Factors, HalfStep, confidences, fit_factors


def sessions(lists: int = 40) -> Corpus:
    """Sessions of two kinds of songs, with the ids 100 to 119 under falling codes."""
    random = np.random.default_rng(3)
    keys = [str(119 - code) for code in range(20)]
    parts = [10 * (n % 2) + random.permutation(10)[:6] for n in range(lists)]
    return corpus_of([part.astype(np.int32) for part in parts], Vocabulary(keys))


@pytest.fixture(scope="module")
def factors() -> Factors:
    made = fit_factors(sessions(), FactorChoices(factors=6, regularisation=1.0))
    assert made is not None
    return made


def test_songs_are_found_by_their_ids(factors: Factors) -> None:
    assert factors.places(np.array([100, 119, 7, 500])).tolist() == [0, 19, -1, -1]
    assert factors.plays.sum() == 240
    query = factors.fold_in(factors.places(np.array([101, 102])), np.ones(2))
    best = factors.ids[np.argsort(-(factors.vectors @ query))[:8]]
    assert (best < 110).all()


def test_the_same_sessions_give_the_same_vectors(factors: Factors) -> None:
    again = fit_factors(sessions(), FactorChoices(factors=6, regularisation=1.0))
    assert again is not None
    assert np.array_equal(again.vectors, factors.vectors)


def test_songs_never_heard_have_no_vector() -> None:
    made = fit_factors(sessions().select(list(range(0, 40, 2))), FactorChoices(factors=4))
    assert made is not None
    assert made.ids.tolist() == list(range(110, 120))


def test_too_few_sessions_give_nothing() -> None:
    assert fit_factors(sessions(3)) is None
    assert fit_factors(sessions(0)) is None


def test_long_sessions_are_read_in_pieces() -> None:
    corpus = corpus_of([list(range(10)), [], [3]], Vocabulary([*map(str, range(10))]))
    rows = confidences(corpus, 1.0, cut=4)
    assert np.diff(rows.indptr).tolist() == [4, 4, 2, 0, 1]


def test_it_comes_back_from_its_folder(factors: Factors, tmp_path: Path) -> None:
    factors.save(tmp_path)
    back = Factors.load(tmp_path)
    assert np.array_equal(back.ids, factors.ids)
    assert (back.alpha, back.regularisation) == (factors.alpha, factors.regularisation)
    places, weights = np.arange(3), np.array([1.0, 0.5, -0.2])
    assert np.array_equal(back.fold_in(places, weights), factors.fold_in(places, weights))


def test_what_cannot_be_read_is_said_in_words(factors: Factors, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="train again"):
        Factors.load(tmp_path)
    factors.save(tmp_path)
    config = json.loads((tmp_path / "factors.json").read_text())
    (tmp_path / "factors.json").write_text(json.dumps({**config, "format_version": 99}))
    with pytest.raises(CheckpointError, match="Update Segue"):
        Factors.load(tmp_path)
    (tmp_path / "factors.json").write_text(json.dumps(config))
    (tmp_path / "factors.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="damaged"):
        Factors.load(tmp_path)


def test_a_new_song_is_folded_in_among_those_of_its_sessions(factors: Factors) -> None:
    rows = np.array([factors.fold_in(np.arange(start, start + 5), np.ones(5)) for start in (0, 3)])
    song = factors.fold_in_song(rows, np.ones(2))
    near = factors.ids[np.argsort(-(factors.vectors @ song))[:8]]
    assert (near < 110).all()


@given(st.integers(0, 12), st.integers(1, 6), st.integers(0, 1000), st.sampled_from([0.0, 1.0]))
def test_a_half_step_is_weighted_least_squares(held: int, dim: int, seed: int, base: float) -> None:
    random = np.random.default_rng(seed)
    every = random.normal(size=(15, dim))
    weights = random.uniform(-2, 2, held)
    row = HalfStep(every.T @ every, 0.5, base).solve(every[:held], weights)
    confidence, wanted = np.ones(15), np.zeros(15)
    confidence[:held] += np.abs(weights)
    wanted[:held] = np.where(weights > 0, base + np.abs(weights), 0)
    full = (every * confidence[:, None]).T @ every + 0.5 * np.eye(dim)
    np.testing.assert_allclose(full @ row, every.T @ wanted, atol=1e-8)


def test_the_vectors_are_used_without_torch_and_without_scipy() -> None:
    code = "import sys, recommender.experts.factors; print(*sys.modules)"
    told = run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert not {"torch", "implicit", "scipy"} & set(told.split())
