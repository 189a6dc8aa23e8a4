"""Splits: who falls where, and what train alone may know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.build import corpus_from
from recommender.data.corpus import Corpus
from recommender.data.formats import RawList, RawPlay
from recommender.data.splits import Split, SplitError, split
from recommender.data.vocabulary import UNKNOWN


def made(lists: int = 100, users: int = 10, songs: int = 30) -> Corpus:
    """List n is of user n % users, starts at 1000 - n and has its number as its first song."""
    return corpus_from(
        RawList(
            f"user {n % users}",
            1000 - n,
            [RawPlay(f"list {n}"), *(RawPlay(f"song {(n + k) % songs}") for k in range(3))],
        )
        for n in range(lists)
    )


def rows_of(part: Corpus) -> list[int]:
    return [int(row) for row in part.rows]


def parts_of(found: Split) -> tuple[list[int], list[int], list[int]]:
    return rows_of(found.train), rows_of(found.valid), rows_of(found.test)


@pytest.mark.parametrize("by", ["playlist", "user", "time"])
def test_every_list_falls_into_one_part(by: str) -> None:
    train, valid, test = parts_of(split(made(), by, (0.7, 0.2, 0.1), seed=3))
    assert sorted(train + valid + test) == list(range(100))
    assert (len(train), len(valid), len(test)) == (70, 20, 10)


@pytest.mark.parametrize("by", ["playlist", "user"])
def test_the_same_seed_gives_the_same_parts(by: str) -> None:
    corpus = made()
    assert parts_of(split(corpus, by, seed=1)) == parts_of(split(corpus, by, seed=1))
    assert parts_of(split(corpus, by, seed=1)) != parts_of(split(corpus, by, seed=2))


def test_all_lists_of_a_user_fall_on_one_side() -> None:
    parts = parts_of(split(made(), "user", (0.5, 0.2, 0.3)))
    users = [{row % 10 for row in part} for part in parts]
    assert [len(each) for each in users] == [5, 2, 3]
    assert len(set.union(*users)) == 10


def test_train_is_older_than_valid_and_valid_older_than_test() -> None:
    train, valid, test = parts_of(split(made(), "time", (0.6, 0.2, 0.2)))
    # later lists start earlier
    assert min(train) > max(valid) > min(valid) > max(test)


def test_lists_of_the_same_second_stay_together() -> None:
    corpus = corpus_from(RawList("", at, [RawPlay("a")]) for at in (1, 2, 2, 2, 2, 3))
    train, valid, test = parts_of(split(corpus, "time", (0.5, 0.0, 0.5)))
    assert (train, valid, test) == ([0], [], [1, 2, 3, 4, 5])


@pytest.mark.parametrize("by", ["playlist", "user", "time"])
def test_the_vocabulary_knows_train_alone(by: str) -> None:
    corpus = made()
    found = split(corpus, by)
    heard = {corpus.vocabulary.keys[code] for row in rows_of(found.train) for code in corpus[row]}
    assert set(found.train.vocabulary.keys) == heard
    assert found.train.vocabulary.counts.sum() == found.train.plays
    assert found.train.unknown_plays() == 0
    for part in (found.valid, found.test):
        assert part.vocabulary is found.train.vocabulary
        assert part.songs is found.train.songs
        for place, row in enumerate(rows_of(part)):
            keys = [corpus.vocabulary.keys[code] for code in corpus[row]]
            assert part[place].tolist() == part.vocabulary.codes(keys).tolist()
            assert part[place][0] == UNKNOWN


def test_a_part_of_a_part_can_be_split_again() -> None:
    first = split(made(), "playlist", (0.5, 0.0, 0.5))
    second = split(first.train, "user", (0.8, 0.2, 0.0))
    train, valid, test = parts_of(second)
    assert sorted(train + valid) == rows_of(first.train)
    assert test == []


def test_the_counts_are_printed_by_part() -> None:
    found = split(made(), "time", (0.9, 0.1, 0.0))
    assert found.counts_text().splitlines() == [
        "       lists  plays  transitions  songs  unknown plays",
        "train     90    360          270    120      0 (0.0 %)",
        "valid     10     40           30     12    10 (25.0 %)",
    ]


@pytest.mark.parametrize(
    ("by", "shares", "said"),
    [
        ("song", (0.8, 0.1, 0.1), "no split by 'song'; there are: playlist, user, time"),
        ("playlist", (0.8, 0.1), "three shares"),
        ("playlist", (0.8, 0.1, 0.2), "add up to 1"),
        ("playlist", (0.0, 0.5, 0.5), "add up to 1"),
        ("playlist", (1.2, -0.1, -0.1), "add up to 1"),
        ("playlist", (0.01, 0.5, 0.49), "Nothing is left to train on when 6 lists"),
        ("user", (0.8, 0.1, 0.1), "name no users; please split them by playlist"),
        ("time", (0.8, 0.1, 0.1), "have no times; please split them by playlist"),
    ],
)
def test_what_cannot_be_split_is_said(by: str, shares: tuple[float, ...], said: str) -> None:
    corpus = corpus_from(RawList("", None, [RawPlay("a"), RawPlay("b")]) for _ in range(6))
    with pytest.raises(SplitError, match=said):
        split(corpus, by, shares)


@settings(deadline=None)
@given(
    st.integers(2, 40), st.integers(1, 9), st.floats(0.3, 1), st.floats(0, 1), st.integers(0, 99)
)
def test_any_shares_keep_every_list_once(
    lists: int, users: int, train: float, valid: float, seed: int
) -> None:
    corpus = made(lists, users)
    shares = (train, (1 - train) * valid, (1 - train) * (1 - valid))
    for by in ("playlist", "user", "time"):
        try:
            parts = parts_of(split(corpus, by, shares, seed))
        except SplitError:
            continue
        assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(lists))
