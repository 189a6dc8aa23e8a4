"""The pool stands for a few songs of a catalogue of any size."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.groups import Groups
from recommender.data.pool import Pool, distinct

SONGS = 40
hits = st.lists(st.integers(0, SONGS - 1), max_size=60)
some = st.lists(st.integers(0, SONGS - 1), unique=True, max_size=SONGS)


@given(songs=some, hits=hits)
def test_sums_over_a_pool_are_those_over_all_songs(songs: list[int], hits: list[int]) -> None:
    found = np.array(hits, np.int64)
    weights = np.arange(len(hits), dtype=np.float64)
    sums = Pool.of(np.array(songs, np.int64), SONGS).sums(found, weights)
    assert sums.tolist() == np.bincount(found, weights, SONGS)[songs].tolist()


@given(songs=some, hits=hits)
def test_slots_leave_out_what_is_not_in_the_pool(songs: list[int], hits: list[int]) -> None:
    pool = Pool.of(np.array(songs, np.int64), SONGS)
    slots = pool.slots(np.array(hits, np.int64))
    assert pool.songs[slots].tolist() == [song for song in hits if song in songs]
    assert all((song in pool) == (song in songs) for song in range(SONGS))


@given(keys=hits)
def test_distinct_keys_are_found_whatever_stood_in_the_table(keys: list[int]) -> None:
    table = np.full(SONGS, 7, np.int32)
    found, which = distinct(np.array(keys, np.int64), table)
    assert sorted(found.tolist()) == sorted(set(keys))
    assert found[which].tolist() == keys


def test_the_pools_artists_are_a_pool_of_their_own() -> None:
    artist_of = np.array([0, 1, 2, 1, 0, 3], np.int32)
    pool = Pool.of(np.array([1, 3, 5]), 6)
    artists, of = pool.artists(artist_of, 4)
    assert sorted(artists.songs.tolist()) == [1, 3]
    assert artists.songs[of].tolist() == [1, 1, 3]


def test_groups_give_a_codes_songs_in_their_order() -> None:
    year = np.array([9, 2, 5, 1, 7], np.float32)
    groups = Groups(np.array([0, 1, 0, 1, 0], np.int32), 3, year)
    assert groups.of(0).tolist() == [2, 4, 0]
    assert groups.of(1).tolist() == [3, 1]
    assert groups.of(2).tolist() == []


def test_songs_of_several_codes_take_turns() -> None:
    groups = Groups(np.array([0, 0, 0, 1, 1, 2], np.int32), 3, np.arange(6))
    songs = groups.in_turn(np.array([1, 0, 2]), most=2, per_place=2)
    assert songs.tolist() == [3, 0, 4, 5, 1]
