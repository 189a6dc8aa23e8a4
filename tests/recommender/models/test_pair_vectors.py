"""Song vectors counted from pairs, and the codes made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.gru import GRU
from recommender.models.pair_vectors import pair_vectors, shared_rows
from tests.recommender.models.cycles import QUICK, cycles, small

KEYS = [f"song {number}" for number in range(10)]


def camps(lists: int = 60) -> list[list[int]]:
    """Lists of songs from one of two camps, never both."""
    rng = np.random.default_rng(4)
    return [(rng.permutation(5)[:4] + 5 * (turn % 2)).tolist() for turn in range(lists)]


def test_songs_of_the_same_lists_have_like_vectors_and_others_do_not() -> None:
    torch.manual_seed(0)
    vectors = pair_vectors(corpus_of(camps(), Vocabulary(KEYS)), 4)
    alike = vectors @ vectors.T
    same = np.equal.outer(np.arange(10) // 5, np.arange(10) // 5)
    assert alike[same].min() > 0.2
    assert abs(alike[~same]).max() < 0.1


def test_lists_without_pairs_give_zeros() -> None:
    vectors = pair_vectors(corpus_of([[0], [1]], Vocabulary(KEYS)), 4)
    assert vectors.shape == (10, 4)
    assert not vectors.any()


def test_sums_of_shared_rows_come_near_the_vectors() -> None:
    torch.manual_seed(0)
    vectors = np.random.default_rng(1).standard_normal((300, 6)).astype(np.float32)
    codes, rows = shared_rows(vectors, 60, 4)
    assert codes.shape == (300, 4)
    assert rows.shape == (60, 6)
    left = vectors - rows[codes].sum(1)
    assert np.square(left).mean() < 0.3 * np.square(vectors).mean()


def test_each_hash_has_a_table_of_its_own() -> None:
    torch.manual_seed(0)
    vectors = np.random.default_rng(1).standard_normal((100, 6)).astype(np.float32)
    codes, _ = shared_rows(vectors, 22, 4)
    tables = [set(column.tolist()) for column in codes.T]
    assert sum(map(len, tables)) == len(set.union(*tables))
    assert codes.max() < 22


def test_a_net_keeps_counted_codes_in_its_checkpoint(tmp_path: Path) -> None:
    model = small(GRU, vectors="pairs", bloom=0.5, hashes=2)
    model.fit(cycles(), None, QUICK)
    model.save(tmp_path)
    again = GRU.load(tmp_path)
    lists = [np.array([1, 2, 3, 4], np.int32)]
    assert np.array_equal(again.score_lists(lists), model.score_lists(lists))
    assert "codes" in model.arrays()
