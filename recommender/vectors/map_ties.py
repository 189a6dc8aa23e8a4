"""The ties of the map: which songs pull at each other, and how strongly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.vectors.map_features import artist_features, nearest

WINDOW, DECAY = 10, 0.85
"""Plays of one session so far apart still count as heard together, each step less."""

DOUBT = 1.0
"""A pair heard together once is believed by half."""

HEARD_TIES, NEAR_ARTISTS = 6, 8
TOGETHER, ALBUM, ARTIST, NEAR = 1.5, 1.0, 0.8, 0.9
"""How strongly a song is held by songs heard with it, its album, its artist, artists like it."""


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs of songs `first` and `second`, each once, and `weight`: a song's ties sum to about 1.

    All of shape (ties,).
    """

    first: IndexArray
    second: IndexArray
    weight: FloatArray


def ties_of(
    catalogue: Catalogue, history: History, text: FloatArray | None, rng: np.random.Generator
) -> Ties:
    """The ties of all songs of a catalogue; `text` as in `lay_out`."""
    size = len(catalogue)
    kinds = [
        (TOGETHER, _strongest(together(history, history.song, size), HEARD_TIES)),
        (ALBUM, _along_albums(catalogue)),
        (ARTIST, _within_artists(catalogue, rng)),
        (NEAR, _across_artists(catalogue, history, text, rng)),
    ]
    total = sparse.csr_array((size, size))
    for strength, pulls in kinds:
        total = total + strength * _rows_to_one(pulls)
    return ties_between(total)


def ties_between(pulls: sparse.csr_array) -> Ties:
    """Ties from how strongly each song, a row, is held by the others."""
    total = _rows_to_one(pulls)
    both = sparse.triu(total + total.T, 1).tocoo()
    return Ties(
        both.row.astype(np.int64), both.col.astype(np.int64), (both.data / 2).astype(np.float32)
    )


def together(history: History, items: IndexArray | IntArray, size: int) -> sparse.csr_array:
    """How much more often two items were heard near each other than chance has it, in nats, 0 at
    least, pairs rarely heard trusted less; `items` (plays,) says what each play is of."""
    heard = np.flatnonzero(~history.skipped[: history.size])
    items, sessions = items[heard], history.session[heard]
    counts = sparse.csr_array((size, size))
    for apart in range(1, min(WINDOW, max(1, len(heard) - 1)) + 1):
        pairs = (sessions[:-apart] == sessions[apart:]) & (items[:-apart] != items[apart:])
        here, there = items[:-apart][pairs], items[apart:][pairs]
        amount = np.full(len(here), DECAY ** (apart - 1))
        counts = counts + sparse.csr_array((amount, (here, there)), (size, size))
    counts = (counts + counts.T).tocoo()
    sums = np.bincount(counts.row, counts.data, size)
    chance = sums[counts.row] * sums[counts.col] / max(counts.data.sum(), 1e-9)
    gain = np.log(counts.data / chance) + 1
    worth = np.maximum(gain, 0) * counts.data / (counts.data + DOUBT)
    return sparse.csr_array((worth, (counts.row, counts.col)), (size, size))


def _strongest(matrix: sparse.csr_array, most: int) -> sparse.csr_array:
    """The `most` largest entries of each row."""
    found = matrix.tocoo()
    order = np.lexsort((found.col, -found.data, found.row))
    rows = found.row[order]
    starts = np.searchsorted(rows, np.arange(matrix.shape[0]))
    kept = order[np.arange(len(rows)) - starts[rows] < most]
    return sparse.csr_array((found.data[kept], (found.row[kept], found.col[kept])), matrix.shape)


def _rows_to_one(matrix: sparse.csr_array) -> sparse.csr_array:
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    scale = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    return (sparse.diags_array(scale) @ matrix).tocsr()


def _pairs(first: IndexArray, second: IndexArray, weight: float, size: int) -> sparse.csr_array:
    amount = np.full(len(first), weight)
    half = sparse.csr_array((amount, (first, second)), (size, size))
    return half + half.T


