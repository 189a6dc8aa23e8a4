"""Re-ranking: the rules of the list, each a small function over dense song indexes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray, IntArray

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


def allowed_songs(
    active: BoolArray, disliked: BoolArray, excluded: Collection[int], recent: Sequence[int]
) -> BoolArray:
    """The songs that may be shown: present, not disliked, not excluded, not just played."""
    allowed: BoolArray = active & ~disliked
    allowed[list(excluded)] = False
    allowed[list(recent)] = False
    return allowed


def habit_of(artists: IntArray) -> Habit:
    """The habit shown by the artists of the last plays, newest first."""
    lately = artists[:HABIT_PLAYS]
    if len(lately) < 5:
        return Habit(USUAL_SHARE, USUAL_RUN)
    share = float(np.bincount(lately).max() / len(lately))
    edges = np.flatnonzero(np.diff(lately)) + 1
    run = int(np.diff(np.concatenate([[0], edges, [len(lately)]])).max())
    return Habit(max(share, 0.1), run)


def most_rows(habit: Habit, rows: int) -> int:
    """How many of `rows` one artist may have."""
    return max(1, int(np.ceil(habit.share * rows)))


def spaced(
    ordered: IndexArray, artist_of: IntArray, habit: Habit, rows: int, before: Sequence[int] = ()
) -> list[int]:
    """The first `rows` of `ordered` that keep to the habit; `before` are artists, newest first.

    A song that has to wait for its artist's turn comes as soon as it may. When too few are left
    the rule gives way, so that a library of one artist still has a list.
    """
    most = most_rows(habit, rows)
    counts: dict[int, int] = {}
    last = before[0] if before else -1
    run = _run_length(before)
    left = list(zip(ordered.tolist(), artist_of[ordered].tolist(), strict=True))
    chosen: list[int] = []
    while left and len(chosen) < rows:
        place = next(
            (
                place
                for place, (_, artist) in enumerate(left)
                if counts.get(artist, 0) < most and (artist != last or run < habit.run)
            ),
            0,
        )
        song, artist = left.pop(place)
        run = run + 1 if artist == last else 1
        last = artist
        counts[artist] = counts.get(artist, 0) + 1
        chosen.append(song)
    return chosen


def _run_length(artists: Sequence[int]) -> int:
    run = 0
    while run < len(artists) and artists[run] == artists[0]:
        run += 1
    return run


def varied(order: IndexArray, artist_of: IntArray, genre_of: IntArray) -> IndexArray:
    """An order in which every genre and every artist has its first song before any has a second."""
    turn = _turns(artist_of[order])
    by_artist = order[np.argsort(turn, kind="stable")]
    artist_turn = np.sort(turn, kind="stable")
    genre_turn = np.zeros(len(order), np.int64)
    for number in np.unique(artist_turn[:1000]):
        block = artist_turn == number
        genre_turn[block] = _turns(genre_of[by_artist[block]])
    result: IndexArray = by_artist[np.lexsort((genre_turn, artist_turn))]
    return result


def _turns(keys: IntArray) -> IndexArray:
    """For each place, how often its key has come before."""
    order = np.argsort(keys, kind="stable")
    grouped = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], grouped[1:] != grouped[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(keys)]]))
    turns = np.empty(len(keys), np.int64)
    turns[order] = np.arange(len(keys)) - np.repeat(starts, counts)
    return turns


def best_first(scores: FloatArray, allowed: BoolArray, most: int, jitter: FloatArray) -> IndexArray:
    """The `most` best allowed songs, best first; equal scores are ordered by `jitter`."""
    places = np.flatnonzero(allowed)
    values = scores[places] + np.float32(1e-4) * jitter[places]
    if len(places) > most:
        some = np.argpartition(-values, most - 1)[:most]
        places, values = places[some], values[some]
    result: IndexArray = places[np.argsort(-values, kind="stable")]
    return result


def why_empty(songs: int, active: BoolArray, disliked: BoolArray) -> str:
    """Why there is nothing to show, in words."""
    if songs == 0 or not active.any():
        return "No song can be played now. Add a music folder, or plug in the drive it is on."
    if not (active & ~disliked).any():
        return "You have disliked every song in the library. Take a dislike back to get a list."
    return "Every other song was just played or is already in your queue."
