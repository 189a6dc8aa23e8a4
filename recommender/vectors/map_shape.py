"""The shape of the map: fitted to the unit square and spread so that the plane is well filled."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

from recommender.data.arrays import FloatArray

MARGIN = 0.03
CELLS = 160
REACHES = (0.25, 0.18, 0.12, 0.08, 0.05)
"""Densities are evened out over such lengths, the side being 1; what is finer stays as it is."""

ROUNDS = 4
EMPTY = 0.8
"""The density, in parts of the mean one, below which a place counts as empty anyway."""

SHORE, CORNER = 0.86, 3.0
"""The sea begins so far out from the middle, on a square rounded by this power."""

APART = 0.35
"""Songs keep such a part of the distance that they would have on an even grid."""

PARTING_ROUNDS = 12


def fitted(xy: FloatArray) -> FloatArray:
    """The same positions within the unit square, its margin left free, at one scale."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    width = float((high - low).max())
    scale = (1 - 2 * MARGIN) / width if width > 0 else 0.0
    placed: FloatArray = ((xy - (low + high) / 2) * scale + 0.5).astype(np.float32)
    return placed


def spread(xy: FloatArray) -> FloatArray:
    """Positions in the unit square moved from where songs are dense to where they are not.

    The densities' differences flow off as in Gastner and Newman, "Diffusion-based method for
    producing density-equalizing maps", PNAS 2004, but only in part: channels and shores stay.
    """
    sea = _sea()
    for reach in REACHES:
        for _ in range(ROUNDS):
            xy = _flow(xy, reach, sea)
    return xy


def _sea() -> FloatArray:
    """A density outside the shore that holds the songs together, (CELLS, CELLS)."""
    out = np.abs((np.arange(CELLS) + 0.5) / CELLS * 2 - 1) ** CORNER
    far = (out[:, None] + out) ** (1 / CORNER)
    sea: FloatArray = (2 * np.clip((far - SHORE) / (1 - SHORE), 0, 1)).astype(np.float32)
    return sea


def _flow(xy: FloatArray, reach: float, sea: FloatArray) -> FloatArray:
    cells = np.clip((xy * CELLS).astype(np.int64), 0, CELLS - 1)
    held = np.bincount(cells[:, 0] * CELLS + cells[:, 1], minlength=CELLS * CELLS)
    density = held.reshape(CELLS, CELLS) * (CELLS * CELLS / len(xy))
    density = gaussian_filter(density.astype(np.float32) + sea, reach * CELLS / 2, mode="nearest")
    density += EMPTY
    slopes = np.gradient(density, 1 / CELLS)
    at = xy.T * CELLS - 0.5
    moved = xy.copy()
    for axis, slope in enumerate(slopes):
        flow = -slope / density * (reach / 2) ** 2 / 4
        moved[:, axis] += map_coordinates(flow, at, order=1, mode="nearest")
    return np.clip(moved, MARGIN, 1 - MARGIN)


def parted(xy: FloatArray) -> FloatArray:
    """Positions in which no two songs lie on each other, moved no further than it takes."""
    least = APART / np.sqrt(len(xy))
    xy = xy.astype(np.float64)
    for _ in range(PARTING_ROUNDS):
        pairs = cKDTree(xy).query_pairs(least, output_type="ndarray")
        if not len(pairs):
            break
        first, second = pairs.T
        gap = xy[second] - xy[first]
        far = np.hypot(gap[:, 0], gap[:, 1])
        turn = 2.39996 * first
        aside = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        way = np.where(far[:, None] > 1e-9, gap / np.maximum(far, 1e-9)[:, None], aside)
        push = way * ((least - far) * 0.3)[:, None]
        for axis in (0, 1):
            xy[:, axis] += np.bincount(second, push[:, axis], len(xy))
            xy[:, axis] -= np.bincount(first, push[:, axis], len(xy))
    return np.clip(xy, 0, 1).astype(np.float32)
