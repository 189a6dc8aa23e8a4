"""The map's points as arrays: read, found under the pointer, and drawn into an image.

Nothing here touches a widget: it runs on the reader's thread, and needs numpy, which the window
loads for this page only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app.library.library import Library
from app.ui.taste_map_view import MapLook, View
from recommender.vectors.song_map import Label, read_map

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_CELLS = 96
"""The grid for finding a song has so many cells along each side."""
_FEW = 4_000
"""Up to so many points are drawn as true circles."""
_COVERED = 0.2
"""The share of the map that is to be covered by dots."""
_LEAST_PX, _MOST_PX = 0.75, 6.0
_MIST_CELL_PX = 7


@dataclass(frozen=True, slots=True)
class Names:
    """The map's genres, the largest first, and the regions' names."""

    genres: tuple[str, ...]
    labels: tuple[Label, ...]


class MapData:
    """Points in order of weight, so that what is heard most lies on top.

    `xy` has shape (songs, 2) within 0 to 1, `genre` (songs,) places in `names.genres` (one past
    the last for all others), `weight` (songs,) from 0 for never played to 1.
    """

    def __init__(
        self,
        ids: Ints,
        xy: Floats,
        genre: Ints,
        weight: Floats,
        liked: npt.NDArray[np.bool_],
        names: Names,
    ) -> None:
        order = np.argsort(weight + liked, kind="stable")
        self.ids, self.xy, self.genre = ids[order], xy[order], genre[order]
        self.weight, self.liked, self.names = weight[order], liked[order], names
        cells = np.clip((self.xy * _CELLS).astype(np.int64), 0, _CELLS - 1)
        cell = cells[:, 1] * _CELLS + cells[:, 0]
        self._by_cell = np.argsort(cell, kind="stable")
        self._starts = np.searchsorted(cell[self._by_cell], np.arange(_CELLS * _CELLS + 1))
        self._row_of = {int(song): row for row, song in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def nearest(self, x: float, y: float, reach: float, aspect: float = 1.0) -> int | None:
        """The row of the song nearest to a place of the map, None if none is within `reach`.

        `reach` is a share of the map's height; the map is `aspect` times as wide.
        """
        low_x, high_x = _cells(x, reach / aspect)
        low_y, high_y = _cells(y, reach)
        rows = [
            self._by_cell[self._starts[at + low_x] : self._starts[at + high_x + 1]]
            for at in range(low_y * _CELLS, (high_y + 1) * _CELLS, _CELLS)
        ]
        near = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        if not len(near):
            return None
        far = np.hypot((self.xy[near, 0] - x) * aspect, self.xy[near, 1] - y)
        best = int(np.argmin(far))
        return int(near[best]) if far[best] <= reach else None

    def place(self, row: int) -> tuple[float, float]:
        """Where the song of a row lies."""
        return float(self.xy[row, 0]), float(self.xy[row, 1])

    def song(self, row: int) -> int:
        """The number of the song of a row."""
        return int(self.ids[row])

    def row_of(self, song_id: int) -> int | None:
        """The row of a song, None if it is not on the map."""
        return self._row_of.get(song_id)


def load(library: Library, folder: Path, most_genres: int) -> MapData | None:
    """The map in a folder joined with the library's tracks, None where there is none."""
    song_map = read_map(folder)
    if song_map is None or not len(song_map.song_ids):
        return None
    points = library.points()
    ids = np.frombuffer(points.track_ids, np.int64)
    if not len(ids):
        return None
    row = np.minimum(np.searchsorted(ids, song_map.song_ids), len(ids) - 1)
    known = ids[row] == song_map.song_ids
    row = row[known]
    genre = np.frombuffer(points.genres, np.int32)[row].astype(np.int64)
    plays = np.frombuffer(points.plays, np.int32)[row].astype(np.float32)
    liked = np.frombuffer(points.liked, np.int8)[row].astype(bool)
    sizes = np.bincount(genre, minlength=len(points.genre_names))
    largest = [at for at in np.argsort(-sizes, kind="stable") if points.genre_names[at]]
    largest = largest[:most_genres]
    place = np.full(len(points.genre_names), len(largest), np.int64)
    place[largest] = np.arange(len(largest))
    weight = np.log1p(plays) / max(1.0, float(np.log1p(plays.max(initial=0.0))))
    names = Names(tuple(points.genre_names[at] for at in largest), song_map.labels)
    xy = np.clip(np.nan_to_num(song_map.xy[known], nan=0.5), 0.0, 1.0)
    return MapData(ids[row], xy, place[genre], weight.astype(np.float32), liked, names)


def draw(data: MapData, view: View, look: MapLook) -> QImage:
    """The points of a view on nothing, `view.width` to `view.height` device pixels."""
    scale = np.array((view.scale * view.aspect, view.scale), np.float32)
    at = (data.xy - (view.x, view.y)) * scale + (view.width / 2, view.height / 2)
    at = at.astype(np.float32)
    seen = (at[:, 0] > -8) & (at[:, 0] < view.width + 8)
    seen &= (at[:, 1] > -8) & (at[:, 1] < view.height + 8)
    rows = np.flatnonzero(seen)
    base = math.sqrt(_COVERED * view.aspect * view.scale**2 / (math.pi * max(1, len(data))))
    base = min(_MOST_PX * look.ratio, max(_LEAST_PX * look.ratio, base))
    size = 0.85 + 1.1 * data.weight[rows] + 0.45 * data.liked[rows]
    radius = (base * size).astype(np.float32)
    image = _mist(data, at[rows], rows, view, look)
    if len(rows) > _FEW:
        return _splatted(image, data, at[rows], rows, radius, look)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _circles(painter, data, at[rows], rows, radius, look)
    painter.end()
    return image


