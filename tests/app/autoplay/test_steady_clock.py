from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.autoplay.steady_clock import DAY_S, SteadyClock

times = st.lists(st.floats(0, 4e9), min_size=1, max_size=30)


def test_a_clock_that_goes_on_is_left_alone():
    clock = SteadyClock()
    assert [clock.take(at_s) for at_s in (5.0, 6.0, 1e9)] == [5.0, 6.0, 1e9]


def test_after_a_step_back_of_years_distances_and_hours_stay_true():
    clock = SteadyClock()
    clock.take(1_000 * DAY_S + 50.0)
    first, second = clock.take(10 * DAY_S + 20.0), clock.take(10 * DAY_S + 320.0)
    assert first == 1_001 * DAY_S + 20.0
    assert second - first == 300.0


def test_a_small_step_back_stands_still_until_time_has_caught_up():
    clock = SteadyClock()
    assert [clock.take(at_s) for at_s in (100.0, 97.0, 99.0, 103.0)] == [100, 100, 100, 103]


@given(times)
def test_time_only_goes_on(moments):
    clock = SteadyClock()
    steady = [clock.take(at_s) for at_s in moments]
    assert all(a <= b for a, b in itertools.pairwise(steady))


@given(times, st.floats(0, 4e9))
def test_a_look_changes_nothing(moments, later_s):
    clock, other = SteadyClock(), SteadyClock()
    for at_s in moments:
        clock.take(at_s)
        other.take(at_s)
        clock.look(later_s)
    assert clock.take(later_s) == other.take(later_s)


@given(times, times)
def test_a_clock_made_from_its_numbers_goes_on_the_same(before, after):
    clock = SteadyClock()
    for at_s in before:
        clock.take(at_s)
    again = SteadyClock(clock.last_s, clock.offset_s)
    assert [again.take(at_s) for at_s in after] == [clock.take(at_s) for at_s in after]
