"""The hard rules: which songs may be in the list, how often an artist, and why it is empty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray, IntArray
from recommender.data.pool import Pool

NO_REPEAT = 50
HABIT_PLAYS = 30
USUAL_SHARE, USUAL_RUN = 0.25, 2


@dataclass(frozen=True, slots=True)
class Habit:
    """How one artist may fill a list: at most `share` of the rows, at most `run` in a row."""

    share: float
    run: int


def window_of(songs: int, rows: int) -> int:
    """How many of the last plays may not come back: fewer in a library that is hardly larger."""
    return max(0, min(NO_REPEAT, songs - rows, songs // 2 + 1))


def allowed_in(
    pool: Pool, active: BoolArray, disliked: BoolArray, *outside: Collection[int]
) -> BoolArray:
    """Which candidates may be shown, shape (pool,): `active` and not `disliked`, both of shape
    (songs,), and in none of the collections `outside`."""
    allowed: BoolArray = active[pool.songs] & ~disliked[pool.songs]
    for songs in outside:
        if len(songs):
            allowed[pool.slots(np.fromiter(songs, np.int64, len(songs)))] = False
    return allowed


def habit_of(artists: IntArray) -> Habit:
    """The habit shown by the artists of the last plays, newest first."""
    lately = artists[:HABIT_PLAYS]
    if len(lately) < 5:
        return Habit(USUAL_SHARE, USUAL_RUN)
    _, counts = np.unique(lately, return_counts=True)
    share = float(counts.max() / len(lately))
    edges = np.flatnonzero(np.diff(lately)) + 1
    run = int(np.diff(np.concatenate([[0], edges, [len(lately)]])).max())
    return Habit(max(share, 0.1), run)


def most_rows(habit: Habit, rows: int) -> int:
    """How many of `rows` one artist may have."""
    return max(1, int(np.ceil(habit.share * rows)))


def run_length(artists: IntArray) -> int:
    """How many of the artists, newest first, are the same as the first."""
    others = np.flatnonzero(artists != artists[0]) if len(artists) else artists
    return int(others[0]) if len(others) else len(artists)


def best_first(scores: FloatArray, allowed: BoolArray, most: int, jitter: FloatArray) -> IndexArray:
    """The `most` best allowed places, best first; equal scores are ordered by `jitter`."""
    places = np.flatnonzero(allowed)
    values = scores[places] + np.float32(1e-4) * jitter[places]
    if len(places) > most:
        some = np.argpartition(-values, most - 1)[:most]
        places, values = places[some], values[some]
    result: IndexArray = places[np.argsort(-values, kind="stable")]
    return result


def why_empty(active: BoolArray, disliked: BoolArray) -> str:
    """Why there is nothing to show, in words."""
    if not active.any():
        return "No song can be played now. Add a music folder, or plug in the drive it is on."
    if not (active & ~disliked).any():
        return "You have disliked every song in the library. Take a dislike back to get a list."
    return "Every other song was just played or is already in your queue."