def _cells(middle: float, reach: float) -> tuple[int, int]:
    low = min(_CELLS - 1, max(0, int((middle - reach) * _CELLS)))
    return low, min(_CELLS - 1, max(low, int((middle + reach) * _CELLS)))


def _circles(
    painter: QPainter, data: MapData, at: Floats, rows: Ints, radius: Floats, look: MapLook
) -> None:
    """Each point by itself; liked songs have a ring."""
    colours = [QColor(colour) for colour in look.colours]
    ring = QPen(look.ring, 1.5 * look.ratio)
    genres, weights = data.genre[rows].tolist(), data.weight[rows].tolist()
    liked = data.liked[rows].tolist()
    for place, genre, weight, is_liked, size in zip(
        at.tolist(), genres, weights, liked, radius.tolist(), strict=True
    ):
        colour = colours[genre]
        colour.setAlphaF(_opacity(weight))
        painter.setPen(ring if is_liked else Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(*place), size, size)


def _opacity(weight: float) -> float:
    return 0.55 + 0.45 * min(1.0, 2 * weight)


def _splatted(
    image: QImage, data: MapData, at: Floats, rows: Ints, radius: Floats, look: MapLook
) -> QImage:
    """All points at once: each size is laid on pixel by pixel of its disc."""
    width, height = image.width(), image.height()
    picture = np.frombuffer(image.bits(), np.uint8).reshape(height * width, 4).astype(np.float32)
    inks = np.array([(c.blue(), c.green(), c.red(), 255) for c in look.colours], np.float32)
    pixel = np.floor(at).astype(np.int64)
    opacity = (0.55 + 0.45 * np.minimum(1.0, 2 * data.weight[rows])).astype(np.float32)
    sizes = np.maximum(1, np.round(radius * 2)).astype(np.int64)
    for size in np.unique(sizes):
        some = np.flatnonzero(sizes == size)
        ink = inks[data.genre[rows[some]]] * opacity[some, None]
        for dx, dy, share in _disc(size / 2):
            x, y = pixel[some, 0] + dx, pixel[some, 1] + dy
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            where = (y * width + x)[inside]
            rest = 1 - share * opacity[some][inside, None]
            picture[where] = picture[where] * rest + share * ink[inside]
    return _image(picture, width, height)


def _disc(radius: float) -> list[tuple[int, int, float]]:
    """Pixels of a disc around 0, 0 and how much of each it covers."""
    reach = math.ceil(radius)
    cells = range(-reach, reach + 1)
    found = [(x, y, min(1.0, radius + 0.5 - math.hypot(x, y))) for y in cells for x in cells]
    return [(x, y, share) for x, y, share in found if share > 0.05]


def _mist(data: MapData, at: Floats, rows: Ints, view: View, look: MapLook) -> QImage:
    """A soft ground in the colour of what lies there, so that regions are seen from afar."""
    cell = _MIST_CELL_PX * look.ratio
    across, down = math.ceil(view.width / cell) + 1, math.ceil(view.height / cell) + 1
    spot = np.clip((at / cell).astype(np.int64), 0, (across - 1, down - 1))
    spot = spot[:, 1] * across + spot[:, 0]
    inks = np.array([(c.blue(), c.green(), c.red(), 255) for c in look.colours], np.float32)
    ink = inks[data.genre[rows]]
    layers = [
        np.bincount(spot, ink[:, channel], across * down).reshape(down, across).astype(np.float64)
        for channel in range(4)
    ]
    blurred = [_blurred(layer) for layer in layers]
    amount = blurred[3] / 255
    usual = max(1e-6, len(data) * (cell / view.scale) ** 2 / view.aspect)
    share = look.mist * (1 - np.exp(-amount / (1.5 * usual)))
    full = np.stack(blurred, axis=2) / np.maximum(amount, 1e-6)[:, :, None]
    small = _image((full * share[:, :, None]).astype(np.float32), across, down)
    large = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    large.fill(Qt.GlobalColor.transparent)
    painter = QPainter(large)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(0, 0, across * cell, down * cell), small)
    painter.end()
    return large


def _blurred(layer: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Thrice a mean of five, along both axes: nearly a bell."""
    for axis in (0, 1) * 3:
        sums = np.cumsum(
            np.pad(layer, [(3, 2) if each == axis else (0, 0) for each in (0, 1)]), axis
        )
        upper, lower = np.split(sums, [5], axis)[1], np.split(sums, [-5], axis)[0]
        layer = (upper - lower) / 5
    return layer


def _image(picture: Floats, width: int, height: int) -> QImage:
    """An image of its own from premultiplied blue, green, red and alpha, 0 to 255."""
    filled = np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8))
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(filled.data, width, height, 4 * width, form).copy()
