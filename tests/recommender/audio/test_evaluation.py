"""Counting what is found, on collections small enough to count by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from recommender.audio.evaluation import (
    chance_precision,
    found_by,
    recall_at_1,
    spread_excerpts,
)
from recommender.data.arrays import FloatArray


def directions(*degrees: float) -> FloatArray:
    angles = np.radians(np.array(degrees))
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


SONG = np.array([0, 0, 0, 1, 1])
PLACE = np.array([0, 1, 2, 0, 1])


def test_an_excerpt_counts_when_the_nearest_is_of_its_song() -> None:
    share, hits = recall_at_1(directions(0, 5, 62, 60, 90), SONG, PLACE)
    assert hits.tolist() == [True, True, False, False, False]
    assert (share.value, share.queries) == (2 / 5, 5)
    assert share.chance == pytest.approx((3 * 2 / 4 + 2 * 1 / 4) / 5)


def test_neighbours_can_be_left_out_and_songs_without_others_ask_nothing() -> None:
    share, hits = recall_at_1(directions(0, 50, 5, 60, 90), SONG, PLACE, left_out=1)
    assert hits.tolist() == [True, False, True, False, False]
    assert (share.value, share.queries) == (1.0, 2)
    assert share.chance == pytest.approx(1 / 3)  # one of song 0, two of song 1


def test_a_tie_is_no_hit() -> None:
    share, _ = recall_at_1(directions(0, 0, 0, 0), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert share.value == 0.0


def test_one_excerpt_a_song_gives_no_figure() -> None:
    share, _ = recall_at_1(directions(0, 50), np.array([0, 1]), np.array([0, 0]))
    assert (share.value, share.chance, share.queries) == (None, None, 0)


def test_excerpts_at_three_places_are_far_apart() -> None:
    song, place = np.repeat([0, 1, 2], [12, 3, 2]), np.concatenate([range(12), range(3), range(2)])
    chosen = spread_excerpts(song, place, (0.25, 0.5, 0.75))
    assert place[chosen & (song == 0)].tolist() == [3, 6, 9]
    assert place[chosen & (song == 1)].tolist() == [0, 1, 2]
    assert not chosen[song == 2].any()


def test_songs_find_others_with_their_label() -> None:
    found = found_by(directions(0, 10, 80, 30), ["a", "a", "a", "b"], [])
    assert (found.first.value, found.first.queries) == (2 / 3, 3)
    assert found.first.chance == pytest.approx(2 / 3)
    # 0 finds 1 (a), 3 (b), 2 (a); 1 finds 0, 3, 2; 2 finds 3, 1, 0
    expected = np.mean([(1 + 2 / 3) / 2, (1 + 2 / 3) / 2, (1 / 2 + 2 / 3) / 2])
    assert found.mean_precision.value == pytest.approx(expected)


def test_those_that_share_what_is_left_out_are_no_candidates() -> None:
    vectors = directions(0, 4, 10, 80)
    genre, artist = ["rock", "rock", "jazz", "rock"], ["x", "x", "y", "z"]
    found = found_by(vectors, genre, [artist])
    assert found.first.queries == 3  # the only jazz has nobody to find
    assert found.first.value == pytest.approx(0.0)  # all but the nearest: jazz, in the way
    assert found.first.chance == pytest.approx(np.mean([1 / 2, 1 / 2, 2 / 3]))
    nobody = found_by(vectors, genre, [["", "", "", ""]])
    assert nobody.first.value == pytest.approx(2 / 3)


def test_songs_without_a_label_are_left_alone() -> None:
    found = found_by(directions(0, 1, 2, 3), ["", "", "a", "a"], [])
    assert (found.first.queries, found.first.value) == (2, 1.0)
    assert found_by(directions(0, 1), ["", "b"], []).first.value is None


def test_vectors_that_are_all_the_same_are_worth_nothing() -> None:
    same = directions(5, 5, 5, 5)
    assert found_by(same, ["a", "a", "b", "b"], []).first.value == 0.0


@pytest.mark.parametrize(("relevant", "candidates"), [(1, 1), (1, 3), (2, 4), (3, 3), (2, 6)])
def test_chance_is_the_mean_over_all_orders(relevant: int, candidates: int) -> None:
    precisions = []
    for order in permutations(range(candidates)):
        ranks = [rank for rank, each in enumerate(order, start=1) if each < relevant]
        precisions.append(np.mean([count / rank for count, rank in enumerate(ranks, start=1)]))
    assert chance_precision(relevant, candidates) == pytest.approx(float(np.mean(precisions)))