def _along_albums(catalogue: Catalogue) -> sparse.csr_array:
    """Songs of one album, held by those before and after them."""
    size = len(catalogue)
    order = np.lexsort((np.arange(size), catalogue.track[:size], catalogue.album[:size]))
    album = catalogue.album[order]
    total = sparse.csr_array((size, size))
    for apart in (1, 2):
        same = (album[:-apart] == album[apart:]) & (album[apart:] > 0)
        total = total + _pairs(order[:-apart][same], order[apart:][same], 1 / apart, size)
    return total


def _within_artists(catalogue: Catalogue, rng: np.random.Generator) -> sparse.csr_array:
    """Songs of one artist, held by some others of it, likelier by those of the same years."""
    size = len(catalogue)
    artist, year = catalogue.artist[:size], catalogue.year[:size]
    order = np.lexsort((np.arange(size), catalogue.album[:size], year, artist))
    place = np.empty(size, np.int64)
    place[order] = np.arange(size)
    counts = np.bincount(artist, minlength=catalogue.artists)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    total = sparse.csr_array((size, size))
    songs = np.arange(size)
    for reach in (0.15, 0.5, 1.0):
        far = np.ceil(reach * counts[artist] * rng.random(size)).astype(np.int64)
        partner = order[first[artist] + (place - first[artist] + far) % counts[artist]]
        other = partner != songs
        total = total + _pairs(songs[other], partner[other], 1.0, size)
    return total


def _across_artists(
    catalogue: Catalogue, history: History, text: FloatArray | None, rng: np.random.Generator
) -> sparse.csr_array:
    """Songs held by some songs of the artists that are heard with theirs, or tagged alike."""
    size, artists = len(catalogue), catalogue.artists
    if artists < 2:
        return sparse.csr_array((size, size))
    artist = catalogue.artist[:size].astype(np.int64)
    heard = _strongest(
        together(history, artist[history.song[: history.size]], artists), NEAR_ARTISTS
    )
    alike = nearest(artist_features(catalogue, text), NEAR_ARTISTS)
    trust = np.asarray((heard > 0).sum(axis=1)).ravel() / NEAR_ARTISTS
    like = sparse.diags_array(1.0 - 0.6 * trust) @ _rows_to_one(alike)
    pull = (sparse.diags_array(trust) @ _rows_to_one(heard) + like).tocsr()
    order = np.argsort(artist, kind="stable")
    first = np.searchsorted(artist[order], np.arange(artists + 1))
    songs = np.arange(size)
    total = sparse.csr_array((size, size))
    for _ in range(3):
        near = _drawn(pull, artist, rng)
        inside = near >= 0
        target = near[inside]
        room = first[target + 1] - first[target]
        partner = order[first[target] + (rng.random(len(target)) * room).astype(np.int64)]
        total = total + _pairs(songs[inside], partner, 1.0, size)
    return total


def _drawn(pull: sparse.csr_array, rows: IndexArray, rng: np.random.Generator) -> IndexArray:
    """For each of `rows` a column of that row, drawn by weight; -1 for an empty row."""
    sums: DoubleArray = np.concatenate([[0.0], np.cumsum(pull.data)])
    start, end = pull.indptr[rows], pull.indptr[rows + 1]
    aim = sums[start] + rng.random(len(rows)) * (sums[end] - sums[start])
    place = np.clip(np.searchsorted(sums, aim, side="right") - 1, start, np.maximum(start, end - 1))
    found = np.full(len(rows), -1, np.int64)
    filled = end > start
    found[filled] = pull.indices[place[filled]]
    return found


def weighed(ties: Ties, amounts: DoubleArray | FloatArray) -> DoubleArray:
    """For each song the sum of what it is tied to, by the ties' weights; shape (songs,)."""
    size = len(amounts)
    there = np.bincount(ties.first, ties.weight * amounts[ties.second], size)
    here = np.bincount(ties.second, ties.weight * amounts[ties.first], size)
    total: DoubleArray = (here + there).astype(np.float64)
    return total
