"""The names on the map: genres where they are at home, and the largest artists."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from recommender.api import Scope
from recommender.data.arrays import BoolArray, FloatArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.vectors.song_map import Label

MOST_GENRES, MOST_ARTISTS = 18, 42
GENRE_APART, ARTIST_APART = 0.09, 0.045
"""Names of one kind stand at least so far from each other."""

GENRE_SHARE, FEWEST_SONGS = 0.004, 5
CELLS, BLUR = 64, 2.0
AT_HOME = 0.12
"""Within so far of its name, an artist has at least half of its songs, or gets no name."""


def labels_of(catalogue: Catalogue, xy: FloatArray) -> tuple[Label, ...]:
    """Names for the songs of a catalogue at `xy` (songs, 2), the largest first."""
    size = len(xy)
    genre, artist = catalogue.genre[:size], catalogue.artist[:size]
    names = [song.genre.strip() for song in catalogue.songs]
    genres = dict(zip(genre[::-1].tolist(), names[::-1], strict=True))
    tagged = np.array([bool(song.artist.strip()) for song in catalogue.songs])
    fewest = max(FEWEST_SONGS, int(GENRE_SHARE * size))
    found = _spaced(
        [],
        [
            Label(genres[code], Scope.GENRE, *_densest(xy, genre == code), songs)
            for code, songs in _largest(genre[genre > 0], fewest, 2 * MOST_GENRES)
        ],
        GENRE_APART,
        MOST_GENRES,
    )
    found = _spaced(
        found,
        [
            Label(catalogue.artist_names[code], Scope.ARTIST, *middle, songs)
            for code, songs in _largest(artist[tagged], FEWEST_SONGS, 3 * MOST_ARTISTS)
            if (middle := _middle(xy[artist == code])) is not None
        ],
        ARTIST_APART,
        MOST_ARTISTS,
    )
    return tuple(sorted(found, key=lambda label: (-label.songs, label.name)))


def _largest(codes: IntArray, fewest: int, most: int) -> list[tuple[int, int]]:
    """The codes that occur most, with how often, at least `fewest` times."""
    counts = np.bincount(codes) if len(codes) else np.zeros(1, np.int64)
    order = np.argsort(-counts, kind="stable")[:most]
    return [(int(code), int(counts[code])) for code in order if counts[code] >= fewest]


def _densest(xy: FloatArray, members: BoolArray) -> tuple[float, float]:
    """Where most of the members lie and few others do: the peak of their smoothed share."""
    own, usual = _smoothed(xy[members]), _smoothed(xy)
    peak = int(np.argmax(own * own / (usual + usual.mean())))
    x, y = np.divmod(peak, CELLS)
    near = xy[members] - (np.array([x, y]) + 0.5) / CELLS
    close = np.abs(near).max(axis=1) < 3 * BLUR / CELLS
    centre = xy[members][close].mean(axis=0) if close.any() else xy[members].mean(axis=0)
    return float(centre[0]), float(centre[1])


def _smoothed(xy: FloatArray) -> FloatArray:
    cells = np.clip((xy * CELLS).astype(np.int64), 0, CELLS - 1)
    held = np.bincount(cells[:, 0] * CELLS + cells[:, 1], minlength=CELLS * CELLS)
    smooth: FloatArray = gaussian_filter(held.reshape(CELLS, CELLS).astype(np.float32), BLUR)
    return smooth


def _middle(xy: FloatArray) -> tuple[float, float] | None:
    """Where an artist is at home, None if its songs are strewn over the map."""
    middle = np.median(xy, axis=0)
    far = np.hypot(*(xy - middle).T)
    near = far <= np.median(far)
    if np.median(far) > AT_HOME:
        return None
    centre = xy[near].mean(axis=0)
    return float(centre[0]), float(centre[1])


def _spaced(kept: list[Label], labels: list[Label], apart: float, most: int) -> list[Label]:
    """Those kept already, and the first `most` labels that keep their distance from all others."""
    chosen = list(kept)
    for label in labels:
        near = (np.hypot(label.x - other.x, label.y - other.y) < apart for other in chosen)
        if len(chosen) < len(kept) + most and not any(near):
            chosen.append(label)
    return chosen
