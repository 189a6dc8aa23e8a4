"""Rows for gradient boosting: one for each song to predict, from the past and the songs alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.skips.past import levels, past
from recommender.skips.sessions import LONGEST, Field, Halves

BEFORE = (0, 1, 2, 7, 8)
AFTER = (0, 1, 2, 5, 6, 7, 8)
"""Which of a song's figures are told of its neighbours."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Features of shape (rows, features), with the session and the place each row is about."""

    features: FloatArray
    sessions: IndexArray
    places: IndexArray


def rows_of(halves: Halves, figures: FloatArray) -> Rows:
    """A row for each asked place; `figures` are `SongStatistics.figures` of the sessions."""
    parts = []
    for known in np.unique(halves.known):
        which = np.flatnonzero(halves.known == known)
        parts += _rows_of_group(halves.take(which), figures[which], which)
    features, sessions, places = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Rows(features, sessions, places)


def _rows_of_group(
    halves: Halves, figures: FloatArray, which: IndexArray
) -> list[tuple[FloatArray, IndexArray, IndexArray]]:
    songs, known = halves.songs, int(halves.known[0])
    same = (songs[:, :, None] == songs[:, None, :]) & (songs >= 0)[:, None, :]
    base = past(halves, figures, same)
    level = levels(halves.values)
    parts = []
    for place in range(known, int(halves.lengths.max())):
        there = np.flatnonzero(halves.lengths > place)
        some = halves.take(there)
        columns = [
            _place(some, place),
            _around(figures[there], some, place),
            _repeats(some, same[there, place], level[there], place),
            _moves(some.songs, same[there], place),
        ]
        features = np.concatenate([base[there], *columns], axis=1).astype(np.float32)
        parts.append((features, which[there], np.full(len(there), place)))
    return parts


def _place(some: Halves, place: int) -> FloatArray:
    ahead = place - some.known
    left = some.lengths - place - 1
    columns = [ahead, 0 * ahead + place, left, (place + 1) / some.lengths,
               (ahead + 1) / (some.lengths - some.known)]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _around(figures: FloatArray, some: Halves, place: int) -> FloatArray:
    """The figures of the song, of the one before it and of the one after it."""
    next_one = figures[:, min(place + 1, LONGEST - 1)][:, AFTER]
    after = np.where((some.lengths > place + 1)[:, None], next_one, np.float32(np.nan))
    result: FloatArray = np.concatenate(
        [figures[:, place], figures[:, place - 1][:, BEFORE], after], axis=1
    )
    return result


def _repeats(some: Halves, same: BoolArray, level: FloatArray, place: int) -> FloatArray:
    """Whether the song was or will be in the session, and what became of it when known."""
    known = int(some.known[0])
    heard, between, later = same[:, :known], same[:, known:place], same[:, place + 1 :]
    times = heard.sum(1)
    last = known - 1 - heard[:, ::-1].argmax(1)
    line = np.arange(len(times))
    skips = (heard * some.values[:, :known, Field.SKIP_2]).sum(1)
    columns = [
        times, _distance(heard[:, ::-1]),
        np.where(times > 0, level[line, last], np.nan),
        np.where(times > 0, some.values[line, last, Field.END], np.nan),
        np.where(times > 0, skips / np.maximum(times, 1), np.nan),
        between.sum(1), _distance(between[:, ::-1]), later.sum(1), _distance(later),
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _distance(found: BoolArray) -> FloatArray:
    """How many places away the first True stands; NaN without one."""
    if not found.shape[1]:
        return np.full(len(found), np.nan, np.float32)
    steps = found.argmax(1) + np.float32(1)
    result: FloatArray = np.where(found.any(1), steps, np.nan).astype(np.float32)
    return result


def _moves(songs: IndexArray, same: BoolArray, place: int) -> FloatArray:
    """Which steps to and fro the order of the songs gives away."""
    none = np.full(len(songs), -2)
    here, before = songs[:, place], songs[:, place - 1]
    columns = [here == songs[:, place - back] if place >= back else none == 0 for back in (1, 2, 3)]
    first = songs[:, place + 1] if place + 1 < LONGEST else none
    second = songs[:, place + 2] if place + 2 < LONGEST else none
    columns += [first == before, first == here, second == here, second == before]
    old = same[:, place + 1, :place].sum(1) if place + 1 < LONGEST else 0 * here
    return np.stack([*columns, old], axis=1).astype(np.float32)
