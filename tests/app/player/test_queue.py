"""The user's queue."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from app.listening.events import QueueEntry
from app.player.queue import Queue, Repeat

tracks = st.lists(st.integers(1, 50), max_size=12)


def test_tracks_play_in_the_order_they_were_added() -> None:
    queue = Queue().add([7, 8]).add([9])
    first, queue = queue.take_next()
    assert first == QueueEntry(1, 7)
    assert queue.track_ids == (8, 9)


def test_play_next_goes_in_front_in_the_order_given() -> None:
    assert Queue().add([1]).add_next([2, 3]).track_ids == (2, 3, 1)


def test_the_same_track_twice_is_two_entries() -> None:
    queue = Queue().add([5, 5])
    assert queue.remove([1]).entries == (QueueEntry(2, 5),)


def test_an_id_is_never_used_again() -> None:
    queue = Queue().add([1, 2]).clear().add([3])
    assert queue.entries == (QueueEntry(3, 3),)


def test_dragging_rows_down_and_up() -> None:
    queue = Queue().add([10, 20, 30, 40])
    assert queue.move([1], 4).track_ids == (20, 30, 10, 40)
    assert queue.move([4, 3], 1).track_ids == (30, 40, 10, 20)
    assert queue.move([2], None).track_ids == (10, 30, 40, 20)
    assert queue.move([2, 3], 3).track_ids == (10, 20, 30, 40)


def test_moving_before_an_entry_that_is_gone_changes_nothing() -> None:
    queue = Queue().add([1, 2])
    assert queue.move([1], 99) == queue


def test_repeat_all_puts_the_taken_entry_at_the_end() -> None:
    queue = Queue().add([1, 2]).set_repeat(Repeat.ALL)
    taken = []
    for _ in range(5):
        entry, queue = queue.take_next()
        taken.append(entry.track_id if entry else None)
    assert taken == [1, 2, 1, 2, 1]


def test_repeat_all_in_random_order_never_plays_a_track_twice_in_a_row() -> None:
    queue = Queue().add([1, 2, 3]).set_repeat(Repeat.ALL).set_shuffled(True)
    rng = random.Random(1)
    last = None
    for _ in range(60):
        entry, queue = queue.take_next(rng)
        assert entry is not None
        assert entry.track_id != last
        last = entry.track_id


def test_the_old_queue_is_the_undo() -> None:
    before = Queue().add([1, 2, 3])
    before.remove([2]).clear()
    assert before.track_ids == (1, 2, 3)


def test_a_saved_queue_comes_back_even_if_it_was_damaged() -> None:
    entries = [QueueEntry(4, 40), QueueEntry(2, 20), QueueEntry(4, 41)]
    queue = Queue.restored(entries, "sometimes")
    assert queue.track_ids == (40, 20)
    assert queue.repeat is Repeat.OFF
    assert queue.add([9]).entries[-1] == QueueEntry(5, 9)


def test_nothing_comes_out_of_an_empty_queue() -> None:
    assert Queue().take_next() == (None, Queue())
    assert Queue().take(1) == (None, Queue())


@given(tracks, tracks, st.integers(-3, 15))
def test_inserting_keeps_what_was_there(old: list[int], new: list[int], at: int) -> None:
    queue = Queue().add(old).insert(at, new)
    assert sorted(queue.track_ids) == sorted(old + new)
    assert [entry.track_id for entry in queue.entries if entry.entry_id <= len(old)] == old


@given(tracks, st.data())
def test_moving_loses_and_doubles_nothing(old: list[int], data: st.DataObject) -> None:
    queue = Queue().add(old)
    ids = [entry.entry_id for entry in queue.entries]
    moving = data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
    before = data.draw(st.sampled_from([*ids, None, 999]))
    moved = queue.move(moving, before)
    assert sorted(entry.entry_id for entry in moved.entries) == ids
    rest = [entry.entry_id for entry in moved.entries if entry.entry_id not in moving]
    assert rest == [entry_id for entry_id in ids if entry_id not in moving]


@given(tracks, st.integers(0, 2**32))
def test_taking_in_random_order_takes_each_entry_once(old: list[int], seed: int) -> None:
    queue, rng, taken = Queue().add(old).set_shuffled(True), random.Random(seed), []
    while queue:
        entry, queue = queue.take_next(rng)
        assert entry is not None
        taken.append(entry.entry_id)
    assert sorted(taken) == list(range(1, len(old) + 1))


@given(tracks, st.integers(0, 2**32))
def test_shuffling_keeps_every_entry(old: list[int], seed: int) -> None:
    queue = Queue().add(old)
    assert set(queue.shuffle(random.Random(seed)).entries) == set(queue.entries)
