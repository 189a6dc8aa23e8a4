"""How much of a track was heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.player.heard import HeardClock


def test_playing_through_counts_all_of_it() -> None:
    clock = HeardClock()
    clock.start()
    for step in range(41):
        clock.moved_to(step * 250, step * 0.25)
    clock.ended(10_200)
    assert clock.heard_ms == 10_200


def test_a_seek_forward_is_not_heard() -> None:
    clock = HeardClock()
    clock.moved_to(0, 0.0)
    clock.moved_to(1_000, 1.0)
    clock.moved_to(61_000, 1.25)
    clock.moved_to(61_250, 1.5)
    assert clock.heard_ms == 1_250


def test_what_is_heard_twice_counts_twice() -> None:
    clock = HeardClock()
    for position_ms, now_s in ((0, 0.0), (1_000, 1.0), (0, 1.1), (1_000, 2.1)):
        clock.moved_to(position_ms, now_s)
    assert clock.heard_ms == 2_000


def test_a_pause_is_not_heard() -> None:
    clock = HeardClock()
    clock.moved_to(0, 0.0)
    clock.moved_to(500, 0.5)
    clock.interrupted()
    clock.moved_to(700, 900.0)
    clock.moved_to(950, 900.25)
    assert clock.heard_ms == 750


def test_another_track_counts_from_zero() -> None:
    clock = HeardClock()
    clock.moved_to(0, 0.0)
    clock.moved_to(900, 0.9)
    clock.start()
    clock.moved_to(0, 1.0)
    assert clock.heard_ms == 0


@given(st.lists(st.tuples(st.integers(0, 600_000), st.floats(0, 5)), max_size=60))
def test_never_more_is_heard_than_time_has_passed(steps: list[tuple[int, float]]) -> None:
    clock, now_s = HeardClock(), 0.0
    for position_ms, passed_s in steps:
        now_s += passed_s
        clock.moved_to(position_ms, now_s)
    assert 0 <= clock.heard_ms <= now_s * 1_000 + 400 * len(steps) + 1
