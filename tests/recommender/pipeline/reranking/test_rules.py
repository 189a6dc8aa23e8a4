"""The hard rules of the list, one by one."""

from __future__ import annotations

import numpy as np

from recommender.data.pool import Pool
from recommender.pipeline.reranking.rules import (
    Habit,
    allowed_in,
    best_first,
    habit_of,
    most_rows,
    run_length,
    why_empty,
    window_of,
)


def flags(*values: int) -> np.ndarray:
    return np.array(values, bool)


def test_only_songs_that_are_there_and_wanted_and_fresh_are_allowed() -> None:
    pool = Pool.whole(5)
    allowed = allowed_in(pool, flags(1, 1, 1, 1, 0), flags(0, 1, 0, 0, 0), {2}, [3], set())
    assert allowed.tolist() == [True, False, False, False, False]


def test_what_is_allowed_is_told_of_the_candidates_alone() -> None:
    pool = Pool.of(np.array([4, 2]), 5)
    allowed = allowed_in(pool, flags(1, 1, 1, 1, 1), flags(0, 0, 0, 0, 0), {2, 3})
    assert allowed.tolist() == [True, False]


def test_the_window_without_repeats_leaves_room_for_a_list() -> None:
    assert window_of(10_000, 20) == 50
    assert window_of(30, 20) == 10
    assert window_of(5, 20) == 0


def test_the_habit_is_read_from_the_last_plays() -> None:
    habit = habit_of(np.array([1, 1, 2, 1, 3, 3], np.int32))
    assert habit == Habit(0.5, 2)


def test_too_few_plays_show_no_habit() -> None:
    assert habit_of(np.array([1, 1], np.int32)) == Habit(0.25, 2)


def test_an_artist_has_at_least_one_row() -> None:
    assert most_rows(Habit(0.4, 1), 5) == 2
    assert most_rows(Habit(0.1, 1), 2) == 1


def test_a_run_is_counted_from_the_newest_play() -> None:
    assert run_length(np.array([3, 3, 1, 3], np.int32)) == 2
    assert run_length(np.array([3, 3], np.int32)) == 2
    assert run_length(np.array([], np.int32)) == 0


def test_the_best_come_first_and_equal_scores_follow_the_jitter() -> None:
    scores = np.array([1, 2, 2, 0], np.float32)
    jitter = np.array([0, 0.1, 0.9, 0], np.float32)
    assert best_first(scores, flags(1, 1, 1, 0), 2, jitter).tolist() == [2, 1]


def test_an_empty_list_says_why() -> None:
    none, some = flags(), flags(1, 1)
    assert "Add a music folder" in why_empty(none, none)
    assert "disliked every song" in why_empty(some, some)
    assert "just played" in why_empty(some, flags(0, 1))
