"""The layout of the map: every song of a library in the unit square, near what goes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from recommender.api import Event, Play, Song
from recommender.data.arrays import FloatArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.live.events import counts, is_skip, without_retracted
from recommender.vectors.map_features import artist_features, nearest
from recommender.vectors.map_forces import balanced, settle
from recommender.vectors.map_labels import labels_of
from recommender.vectors.map_shape import fitted, parted, spread
from recommender.vectors.map_ties import Ties, ties_between, ties_of, weighed
from recommender.vectors.song_map import SongMap

GATHER_STEPS, GATHER = 60, 4.0
SETTLE_STEPS, SETTLED = 170, 1.0
"""Ties first pull harder than they will, so that what belongs together comes together."""

AGAIN_STEPS = 40
"""Fewer steps lead from the map until now to the next."""

NEAR_SONGS = 8
KNOWN = 0.5
"""With a smaller share of the songs on it, the map until now is forgotten."""


def lay_out(
    songs: Sequence[Song],
    events: Iterable[Event] = (),
    text: FloatArray | None = None,
    before: SongMap | None = None,
    seed: int = 0,
) -> SongMap:
    """A map of these songs. `text` are vectors of what is written of them, (songs, dim), rows of
    zeros for none; from `before`, the map until now, a song moves only as far as it must.
    """
    catalogue = Catalogue(songs)
    ids = np.array([song.song_id for song in catalogue.songs], np.int64)
    if not len(ids):
        return SongMap(ids, np.zeros((0, 2), np.float32))
    rng = np.random.default_rng(seed)
    ties = ties_of(catalogue, _history(catalogue, events), text, rng)
    known = None if before is None else before.places_of(ids)
    xy = _drawn(lambda: _first(catalogue, text, rng), ties, known, rng)
    return SongMap(ids, xy, labels_of(catalogue, xy))


def lay_out_alike(
    songs: Sequence[Song], vectors: FloatArray, before: SongMap | None = None, seed: int = 0
) -> SongMap:
    """A map of these songs by nothing but their vectors, (songs, dim), rows of length 1: each is
    held by the songs nearest to it."""
    catalogue = Catalogue(songs)
    ids = np.array([song.song_id for song in catalogue.songs], np.int64)
    if not len(ids):
        return SongMap(ids, np.zeros((0, 2), np.float32))
    rng = np.random.default_rng(seed)
    ties = ties_between(nearest(vectors, NEAR_SONGS))
    known = None if before is None else before.places_of(ids)
    xy = _drawn(lambda: _scattered(vectors, rng), ties, known, rng)
    return SongMap(ids, xy, labels_of(catalogue, xy))


def _drawn(
    first: Callable[[], FloatArray], ties: Ties, known: FloatArray | None, rng: np.random.Generator
) -> FloatArray:
    """Where the ties lead to, from where most songs are known to be, or from `first`."""
    if known is None or np.isfinite(known[:, 0]).mean() < KNOWN:
        xy = settle(first(), ties, GATHER_STEPS, GATHER)
        xy = settle(xy, ties, SETTLE_STEPS, SETTLED)
    else:
        xy = balanced(_completed(known, ties, rng), ties, SETTLED)
        xy = _turned_like(settle(xy, ties, AGAIN_STEPS, SETTLED), known)
    return parted(spread(fitted(xy)))


def _history(catalogue: Catalogue, events: Iterable[Event]) -> History:
    history = History(catalogue)
    plays = [
        event
        for event in without_retracted(events, catalogue.songs)
        if isinstance(event, Play) and counts(event) and event.song_id in catalogue.index_of
    ]
    history.load(
        np.array([catalogue.index_of[play.song_id] for play in plays], np.int32),
        np.array([play.at_s for play in plays], np.float64),
        np.array([play.heard_ms / 1000 for play in plays], np.float64),
        np.array([is_skip(play) for play in plays], bool),
    )
    return history


def _first(catalogue: Catalogue, text: FloatArray | None, rng: np.random.Generator) -> FloatArray:
    features = artist_features(catalogue, text)
    return _scattered(features, rng, catalogue.artist[: len(catalogue)])


def _scattered(
    features: FloatArray, rng: np.random.Generator, owner: IntArray | None = None
) -> FloatArray:
    """Places along the two main directions of the features, a little apart; with `owner` a place
    for each of these rows."""
    features = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(features.T @ features)
    axes = axes[:2] * np.sign(axes[:2].sum(axis=1, keepdims=True) + 1e-9)
    places = features @ axes.T
    places = places if owner is None else places[owner]
    places = places / max(float(places.std()), 1e-6)
    first: FloatArray = (places + 0.05 * rng.standard_normal(places.shape)).astype(np.float32)
    return first


def _completed(known: FloatArray, ties: Ties, rng: np.random.Generator) -> FloatArray:
    """The positions with those that are NaN filled in: amid the songs that a song is tied to."""
    xy = known.copy()
    missing = ~np.isfinite(xy[:, 0])
    xy[missing] = np.nanmean(known, axis=0)
    weight = np.where(missing, 0.0, 1.0)
    for _ in range(4):
        share = weighed(ties, weight)
        for axis in (0, 1):
            amid = weighed(ties, weight * xy[:, axis]) / np.maximum(share, 1e-9)
            xy[:, axis] = np.where(missing & (share > 0), amid, xy[:, axis])
        weight = np.where(missing, np.where(share > 0, 0.5, 0.0), 1.0)
    xy[missing] += 0.003 * rng.standard_normal((int(missing.sum()), 2))
    return xy


def _turned_like(xy: FloatArray, known: FloatArray) -> FloatArray:
    """The positions turned and mirrored so that songs lie where they were known to be."""
    there = np.isfinite(known[:, 0])
    ours, theirs = xy[there] - xy[there].mean(axis=0), known[there] - known[there].mean(axis=0)
    left, _, right = np.linalg.svd(ours.T @ theirs)
    turned: FloatArray = ((xy - xy[there].mean(axis=0)) @ (left @ right)).astype(np.float32)
    return turned
