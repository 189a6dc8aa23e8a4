"""Candidates: the experts' proposals and some exploration, united into one pool."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.data.pool import OUTSIDE, Pool, distinct

MOST = 8_000
"""So many songs are scored at the utmost; a library that is no larger is considered whole."""

EXPLORED = 0.1
"""The share of the pool that proposals never take."""

EXPLORATION = "exploration"
NEW_OF_AN_ARTIST, LOOKED_AT = 8, 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """Songs that `name` proposes, the best first; `most` is how many it may at the utmost."""

    name: str
    songs: IndexArray
    most: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pool of one moment, and who proposed which of its songs; empty for a whole library."""

    pool: Pool
    by: Mapping[str, IndexArray]


def candidates(
    history: History, proposals: Collection[Proposal], also: Collection[int], turn: int,
    most: int = MOST,
) -> Candidates:  # fmt: skip
    """A pool of at most `most` songs that are there, and those in `also`.

    When the proposals are too many, every expert keeps the same share of what it may propose.
    """
    catalogue = history.catalogue
    united = _united(catalogue, proposals)[: int(most * (1 - EXPLORED))]
    taken = Pool.of(united, len(catalogue))
    step = max(1, int(most * EXPLORED / 2))
    explored = explore(history, taken, most - len(united), turn, step)
    extra = [song for song in also if song not in taken]
    songs = np.concatenate([united, explored, np.array(extra, np.int64)])
    pool = Pool.of(np.sort(distinct(songs, catalogue.table)[0]), len(catalogue))
    by = {each.name: each.songs[pool.slot[each.songs] != OUTSIDE] for each in proposals}
    return Candidates(pool, {**by, EXPLORATION: explored})


def _united(catalogue: Catalogue, proposals: Collection[Proposal]) -> IndexArray:
    """All that is proposed and there, each song at the best place that an expert gives it."""
    songs = [np.zeros(0, np.int64)]
    places: list[FloatArray] = [np.zeros(0, np.float32)]
    for each in proposals:
        songs.append(each.songs)
        places.append(np.arange(len(each.songs), dtype=np.float32) / np.float32(max(each.most, 1)))
    named = np.concatenate(songs)
    named = named[np.argsort(np.concatenate(places), kind="stable")]
    backwards, _ = distinct(named[::-1], catalogue.table)
    first = backwards[::-1]
    return first[catalogue.active[first]]


def explore(history: History, taken: Pool, room: int, turn: int, step: int) -> IndexArray:
    """Songs beside those taken: new songs of known artists in half of the room, then any songs.

    Both go round the library with the turns, the second by `step` songs a turn, so that after a
    while every song has had its chance. At least `step` songs have to fit in half of the room.
    What is found counts as taken afterwards.
    """
    catalogue = history.catalogue
    known, _ = distinct(catalogue.artist[history.heard], catalogue.table)
    start = turn * step % max(1, len(known))
    round_ = np.concatenate([known[start:], known[:start]])[: room // NEW_OF_AN_ARTIST + 1]
    new = catalogue.artist_songs.in_turn(round_, LOOKED_AT)
    new = new[(history.plays[new] == 0) & _free(catalogue, taken, new)][: room // 2]
    taken.slot[new] = len(taken)
    chosen = [new]
    left, size = room - len(new), len(catalogue)
    for at in range(0, size, room):
        window = catalogue.shuffled[(turn * step + np.arange(at, min(at + room, size))) % size]
        found = window[_free(catalogue, taken, window)][:left]
        taken.slot[found] = len(taken)
        chosen.append(found.astype(np.int64))
        left -= len(found)
        if left <= 0:
            break
    return np.concatenate(chosen)


def _free(catalogue: Catalogue, taken: Pool, songs: IndexArray | IntArray) -> BoolArray:
    """Whether each song is there and not taken yet."""
    free: BoolArray = catalogue.active[songs] & (taken.slot[songs] == OUTSIDE)
    return free
