"""The rules of the list, one by one."""

from __future__ import annotations

import numpy as np

from recommender.pipeline.reranking import (
    Habit,
    allowed_songs,
    best_first,
    habit_of,
    most_rows,
    spaced,
    varied,
    why_empty,
    window_of,
)


def flags(*values: int) -> np.ndarray:
    return np.array(values, bool)


def test_only_songs_that_are_there_and_wanted_and_fresh_are_allowed() -> None:
    allowed = allowed_songs(flags(1, 1, 1, 1, 0), flags(0, 1, 0, 0, 0), {2}, [3])
    assert allowed.tolist() == [True, False, False, False, False]


def test_the_window_without_repeats_leaves_room_for_a_list() -> None:
    assert window_of(10_000, 20) == 50
    assert window_of(30, 20) == 10
    assert window_of(5, 20) == 0


def test_the_habit_is_read_from_the_last_plays() -> None:
    habit = habit_of(np.array([1, 1, 2, 1, 3, 3], np.int32))
    assert habit == Habit(0.5, 2)


def test_too_few_plays_show_no_habit() -> None:
    assert habit_of(np.array([1, 1], np.int32)) == Habit(0.25, 2)


def test_an_artist_fills_no_more_rows_than_the_habit_says() -> None:
    artists = np.array([0, 0, 0, 0, 1, 2, 3, 4], np.int32)
    chosen = spaced(np.arange(8), artists, Habit(0.4, 1), 5)
    assert chosen == [0, 4, 1, 5, 6]
    assert most_rows(Habit(0.4, 1), 5) == 2


def test_the_artist_that_just_played_waits_when_runs_are_not_the_habit() -> None:
    artists = np.array([0, 1, 0], np.int32)
    assert spaced(np.arange(3), artists, Habit(1.0, 1), 2, before=[0]) == [1, 0]


def test_a_song_that_waits_comes_as_soon_as_it_may() -> None:
    artists = np.array([0, 0, 1, 2], np.int32)
    assert spaced(np.arange(4), artists, Habit(1.0, 1), 4) == [0, 2, 1, 3]


def test_a_library_of_one_artist_still_has_a_list() -> None:
    assert spaced(np.arange(4), np.zeros(4, np.int32), Habit(0.2, 1), 3) == [0, 1, 2]


def test_every_artist_and_genre_comes_once_before_any_comes_twice() -> None:
    artists = np.array([0, 0, 1, 1, 2, 2], np.int32)
    genres = np.array([0, 0, 0, 0, 1, 1], np.int32)
    order = varied(np.arange(6), artists, genres)
    assert artists[order[:3]].tolist() == [0, 2, 1]
    assert sorted(order.tolist()) == list(range(6))


def test_the_best_come_first_and_equal_scores_follow_the_jitter() -> None:
    scores = np.array([1, 2, 2, 0], np.float32)
    jitter = np.array([0, 0.1, 0.9, 0], np.float32)
    assert best_first(scores, flags(1, 1, 1, 0), 2, jitter).tolist() == [2, 1]


def test_an_empty_list_says_why() -> None:
    none, some = flags(), flags(1, 1)
    assert "Add a music folder" in why_empty(0, none, none)
    assert "disliked every song" in why_empty(2, some, some)
    assert "just played" in why_empty(2, some, flags(0, 1))
