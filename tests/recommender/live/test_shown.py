"""What was in the list while other songs were played."""

from __future__ import annotations

from recommender.live.shown import IN_SIGHT, PLAYS, Shown


def test_each_play_counts_the_rows_that_were_in_sight() -> None:
    shown = Shown()
    shown.show([4, 5, 6])
    shown.play(1, 100.0)
    shown.show([5, 7, *range(100, 200)])
    shown.play(2, 300.0)
    times = shown.times(400.0)
    assert (times[5], times[4], times[7], times[199]) == (2, 1, 1, 0)
    assert len(times) == 3 + IN_SIGHT - 1


def test_lists_that_no_play_passed_over_count_nothing() -> None:
    shown = Shown()
    for _ in range(9):
        shown.show([4])
    assert not shown.times(0.0)


def test_a_play_taken_back_passed_over_nothing() -> None:
    shown = Shown()
    shown.show([4])
    shown.play(1, 100.0)
    shown.play(2, 200.0)
    shown.take_back(1)
    assert shown.times(300.0) == {4: 1}


def test_another_session_begins_without() -> None:
    shown = Shown()
    shown.show([4])
    shown.play(1, 100.0)
    assert not shown.times(100.0 + 3_600)
    shown.play(2, 100.0 + 3_600)
    assert shown.times(3_800.0) == {4: 1}


def test_old_plays_are_forgotten_so_that_a_song_comes_back() -> None:
    shown = Shown()
    shown.show([4])
    shown.play(1, 1.0)
    shown.show([5])
    for number in range(PLAYS):
        shown.play(2 + number, 2.0 + number)
    assert 4 not in shown.times(40.0)
