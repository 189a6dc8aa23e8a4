"""The part of the map that is looked at, and the colours it is drawn in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from app.ui.theme import Theme
from app.ui.up_next_painter import mixed

MOST_GENRES = 10
MARGIN = 0.04
"""Left free around the whole map, as a share of its side."""
DEEPEST = 60.0
WIDEST = 1.7
"""A wide frame draws the map out to its width, so many times at most."""
_DARK = (
    "#86a8ff", "#ff9f7a", "#5fd3a2", "#f2c14e", "#d295ff", "#56cbe4", "#ff86a4", "#a9d65f",
    "#cfa57f", "#9d9bff",
)  # fmt: skip
_LIGHT = (
    "#2558d3", "#d0561f", "#10845a", "#b27d06", "#8a35c9", "#0c7f97", "#c2214c", "#5b8612",
    "#8a5a2e", "#4f4bc8",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """The place of the map in the middle, pixels for the map's whole height, and a size in pixels.

    The map is `aspect` times as wide as it is high.
    """

    x: float
    y: float
    scale: float
    width: int
    height: int
    aspect: float = 1.0

    def to_screen(self, x: float, y: float) -> QPointF:
        """Where a place of the map is seen."""
        return QPointF(
            (x - self.x) * self.scale * self.aspect + self.width / 2,
            (y - self.y) * self.scale + self.height / 2,
        )

    def to_map(self, at: QPointF) -> tuple[float, float]:
        """The place of the map at a pixel."""
        return (
            (at.x() - self.width / 2) / (self.scale * self.aspect) + self.x,
            (at.y() - self.height / 2) / self.scale + self.y,
        )

    @property
    def fit(self) -> float:
        """The scale at which the whole map is seen."""
        return max(1.0, min(self.width / self.aspect, self.height) * (1 - 2 * MARGIN))

    def panned(self, dx: float, dy: float) -> View:
        """Moved by pixels."""
        x, y = self.x - dx / (self.scale * self.aspect), self.y - dy / self.scale
        return replace(self, x=x, y=y)._kept()

    def zoomed(self, factor: float, around: QPointF) -> View:
        """Nearer or farther; what is at the pixel `around` stays there."""
        scale = min(self.fit * DEEPEST, max(self.fit, self.scale * factor))
        x, y = self.to_map(around)
        closer = replace(self, scale=scale)
        moved = closer.to_screen(x, y)
        return closer.panned(around.x() - moved.x(), around.y() - moved.y())

    def resized(self, width: int, height: int) -> View:
        """The same part in another size."""
        zoom = self.scale / self.fit
        width, height = max(1, width), max(1, height)
        aspect = min(WIDEST, max(1.0, width / height))
        other = replace(self, width=width, height=height, aspect=aspect)
        return replace(other, scale=other.fit * zoom)._kept()

    def grown(self, share: float, ratio: float) -> View:
        """With more around it on all sides, in device pixels."""
        return View(
            self.x,
            self.y,
            self.scale * ratio,
            round(self.width * (1 + 2 * share) * ratio),
            round(self.height * (1 + 2 * share) * ratio),
            self.aspect,
        )

    def target_of(self, other: View, ratio: float) -> QRectF:
        """Where a picture of another view belongs in this one; its scale is in device pixels."""
        factor = self.scale / (other.scale / ratio)
        width, height = other.width / ratio * factor, other.height / ratio * factor
        middle = self.to_screen(other.x, other.y)
        return QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)

    def _kept(self) -> View:
        """Not farther out than the map's edges."""
        return replace(self, x=min(1.0, max(0.0, self.x)), y=min(1.0, max(0.0, self.y)))


WHOLE = View(0.5, 0.5, 1.0, 1, 1)


@dataclass(frozen=True, slots=True)
class MapLook:
    """A colour for each genre and one for all others, the ring of a liked song, how dense the
    ground is (0 to 1), and device pixels for each logical one."""

    colours: tuple[QColor, ...]
    ring: QColor
    mist: float
    ratio: float = 1.0


def genre_colours(theme: Theme, genres: int) -> tuple[QColor, ...]:
    """Colours that can be told apart on the theme's ground; the last is for all other genres."""
    named = [QColor(name) for name in (_DARK if theme.is_dark else _LIGHT)[:genres]]
    colours = theme.colours
    return (*named, mixed(colours.muted, colours.panel, 0.25))


def map_look(theme: Theme, genres: int, ratio: float) -> MapLook:
    """The map's look in the theme in use."""
    mist = 0.34 if theme.is_dark else 0.26
    return MapLook(genre_colours(theme, genres), theme.colours.text, mist, ratio)
