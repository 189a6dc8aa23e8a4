"""The user's queue as a value."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from app.listening.events import QueueEntry
from app.player.queue import Queue

TRACKS = st.lists(st.integers(1, 9), max_size=6)


def tracks_of(queue: Queue) -> list[int]:
    return [entry.track_id for entry in queue.entries]


def test_tracks_are_added_at_the_end_in_front_or_between():
    queue = Queue().add([1, 2]).add([3], 0).add([4], 1)
    assert tracks_of(queue) == [3, 4, 1, 2]


def test_an_index_outside_the_queue_means_its_nearest_end():
    assert tracks_of(Queue().add([1]).add([2], 99).add([3], -5)) == [3, 1, 2]


def test_a_moved_entry_ends_up_at_the_index():
    queue = Queue().add([1, 2, 3, 4])
    first = queue.entries[0].entry_id
    assert tracks_of(queue.move(first, 2)) == [2, 3, 1, 4]


def test_the_same_track_twice_is_two_entries():
    queue = Queue().add([7, 7])
    assert tracks_of(queue.remove(queue.entries[0].entry_id)) == [7]


def test_shuffle_is_undone_less_what_has_gone_plus_what_has_come():
    queue = Queue().add(range(1, 10)).shuffle(random.Random(3))
    assert queue.is_shuffled
    gone = queue.entries[0]
    back = queue.remove(gone.entry_id).add([42]).unshuffle()
    assert tracks_of(back) == [n for n in range(1, 10) if n != gone.track_id] + [42]
    assert not back.is_shuffled


def test_a_saved_queue_with_an_id_twice_keeps_both_tracks():
    queue = Queue.restored([QueueEntry(5, 1), QueueEntry(5, 2)])
    assert tracks_of(queue) == [1, 2]
    assert len({entry.entry_id for entry in queue.entries}) == 2


@st.composite
def changed_queues(draw: st.DrawFn) -> list[Queue]:
    """A queue and all that was made of it, step by step."""
    queues = [Queue()]
    for _ in range(draw(st.integers(0, 12))):
        queue = queues[-1]
        ids = [entry.entry_id for entry in queue.entries] or [0]
        change = draw(st.sampled_from(("add", "move", "remove", "clear", "shuffle", "unshuffle")))
        if change == "add":
            queue = queue.add(draw(TRACKS), draw(st.none() | st.integers(-2, 9)))
        elif change == "move":
            queue = queue.move(draw(st.sampled_from(ids)), draw(st.integers(-2, 9)))
        elif change == "remove":
            queue = queue.remove(draw(st.sampled_from(ids)))
        elif change == "shuffle":
            queue = queue.shuffle(random.Random(draw(st.integers(0, 99))))
        else:
            queue = queue.clear() if change == "clear" else queue.unshuffle()
        queues.append(queue)
    return queues


@given(changed_queues())
def test_an_entry_id_never_means_two_things(queues):
    meant: dict[int, int] = {}
    for queue in queues:
        ids = [entry.entry_id for entry in queue.entries]
        assert len(ids) == len(set(ids))
        for entry in queue.entries:
            assert meant.setdefault(entry.entry_id, entry.track_id) == entry.track_id
            assert entry.entry_id < queue.next_id


@given(changed_queues())
def test_shuffled_or_not_the_same_entries_are_there(queues):
    for queue in queues:
        if queue.unshuffled is not None:
            assert set(queue.unshuffled) == set(queue.entries)


@given(changed_queues())
def test_what_is_saved_comes_back_in_its_order(queues):
    for queue in queues:
        again = Queue.restored(queue.entries, queue.is_shuffled)
        assert again.entries == queue.entries
        assert again.is_shuffled == queue.is_shuffled
