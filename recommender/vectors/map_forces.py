"""The forces of the map: tied songs draw together, all songs push each other away.

The forces are those of van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008; all
songs' push is a convolution on a grid as in Linderman and others, "Fast interpolation-based t-SNE",
Nature Methods 2019; that a constant exaggeration makes regions denser is from Böhm and others,
"Attraction-repulsion spectrum in neighbor embeddings", JMLR 2022.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from recommender.data.arrays import FloatArray
from recommender.vectors.map_ties import Ties

CELL = 0.5
LEAST_CELLS, MOST_CELLS, CELLS_PER_SONG = 64, 320, 6
"""A grid has no more cells a side than the last times the root of the number of songs."""

RATE, MOMENTUM = 1.6, 0.8
LONGEST_STEP = 5.0


def settle(xy: FloatArray, ties: Ties, steps: int, exaggeration: float) -> FloatArray:
    """Positions (songs, 2) after so many steps of all forces; ties pull `exaggeration` times."""
    xy = xy.astype(np.float32).copy()
    speed = np.zeros_like(xy)
    grid = Grid()
    rate = np.float32(RATE / exaggeration)
    for _ in range(steps):
        force = np.float32(exaggeration) * pull(xy, ties) + grid.push(xy)
        speed = np.float32(MOMENTUM) * speed + rate * force
        np.clip(speed, -LONGEST_STEP, LONGEST_STEP, out=speed)
        xy += speed
        xy -= xy.mean(axis=0)
    return xy


def pull(xy: FloatArray, ties: Ties) -> FloatArray:
    """How the ties draw at each song, (songs, 2)."""
    gap = xy[ties.second] - xy[ties.first]
    gap *= (ties.weight / (1 + np.einsum("ij,ij->i", gap, gap)))[:, None]
    total = np.empty_like(xy)
    for axis in (0, 1):
        amount = gap[:, axis]
        total[:, axis] = np.bincount(ties.first, amount, len(xy))
        total[:, axis] -= np.bincount(ties.second, amount, len(xy))
    return total


class Grid:
    """The push of all songs on all songs, smoothed to a grid of cells of CELL or more."""

    def __init__(self) -> None:
        self._shape: tuple[int, float] = (0, 0.0)
        self._kernels: list[NDArray[np.complex64]] = []

    def push(self, xy: FloatArray) -> FloatArray:
        """The push on each song, (songs, 2), scaled so that it balances ties that sum to 1."""
        low, width = xy.min(axis=0), float(np.ptp(xy, axis=0).max())
        most = int(min(MOST_CELLS, max(LEAST_CELLS, CELLS_PER_SONG * np.sqrt(len(xy)))))
        cells, size = self._fit(width, most)
        at = (xy - low) / np.float32(size)
        cell = np.minimum(at.astype(np.int64), cells - 2)
        inside = at - cell
        corners = [(cell[:, 0] + dx) * cells + cell[:, 1] + dy for dx in (0, 1) for dy in (0, 1)]
        x, y = inside[:, 0], inside[:, 1]
        shares = [(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y]
        mass = sum(
            np.bincount(corner, share, cells * cells)
            for corner, share in zip(corners, shares, strict=True)
        )
        wave = fft.rfft2(np.asarray(mass, np.float32).reshape(cells, cells), (2 * cells,) * 2)
        fields = [fft.irfft2(wave * kernel)[:cells, :cells].ravel() for kernel in self._kernels]
        near, push_x, push_y = (
            sum(share * field[corner] for corner, share in zip(corners, shares, strict=True))
            for field in fields
        )
        total = max(float(np.sum(near)) - len(xy), 1e-3)
        scale = np.float32(len(xy) / total)
        return scale * np.stack([push_x, push_y], axis=1).astype(np.float32)

    def _fit(self, width: float, most: int) -> tuple[int, float]:
        """Cells a side and their size, with kernels made for them; kept while they still fit."""
        cells, size = self._shape
        if cells and 0.6 * cells * size < width < 0.95 * (cells - 1) * size:
            return self._shape
        room = max(1.25 * width, LEAST_CELLS * CELL)
        cells = int(min(most, np.ceil(room / CELL) + 1))
        size = room / (cells - 1)
        steps = fft.fftfreq(2 * cells, 1 / (2 * cells)) * size
        near = (1 / (1 + steps[:, None] ** 2 + steps**2)).astype(np.float32)
        kernels = (near, steps[:, None] * near**2, steps[None, :] * near**2)
        self._kernels = [fft.rfft2(kernel.astype(np.float32)) for kernel in kernels]
        self._shape = (cells, size)
        return self._shape


def balanced(xy: FloatArray, ties: Ties, exaggeration: float) -> FloatArray:
    """The same positions at the size at which pull and push are in balance."""
    centred = xy - xy.mean(axis=0)
    centred = centred / max(float(centred.std()), 1e-6)
    low, high = 1e-2, 1e4
    for _ in range(14):
        size = float(np.sqrt(low * high))
        at = (centred * size).astype(np.float32)
        force = np.float32(exaggeration) * pull(at, ties) + Grid().push(at)
        low, high = (size, high) if float((force * at).sum()) > 0 else (low, size)
    result: FloatArray = (centred * np.sqrt(low * high)).astype(np.float32)
    return result
