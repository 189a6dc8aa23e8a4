"""Slides and fades as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.row_motion import FIRST_OPACITY, GLOW_MS, REST, SLIDE_MS, RowMotions, order_changes

KEYS = st.lists(st.integers(0, 12), unique=True, max_size=13)


def tops(keys: list[int]) -> dict[int, float]:
    return {key: 50.0 * place for place, key in enumerate(keys)}


def test_one_song_that_climbs_is_one_change_and_the_others_stay():
    assert order_changes([1, 2, 3, 4, 5], [4, 1, 2, 3, 5]) == {4: 3}


def test_one_song_that_sinks_is_one_change_downwards():
    assert order_changes([1, 2, 3, 4], [2, 3, 4, 1]) == {1: -3}


def test_the_first_leaving_moves_nobody():
    assert order_changes([1, 2, 3], [2, 3, 9]) == {}


@given(KEYS, KEYS)
def test_nothing_is_said_to_move_exactly_when_the_order_is_the_same(old: list[int], new: list[int]):
    before = [key for key in old if key in new]
    after = [key for key in new if key in old]
    assert (order_changes(old, new) == {}) == (before == after)


def test_a_row_starts_where_it_was_and_ends_where_it_belongs():
    motions = RowMotions()
    motions.change(0, tops([1, 2]), tops([2, 1]), {}, {})
    assert motions.pose(1, 0).offset_px == -50
    assert -50 < motions.pose(1, SLIDE_MS / 3).offset_px < 0
    assert motions.pose(1, SLIDE_MS).offset_px == 0


def test_a_new_list_during_a_slide_starts_from_the_present_places():
    motions = RowMotions()
    motions.change(0, tops([1, 2, 3]), tops([3, 1, 2]), {}, {})
    shown = 100 + 0 + motions.pose(3, 60).offset_px - 100
    motions.change(60, tops([3, 1, 2]), tops([1, 2, 3]), {}, {})
    assert 100 + motions.pose(3, 60).offset_px == shown


def test_a_new_row_can_be_read_in_its_first_frame():
    motions = RowMotions()
    motions.change(0, tops([1]), tops([1, 2]), {}, {})
    assert motions.pose(2, 0).opacity == pytest.approx(FIRST_OPACITY)
    assert motions.pose(2, SLIDE_MS).opacity == 1


def test_a_row_that_is_gone_fades_and_is_forgotten():
    motions = RowMotions()
    motions.change(0, tops([1]), tops([1]), {}, {2: 50.0})
    assert [ghost.key for ghost in motions.ghosts(0)] == [2]
    assert motions.ghosts(SLIDE_MS) == []


def test_a_row_that_comes_back_while_fading_is_no_ghost_beside_itself():
    motions = RowMotions()
    motions.change(0, tops([1]), {}, {}, {1: 0.0})
    motions.change(50, {}, tops([1]), {}, {})
    assert motions.ghosts(60) == []


def test_a_climber_glows_and_then_rests():
    motions = RowMotions()
    motions.change(0, tops([1, 2]), tops([2, 1]), {2: 1}, {})
    assert motions.pose(2, SLIDE_MS).rise == 1
    assert motions.pose(2, SLIDE_MS).glow > 0.5
    assert motions.active(GLOW_MS - 1)
    assert not motions.active(GLOW_MS)


@given(st.lists(st.tuples(KEYS, st.floats(0, 400)), max_size=8))
def test_after_any_lists_everything_comes_to_rest(changes: list[tuple[list[int], float]]):
    motions, now, old = RowMotions(), 0.0, []
    for new, pause in changes:
        before, after = tops(old), tops(new)
        lost = {key: top for key, top in before.items() if key not in after}
        known = {key: top for key, top in before.items() if key in after}
        painted = {key: top + motions.pose(key, now).offset_px for key, top in known.items()}
        motions.change(now, known, after, order_changes(old, new), lost)
        for key, top in painted.items():  # nothing jumps
            assert abs(after[key] + motions.pose(key, now).offset_px - top) <= 0.5
        now, old = now + pause, new
    now += GLOW_MS + 1
    assert not motions.active(now)
    assert motions.ghosts(now) == []
    assert all(motions.pose(key, now).offset_px == 0 for key in old)
    motions.clear()
    assert all(motions.pose(key, now) == REST for key in old)
