"""What the counting models share."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models import counting
from recommender.models.counting import Rows, blocks, summed
from recommender.models.repeats import Repeats


def vocabulary(size: int) -> Vocabulary:
    return Vocabulary([str(number) for number in range(size)])


def test_pairs_never_cross_from_one_list_into_the_next() -> None:
    corpus = corpus_of([[0, 1, 2], [3, UNKNOWN, 4]], vocabulary(5))
    (block,) = blocks(corpus)
    near = [each.tolist() for each in block.apart(1)]
    far = [each.tolist() for each in block.apart(2)]
    assert near == [[0, 1], [1, 2]]
    assert far == [[0, 3], [2, 4]]


def test_blocks_hold_whole_lists_and_together_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = [[0, 1, 2], [], [2, 2], [1], [0, 0, 0, 0]]
    corpus = corpus_of(lists, vocabulary(3)).select([4, 0, 1, 2, 3])
    monkeypatch.setattr(counting, "PLAYS_AT_ONCE", 4)
    parts = [(block.songs.tolist(), block.lists.tolist()) for block in blocks(corpus)]
    assert parts == [
        ([0, 0, 0, 0], [0, 0, 0, 0]),
        ([0, 1, 2, 2, 2], [1, 1, 1, 3, 3]),
        ([1], [4]),
    ]


def test_sums_are_the_same_however_the_parts_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    parts = [(random.integers(0, 20, 50), random.random()) for _ in range(7)]
    whole = summed(parts)
    monkeypatch.setattr(counting, "PARTS_AT_ONCE", 2)
    pieces = summed(parts)
    plain = np.zeros(20)
    for keys, weight in parts:
        np.add.at(plain, keys, weight)
    assert np.array_equal(whole[0], pieces[0])
    np.testing.assert_allclose(whole[1], plain[whole[0]])
    np.testing.assert_allclose(pieces[1], whole[1])


def test_rows_give_back_what_was_summed() -> None:
    sums = summed([(np.array([1, 1, 4, 11]), 2.0)])
    rows = Rows.of(sums, 4, 3)
    assert [each.tolist() for each in rows.row(0)] == [[1], [4]]
    assert [each.tolist() for each in rows.row(1)] == [[1], [2]]
    assert [each.tolist() for each in rows.row(2)] == [[], []]
    assert [each.tolist() for each in rows.row(3)] == [[2], [2]]
    assert rows.totals().tolist() == [4, 2, 0, 2]
    places, which = rows.entries(np.array([3, 2, 0]))
    assert places.tolist() == [2, 0]
    assert which.tolist() == [0, 2]


def test_a_song_that_never_comes_again_soon_is_held_down() -> None:
    lists = [np.random.default_rng(number).permutation(50) for number in range(40)]
    repeats = Repeats.counted(corpus_of(lists, vocabulary(50)), 5)
    even = np.full(50, -np.log(50), np.float32)
    row = even.copy()
    repeats.hold(row, (7, UNKNOWN, 9))
    chances = np.exp(row)
    assert chances.sum() == pytest.approx(1, abs=1e-5)
    assert chances[7] == pytest.approx(chances[9], rel=0.1)
    assert chances[7] < 0.001 < 0.02 < chances[8]
    repeats.hold(even, (7, 1, 2, 3, 4, 5))
    assert even[7] == even[8], "seven lies further back than was counted"


def test_a_song_that_often_comes_again_keeps_its_chance() -> None:
    repeats = Repeats.counted(corpus_of([[0, 0, 0, 1, 1, 1, 1, 1]] * 30, vocabulary(2)), 3)
    row = np.log(np.array([0.7, 0.3], np.float32))
    before = row.copy()
    repeats.hold(row, (0,))
    np.testing.assert_allclose(row, before, atol=1e-6)


def test_lists_that_hold_every_song_leave_finite_chances() -> None:
    repeats = Repeats.counted(corpus_of([[0, 1, 2]] * 9, vocabulary(3)), 4)
    row = np.full(3, -np.log(3), np.float32)
    repeats.hold(row, (0, 1, 2))
    assert np.exp(row.astype(np.float64)).sum() == pytest.approx(1, abs=1e-4)
