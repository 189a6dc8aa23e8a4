"""Corpora from files: codes, what is kept beside the songs, and where it lies."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data import columns
from recommender.data.build import corpus_from, open_corpus
from recommender.data.columns import Column
from recommender.data.corpus import Corpus, Feedback
from recommender.data.formats import RawList, RawPlay, ReadError
from recommender.data.vocabulary import UNKNOWN, Vocabulary

LISTS = "5 3 5\n3\n8 5\n"


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "train.txt"
    path.write_text(LISTS)
    return path


def codes(corpus: Corpus) -> list[list[int]]:
    return [each.tolist() for each in corpus]


def test_songs_get_codes_in_the_order_in_which_they_are_first_seen(train: Path) -> None:
    corpus = open_corpus([train], "yes")
    assert corpus.vocabulary.keys == ("5", "3", "8")
    assert corpus.vocabulary.counts.tolist() == [3, 2, 1]
    assert codes(corpus) == [[0, 1, 0], [1], [2, 0]]
    assert (len(corpus), corpus.plays, corpus.transitions) == (3, 6, 3)
    assert corpus.feedback is corpus.users is corpus.at_s is None


def test_songs_outside_a_given_vocabulary_are_unknown(train: Path) -> None:
    corpus = open_corpus([train], "yes", vocabulary=Vocabulary(["8", "5"]))
    assert codes(corpus) == [[1, UNKNOWN, 1], [UNKNOWN], [0, 1]]
    assert corpus.unknown_plays() == 2


def test_the_arrays_lie_in_the_folder_when_one_is_named(train: Path, tmp_path: Path) -> None:
    folder = tmp_path / "arrays"
    corpus = open_corpus([train], "yes", folder=folder)
    assert np.fromfile(folder / "songs.bin", np.int32).tolist() == corpus.songs.tolist()
    assert np.fromfile(folder / "starts.bin", np.int64).tolist() == [0, 3, 4, 6]
    assert codes(corpus) == codes(open_corpus([train], "yes"))
    assert not list(folder.glob("*.part"))


def test_a_folder_used_again_leaves_the_first_corpus_as_it_was(train: Path, tmp_path: Path) -> None:
    folder = tmp_path / "arrays"
    first = open_corpus([train], "yes", folder=folder)
    train.write_text("1 2 3 4 5 6 7 8 9\n")
    second = open_corpus([train], "yes", folder=folder)
    assert codes(first) == [[0, 1, 0], [1], [2, 0]]
    assert len(second.songs) == 9


def test_mapped_arrays_may_be_changed_in_memory_alone(train: Path, tmp_path: Path) -> None:
    corpus = open_corpus([train], "yes", folder=tmp_path / "arrays")
    corpus.songs[0] = 77
    assert np.fromfile(tmp_path / "arrays" / "songs.bin", np.int32)[0] == 0


def test_users_times_and_feedback_are_kept_where_the_source_has_them() -> None:
    lists = [
        RawList("ann", 10, [RawPlay("a"), RawPlay("b", feedback=Feedback.SKIPPED)]),
        RawList("bob", 30, [RawPlay("b", feedback=Feedback.LIKED)]),
        RawList("ann", 20, [RawPlay("a")]),
    ]
    corpus = corpus_from(lists)
    assert corpus.users is not None
    assert corpus.users.tolist() == [0, 1, 0]
    assert corpus.at_s is not None
    assert corpus.at_s.tolist() == [10, 30, 20]
    assert [corpus.feedback_of(place).tolist() for place in range(3)] == [[0, 1], [2], [0]]


def test_times_that_only_some_lists_have_are_dropped() -> None:
    lists = [RawList("", 10, [RawPlay("a")]), RawList("", None, [RawPlay("a")])]
    assert corpus_from(lists).at_s is None


def test_a_failed_read_leaves_no_half_files(train: Path, tmp_path: Path) -> None:
    train.write_text(LISTS + "x\n")
    with pytest.raises(ReadError, match="line 4"):
        open_corpus([train], "yes", folder=tmp_path / "arrays")
    assert list((tmp_path / "arrays").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said_in_words(train: Path) -> None:
    with pytest.raises(ReadError, match="The lists could not be kept in"):
        open_corpus([train], "yes", folder=train / "inside")


def many_lists(count: int) -> Iterator[RawList]:
    """Lists of 50 songs, 1,000 songs in all, made one at a time."""
    songs = [RawPlay(f"song {number}") for number in range(1000)]
    for number in range(count):
        start = number * 37 % 950
        yield RawList("", None, songs[start : start + 50])


def test_memory_does_not_grow_with_the_number_of_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "PIECE", 256)
    peaks = []
    for count in (500, 5000):
        tracemalloc.start()
        corpus = corpus_from(many_lists(count), folder=tmp_path / str(count))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert corpus.plays == 50 * count
    assert peaks[1] < 1.2 * peaks[0]


def test_large_arrays_leave_the_memory_without_a_folder_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "SPILL_BYTES", 4096)
    monkeypatch.setattr(columns, "PIECE", 512)
    spilled = corpus_from(many_lists(100))
    assert isinstance(spilled.songs.base, np.memmap)
    monkeypatch.undo()
    kept = corpus_from(many_lists(100))
    assert not isinstance(kept.songs.base, np.memmap)
    assert np.array_equal(spilled.songs, kept.songs)
    fewer = Vocabulary(kept.vocabulary.keys[:500])
    assert np.array_equal(spilled.recoded(fewer).songs, kept.recoded(fewer).songs)


@settings(deadline=None)
@given(
    pieces=st.lists(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=9), max_size=9),
    spill=st.sampled_from((4, 16, 1 << 20)),
)
def test_a_column_gives_back_what_was_put_in(pieces: list[list[int]], spill: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "SPILL_BYTES", spill)
        patch.setattr(columns, "PIECE", 3)
        column = Column("i")
        for number, piece in enumerate(pieces):
            column.extend(np.array(piece, np.int32) if number % 2 else piece)
        assert column.array().tolist() == [value for piece in pieces for value in piece]
