"""The soft rules of the list, one by one."""

from __future__ import annotations

import numpy as np

from recommender.data.history import History
from recommender.data.pool import Pool
from recommender.pipeline.reranking.leanings import (
    COOL_DOWN,
    LEAN,
    SUNK,
    UNHEARD,
    cool_down,
    lean,
    passed_over,
    patience_of,
    reach_of,
)
from tests.recommender.listening import NOON_S, heard

DAY_S = 86_400.0


def history_of(songs: list[int], gap_min: float = 4) -> History:
    return heard(songs, gap_min=gap_min).history


def test_patience_is_learnt_from_how_soon_songs_were_repeated() -> None:
    assert patience_of(history_of([*range(20)] * 3), window=5) == 20
    assert patience_of(history_of([*range(8)] * 6), window=5) == 8


def test_repeats_within_the_window_and_a_few_beyond_it_teach_no_patience() -> None:
    assert patience_of(history_of([*range(4)] * 12), window=5) == 5
    assert patience_of(history_of([*range(30), 0, 1, 2]), window=5) == 5


def test_a_song_is_cool_after_its_while_and_not_before() -> None:
    history = history_of([*range(40)])
    lost = cool_down(history, np.array([34, 19, 4, 50]), turn=40, window=5, patience=21)
    assert lost.tolist() == [np.float32(COOL_DOWN * 15 / 16), 0, 0, 0]


def test_without_patience_beyond_the_window_nothing_is_lost() -> None:
    history = history_of([*range(40)])
    assert not cool_down(history, np.arange(60), turn=40, window=50, patience=50).any()


def test_songs_passed_over_again_and_again_sink_at_most_so_far() -> None:
    pool = Pool.of(np.array([7, 3, 5]), 10)
    assert passed_over(pool, {3: 12, 5: 18, 7: 40, 9: 40}).tolist() == [SUNK, 0, SUNK / 2]


def test_in_the_middle_the_slider_does_nothing() -> None:
    assert not lean(history_of([1, 1, 2]), np.arange(60), NOON_S, 0.5, LEAN).any()


def test_towards_familiar_the_songs_heard_most_gain_and_those_never_heard_sink() -> None:
    gained = lean(history_of([1, 1, 1, 2]), np.array([1, 2, 3]), NOON_S, 0.0, LEAN)
    assert gained[0] == LEAN > gained[1] > 0 > gained[2] == -LEAN


def test_towards_discovery_songs_never_heard_gain_and_so_do_those_not_heard_for_long() -> None:
    history = history_of([1, 2], gap_min=365 * 24 * 60)
    now_s = NOON_S + 365 * DAY_S
    gained = lean(history, np.array([3, 1, 2]), now_s, 1.0, LEAN)
    assert gained[0] == LEAN > gained[1] > gained[2] == 0
    assert gained[1] < LEAN * UNHEARD


def test_the_slider_works_by_degrees() -> None:
    history, songs = history_of([1, 1, 2]), np.arange(60)
    for end in (0.0, 1.0):
        whole = lean(history, songs, NOON_S, end, LEAN)
        half = lean(history, songs, NOON_S, (end + 0.5) / 2, LEAN)
        np.testing.assert_allclose(half, whole / 2)


def test_the_ends_reach_as_far_as_the_best_is_ahead_of_the_middle() -> None:
    assert reach_of(np.array([12, 1, 0, -1, -2], np.float32)) == 12
    assert reach_of(np.array([1, 0, -1], np.float32)) == LEAN
    assert reach_of(np.zeros(0, np.float32)) == LEAN
