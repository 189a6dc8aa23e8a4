"""The order of the rows: each fits what was chosen before it, and follows well on the last."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.pipeline.reranking.rules import Habit, most_rows, run_length

SHORTLIST = 100
DIVERSITY = 0.25
"""What a row loses that is quite like one above it, in nats, where no artist is the habit."""

ARTIST, ALBUM, GENRE = 0.5, 0.3, 0.2
FOLLOWING = 0.5
"""What a row gains that always followed the one above it, in nats."""

NEXT_TRACK = 1.0
SAME_ALBUM = 0.3
MOST_PLACES = 24
NEARNESS = (1.0, 0.4, 0.2)
"""What it counts that a song came one, two or three plays after another."""


def shortlist(order: IndexArray, artist_of: IntArray, most_each: int, most: int) -> IndexArray:
    """The first `most` of `order` with at most `most_each` songs of an artist, so that there are
    others to take turns with."""
    if len(order) <= most:
        return order
    kept: IndexArray = order[turns(artist_of[order]) < most_each][:most]
    return kept if len(kept) == most else order[: max(most, len(kept))]


def likeness(
    catalogue: Catalogue, songs: IndexArray, directions: FloatArray | None = None
) -> FloatArray:
    """How alike songs are by their tags, from 0 to 1, shape (songs, songs); where both have a
    vector in `directions` (songs, dim), its cosine counts as much."""
    alike = np.zeros((len(songs), len(songs)), np.float32)
    for codes, worth in (
        (catalogue.artist, ARTIST), (catalogue.album, ALBUM), (catalogue.genre, GENRE),
    ):  # fmt: skip
        own = codes[songs]
        same = own[:, None] == own
        alike += np.float32(worth) * (same if codes is catalogue.artist else same & (own > 0))
    if directions is not None:
        known: BoolArray = np.linalg.norm(directions, axis=1) > 0
        cosine = np.maximum(directions @ directions.T, 0)
        alike = np.where(known[:, None] & known, (alike + cosine) / 2, alike)
    return alike


def following(history: History, songs: IndexArray) -> FloatArray:
    """How well each song (second axis) follows each other (first axis), from 0 to 1: as it was
    heard in the listener's sessions, and as it stands on the album."""
    by_song = np.argsort(songs)
    places = [history.places_of(song, MOST_PLACES) for song in songs.tolist()]
    counts = np.array([len(each) for each in places], np.int64)
    turns_of = np.concatenate([np.zeros(0, np.int64), *places]).astype(np.int64)
    first = np.repeat(np.arange(len(songs)), counts)
    heard = np.zeros((len(songs), len(songs)), np.float32)
    for step, worth in enumerate(NEARNESS, start=1):
        inside = np.flatnonzero(turns_of + step < history.size)
        then = turns_of[inside] + step
        same = history.session[then] == history.session[turns_of[inside]]
        near = np.searchsorted(songs, history.song[then], sorter=by_song)
        second = by_song[np.minimum(near, len(songs) - 1)]
        kept = same & (songs[second] == history.song[then])
        np.add.at(heard, (first[inside][kept], second[kept]), np.float32(worth))
    follows = heard / (1 + counts[:, None]).astype(np.float32)
    result: FloatArray = np.minimum(1, follows + _on_album(history.catalogue, songs))
    return result


def _on_album(catalogue: Catalogue, songs: IndexArray) -> FloatArray:
    """1 for the album's next of these songs, less for others of it that stand later."""
    album, track = catalogue.album[songs], catalogue.track[songs]
    later = (album[:, None] == album) & (album > 0) & (track[:, None] < track)
    later &= track[:, None] > 0
    gap = np.where(later, track - track[:, None], np.iinfo(np.int32).max)
    is_next = later & (gap == gap.min(axis=1, initial=np.iinfo(np.int32).max)[:, None])
    result: FloatArray = np.where(is_next, NEXT_TRACK, SAME_ALBUM * later).astype(np.float32)
    return result


def in_order(
    scores: FloatArray, alike: FloatArray, follows: FloatArray, artists: IntArray, habit: Habit,
    rows: int, before: IntArray,
) -> list[int]:  # fmt: skip
    """Places of at most `rows` songs in the order in which they are to play.

    The first is the best; each further one is the best by its score, less its likeness to the
    nearest chosen (maximal marginal relevance, Carbonell and Goldstein 1998), and more for
    following the last. `before` are the artists of the last plays, newest first: no artist has more
    rows, or more in a row, than the habit. When only such are left the rule gives way, so that a
    library of one artist still has a list.
    """
    spread = np.float32(DIVERSITY * (1 - habit.share))
    merit = scores.astype(np.float32)
    left: BoolArray = np.ones(len(scores), bool)
    counts = np.zeros(len(scores), np.int64)
    nearest = np.zeros(len(scores), np.float32)
    last, run = (int(before[0]), run_length(before)) if len(before) else (-1, 0)
    chosen: list[int] = []
    for _ in range(min(rows, len(scores))):
        may = left & (counts < most_rows(habit, rows))
        if run >= habit.run:
            may &= artists != last
        place = int(np.argmax(np.where(may if may.any() else left, merit, -np.inf)))
        chosen.append(place)
        left[place] = False
        same = artists == artists[place]
        counts += same
        run = run + 1 if artists[place] == last else 1
        last = int(artists[place])
        np.maximum(nearest, alike[place], out=nearest)
        merit = scores - spread * nearest + np.float32(FOLLOWING) * follows[place]
    return chosen


def varied(order: IndexArray, artist_of: IntArray, genre_of: IntArray) -> IndexArray:
    """An order in which every genre and every artist has its first song before any has a second."""
    turn = turns(artist_of[order])
    by_artist = order[np.argsort(turn, kind="stable")]
    artist_turn = np.sort(turn, kind="stable")
    genre_turn = np.zeros(len(order), np.int64)
    for number in np.unique(artist_turn[:1000]):
        block = artist_turn == number
        genre_turn[block] = turns(genre_of[by_artist[block]])
    result: IndexArray = by_artist[np.lexsort((genre_turn, artist_turn))]
    return result


def turns(keys: IntArray) -> IndexArray:
    """For each place, how often its key has come before."""
    order = np.argsort(keys, kind="stable")
    grouped = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], grouped[1:] != grouped[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(keys)]]))
    result = np.empty(len(keys), np.int64)
    result[order] = np.arange(len(keys)) - np.repeat(starts, counts)
    return result
