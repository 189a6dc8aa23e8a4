"""The rows of *Up next* change in place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.ui.up_next_model import LONGEST_DIFF, Block, UpNextModel
from tests.app.ui.songs import predicted, queued, song

NUMBERS = st.lists(st.integers(0, 9), max_size=10)


@pytest.fixture
def model(qapp):
    model = UpNextModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    del tester


def titles(model: UpNextModel) -> list[str]:
    role = Qt.ItemDataRole.DisplayRole
    return [model.data(model.index(row), role) for row in range(model.rowCount())]


def test_the_blocks_stand_in_their_order(model):
    model.set_played([song(3)])
    model.set_predicted(predicted([2]).rows)
    model.set_queue(queued([1]))
    assert titles(model) == ["Song 1", "Song 2", "Song 3"]
    assert [model.row(row).block for row in range(3)] == list(Block)


def test_an_index_follows_its_song(model):
    model.set_predicted(predicted([1, 2, 3]).rows)
    held = QPersistentModelIndex(model.index(2))
    model.set_predicted(predicted([3, 9, 1]).rows)
    model.set_queue(queued([5, 6]))
    assert held.row() == 2
    assert model.row(held.row()).track.track_id == 3


def test_an_index_of_a_song_that_left_is_no_more(model):
    model.set_predicted(predicted([1, 2]).rows)
    held = QPersistentModelIndex(model.index(0))
    model.set_predicted(predicted([2]).rows)
    assert not held.isValid()


def test_a_song_that_was_played_twice_has_two_rows(model):
    model.set_played([song(1), song(2), song(1)])
    held = QPersistentModelIndex(model.index(2))
    model.set_played([song(1), song(1), song(2), song(1)])
    assert titles(model) == ["Song 1", "Song 1", "Song 2", "Song 1"]
    assert held.row() == 3


def test_an_opinion_is_shown_in_every_row_of_the_song(model):
    model.set_predicted(predicted([1, 2]).rows)
    model.set_played([song(2)])
    model.set_opinion(2, True, False)
    assert [model.row(row).track.liked for row in range(3)] == [False, True, True]


def test_a_row_is_read_out_with_its_reason(model):
    model.set_predicted(predicted([4]).rows)
    words = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert words == "Predicted 1: Song 4 by Artist 4. Because of 4"


def test_a_huge_queue_is_replaced_as_a_whole(model):
    model.set_predicted(predicted([5]).rows)
    model.set_queue(queued(range(LONGEST_DIFF + 1)))
    assert model.rowCount() == LONGEST_DIFF + 2
    assert model.row(LONGEST_DIFF).track.title == f"Song {LONGEST_DIFF}"
    assert model.row_of((Block.QUEUE, 107)) == 7
    model.set_opinion(5, True, False)
    assert [model.row(row).track.liked for row in (5, 6, LONGEST_DIFF + 1)] == [True, False, True]
    model.set_queue(queued([1]))
    assert titles(model) == ["Song 1", "Song 5"]


@given(st.lists(st.tuples(st.sampled_from(Block), NUMBERS), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_sequence_of_lists_ends_in_the_last_of_each(model, changes):
    last: dict[Block, list[int]] = {
        block: [model.row(row).track.track_id for row in range(model.rowCount())
                if model.row(row).block is block]
        for block in Block
    }  # fmt: skip
    for block, numbers in changes:
        last[block] = list(dict.fromkeys(numbers)) if block is Block.QUEUE else numbers
        if block is Block.QUEUE:
            model.set_queue(queued(last[block]))
        elif block is Block.PREDICTED:
            model.set_predicted(predicted(numbers).rows)
        else:
            model.set_played([song(number) for number in numbers])
    expected = [f"Song {number}" for block in Block for number in last[block]]
    assert titles(model) == expected


def test_a_row_says_how_likely_it_is_played_to_the_end(model):
    (row,) = predicted([5]).rows
    likely = replace(row, prediction=replace(row.prediction, finish=0.72))
    model.set_predicted([likely])
    words = "Chance that you let it play to the end: about 7 in 10"
    assert model.index(0).data(Qt.ItemDataRole.ToolTipRole).endswith(words)
    assert words in model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    model.set_predicted([row])
    assert "to the end" not in model.index(0).data(Qt.ItemDataRole.ToolTipRole)
