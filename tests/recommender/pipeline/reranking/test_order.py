"""The order of the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.pipeline.reranking.order import (
    SAME_ALBUM,
    following,
    in_order,
    likeness,
    shortlist,
    turns,
    varied,
)
from recommender.pipeline.reranking.rules import Habit
from tests.recommender.listening import heard, library

FREE = Habit(1.0, 99)


def ordered(
    artists: Sequence[int], habit: Habit, rows: int, before: Sequence[int] = (),
    scores: Sequence[float] | None = None, alike: np.ndarray | None = None,
    follows: np.ndarray | None = None,
) -> list[int]:  # fmt: skip
    """The rows of songs whose scores fall by 1 from place to place, if nothing else is said."""
    size = len(artists)
    none = np.zeros((size, size), np.float32)
    falling = -np.arange(size, dtype=np.float32)
    return in_order(
        falling if scores is None else np.array(scores, np.float32),
        none if alike is None else alike,
        none if follows is None else follows,
        np.array(artists, np.int32), habit, rows, np.array(before, np.int32),
    )  # fmt: skip


def test_an_artist_fills_no_more_rows_than_the_habit_says() -> None:
    assert ordered([0, 0, 0, 0, 1, 2, 3, 4], Habit(0.4, 1), 5) == [0, 4, 1, 5, 6]


def test_the_artist_that_just_played_waits_when_runs_are_not_the_habit() -> None:
    assert ordered([0, 1, 0], Habit(1.0, 1), 2, before=[0]) == [1, 0]


def test_a_song_that_waits_comes_as_soon_as_it_may() -> None:
    assert ordered([0, 0, 1, 2], Habit(1.0, 1), 4) == [0, 2, 1, 3]


def test_a_library_of_one_artist_still_has_a_list() -> None:
    assert ordered([0, 0, 0, 0], Habit(0.2, 1), 3) == [0, 1, 2]


def test_of_two_songs_as_good_the_one_less_like_the_rows_above_comes_first() -> None:
    alike = np.zeros((3, 3), np.float32)
    alike[0, 1] = alike[1, 0] = 1
    scores = [1.0, 0.1, 0.0]
    assert ordered([0, 1, 2], Habit(0.2, 9), 3, scores=scores, alike=alike) == [0, 2, 1]
    assert ordered([0, 1, 2], Habit(1.0, 9), 3, scores=scores, alike=alike) == [0, 1, 2]


def test_a_row_that_follows_well_comes_right_after_but_never_before_the_best() -> None:
    follows = np.zeros((4, 4), np.float32)
    follows[0, 3] = follows[3, 0] = follows[3, 2] = 1
    scores = [0.3, 0.2, 0.1, 0.0]
    assert ordered([0, 1, 2, 3], FREE, 4, scores=scores, follows=follows) == [0, 3, 2, 1]


def test_what_follows_well_does_not_overtake_what_is_far_better() -> None:
    follows = np.zeros((3, 3), np.float32)
    follows[0, 2] = 1
    assert ordered([0, 1, 2], FREE, 3, follows=follows) == [0, 1, 2]


def test_songs_are_alike_by_artist_album_and_genre() -> None:
    catalogue = Catalogue(library(60))
    alike = likeness(catalogue, np.array([0, 12, 24, 3, 1]))
    assert np.allclose(alike[0], [1, 0.7, 1, 0.2, 0])
    assert np.array_equal(alike, alike.T)


def test_songs_are_alike_by_their_vectors_where_both_have_one() -> None:
    directions = np.array([[1, 0], [0.8, 0.6], [0, 0], [-1, 0]], np.float32)
    alike = likeness(Catalogue(library(60)), np.array([0, 1, 13, 2]), directions)
    assert np.allclose(alike[0], [1, 0.4, 0, 0])
    assert np.allclose(alike[1, 2], 0.7)


def test_what_was_heard_one_after_another_follows() -> None:
    history = heard([5, 7, 5, 7, 9], songs=60).history
    follows = following(history, np.array([9, 7, 5, 30]))
    assert follows[2, 1] > follows[1, 0] > follows[2, 0] > 0
    assert not follows[3].any()
    assert not follows[:, 3].any()


def test_what_opens_another_session_does_not_follow() -> None:
    history = heard([5, 7], gap_min=120).history
    assert not following(history, np.array([5, 7])).any()


def test_the_next_track_of_an_album_follows_best_and_none_goes_back() -> None:
    songs = np.array([48, 0, 24])
    follows = following(History(Catalogue(library(60))), songs)
    assert follows[1].tolist() == [np.float32(SAME_ALBUM), 0, 1]
    assert follows[2].tolist() == [1, 0, 0]
    assert not follows[0].any()


def test_the_shortlist_leaves_room_for_other_artists() -> None:
    artists = np.array([0, 0, 0, 0, 1, 2], np.int32)
    assert shortlist(np.arange(6), artists, most_each=2, most=4).tolist() == [0, 1, 4, 5]
    assert shortlist(np.arange(6), artists, most_each=2, most=9).tolist() == list(range(6))
    assert shortlist(np.arange(6), artists * 0, most_each=2, most=4).tolist() == [0, 1, 2, 3]


def test_every_artist_and_genre_comes_once_before_any_comes_twice() -> None:
    artists = np.array([0, 0, 1, 1, 2, 2], np.int32)
    genres = np.array([0, 0, 0, 0, 1, 1], np.int32)
    order = varied(np.arange(6), artists, genres)
    assert artists[order[:3]].tolist() == [0, 2, 1]
    assert sorted(order.tolist()) == list(range(6))


def test_turns_count_how_often_a_key_came_before() -> None:
    assert turns(np.array([4, 4, 1, 4, 1], np.int32)).tolist() == [0, 1, 0, 2, 1]
