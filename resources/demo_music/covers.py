"""Covers: one drawn picture an album, its manner from the style, its colours from the hue."""

from __future__ import annotations

import colorsys
import io
import zlib
from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from resources.demo_music.catalogue import SEED, Album

SIZE = 640
FINE = SIZE * 2
"""Drawn at twice the size, so that edges come out smooth."""

Colour = tuple[int, int, int]
Draw = Callable[[Image.Image, "Palette", np.random.Generator], Image.Image]


class Palette:
    """Shades around one hue, and its counterpart."""

    def __init__(self, hue: float) -> None:
        self._hue = hue

    def shade(self, light: float, shift: float = 0.0, saturation: float = 0.6) -> Colour:
        """A colour: `light` from 0 to 1, `shift` a turn around the colour wheel."""
        red, green, blue = colorsys.hls_to_rgb((self._hue + shift) % 1, light, saturation)
        return round(red * 255), round(green * 255), round(blue * 255)


def cover(album: Album) -> bytes:
    """The album's cover as JPEG."""
    rng = np.random.default_rng([SEED, zlib.crc32(album.title.encode("utf-8"))])
    palette = Palette(album.hue)
    picture = _gradient(palette.shade(0.16), palette.shade(0.42, 0.06))
    picture = _DRAWN[album.genre](picture, palette, rng)
    picture = _grain(picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS), rng)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=86)
    return file.getvalue()


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    ramp = np.linspace(0, 1, FINE)[:, None, None] ** 1.2
    rows = np.array(top) * (1 - ramp) + np.array(bottom) * ramp
    return Image.fromarray(np.broadcast_to(rows, (FINE, FINE, 3)).astype(np.uint8), "RGB")


def _grain(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    pixels: NDArray[np.float32] = np.asarray(picture, np.float32)
    noisy = pixels + rng.normal(0, 3.0, (SIZE, SIZE, 1)).astype(np.float32)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8), "RGB")


def _ambient(picture: Image.Image, palette: Palette, rng: np.random.Generator) -> Image.Image:
    """A low sun, its glow, and layers of hills or waves."""
    x, y = int(FINE * rng.uniform(0.3, 0.7)), int(FINE * rng.uniform(0.32, 0.45))
    radius = int(FINE * rng.uniform(0.1, 0.16))
    glow = Image.new("L", (FINE, FINE), 0)
    ring = radius * 2
    ImageDraw.Draw(glow).ellipse((x - ring, y - ring, x + ring, y + ring), fill=120)
    glow = glow.filter(ImageFilter.GaussianBlur(FINE // 12))
    picture.paste(palette.shade(0.75, 0.08), (0, 0, FINE, FINE), glow)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=palette.shade(0.88, 0.1))
    across = np.linspace(0, 1, 160)
    for layer in range(6):
        height = 0.5 + layer * 0.085
        waves = [
            0.028
            / turn
            * np.sin(2 * np.pi * (turn * across * rng.uniform(0.7, 1.3) + rng.random()))
            for turn in (1, 2, 3)
        ]
        line = np.sum(waves, axis=0)
        points = [
            (float(u * FINE), float((height + v) * FINE)) for u, v in zip(across, line, strict=True)
        ]
        shade = palette.shade(0.44 - layer * 0.06, -0.02 * layer, 0.5)
        draw.polygon([*points, (FINE, FINE), (0, FINE)], fill=shade)
    return picture


def _chiptune(picture: Image.Image, palette: Palette, rng: np.random.Generator) -> Image.Image:
    """A mirrored sprite on a field of pixels."""
    cells = 20
    cell = FINE // cells
    draw = ImageDraw.Draw(picture)
    for _ in range(46):
        column, row = (int(v) for v in rng.integers(0, cells, 2))
        _cell(draw, column, row, cell, palette.shade(float(rng.uniform(0.28, 0.4)), 0.08))
    sprite = rng.random((10, 6)) < 0.58
    sprite[3:7, 3:] = True
    sprite[4, 4] = False
    for row in range(10):
        for column in range(6):
            if sprite[row, column]:
                colour = palette.shade(0.62 + 0.02 * (9 - row), 0.45 - 0.02 * row, 0.85)
                for place in (column + 4, 15 - column):
                    _cell(draw, place, row + 5, cell, colour)
    for place in (8, 11):
        _cell(draw, place, 9, cell, palette.shade(0.08))
    return picture


def _cell(draw: ImageDraw.ImageDraw, column: int, row: int, cell: int, colour: Colour) -> None:
    left, top = column * cell, row * cell
    draw.rectangle((left, top, left + cell - 5, top + cell - 5), fill=colour)


def _techno(picture: Image.Image, palette: Palette, rng: np.random.Generator) -> Image.Image:
    """Bars of a meter, cut by a hard diagonal and a ring."""
    draw = ImageDraw.Draw(picture)
    bars = 14
    width = FINE / bars
    for number in range(bars):
        height = FINE * float(0.2 + 0.6 * rng.random() ** 1.4)
        shade = palette.shade(0.3 + 0.3 * number / bars, 0.1 * number / bars, 0.75)
        left = number * width
        draw.rectangle((left + 8, FINE - height, left + width - 8, FINE), fill=shade)
    draw.polygon(
        [(0, 0), (FINE, 0), (0, FINE * float(rng.uniform(0.5, 0.8)))], fill=palette.shade(0.09)
    )
    x, y, radius = FINE * 0.34, FINE * 0.32, FINE * float(rng.uniform(0.16, 0.21))
    for ring in range(4):
        r = radius * (1 - ring * 0.22)
        colour = palette.shade(0.6, 0.5) if ring % 2 == 0 else palette.shade(0.09)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    return picture


def _folk(picture: Image.Image, palette: Palette, rng: np.random.Generator) -> Image.Image:
    """A branch with leaves in front of a pale moon."""
    picture = _gradient(palette.shade(0.84, 0.02, 0.5), palette.shade(0.68, -0.03, 0.5))
    draw = ImageDraw.Draw(picture)
    x, y, r = FINE * float(rng.uniform(0.35, 0.65)), FINE * 0.42, FINE * 0.27
    draw.ellipse((x - r, y - r, x + r, y + r), fill=palette.shade(0.95, 0.02, 0.6))
    at = np.array([FINE * 0.5, FINE * 1.0])
    heading = -np.pi / 2 + float(rng.uniform(-0.15, 0.15))
    for step in range(22):
        after = at + FINE * 0.043 * np.array([np.cos(heading), np.sin(heading)])
        draw.line((*at, *after), fill=palette.shade(0.2, 0, 0.35), width=max(6, 26 - step))
        if step > 2:
            side = 1 if step % 2 else -1
            turn = heading + side * float(rng.uniform(0.7, 1.1))
            colour = palette.shade(
                float(rng.uniform(0.28, 0.5)), float(rng.uniform(-0.06, 0.16)), 0.62
            )
            _leaf(
                draw, after, turn, FINE * float(rng.uniform(0.11, 0.17)) * (1.1 - step / 40), colour
            )
        at, heading = after, heading + float(rng.uniform(-0.13, 0.13))
    return picture


def _leaf(
    draw: ImageDraw.ImageDraw, at: NDArray[np.float64], turn: float, length: float, colour: Colour
) -> None:
    along = np.linspace(0, 1, 24)
    wide = 0.24 * np.sin(np.pi * along**0.8)
    outline = np.concatenate([np.stack([along, wide], 1), np.stack([along, -wide], 1)[::-1]])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = at + length * outline @ rotation.T
    draw.polygon([(float(u), float(v)) for u, v in points], fill=colour)


def _jazz(picture: Image.Image, palette: Palette, rng: np.random.Generator) -> Image.Image:
    """Overlapping cut paper: circles, quarter circles and stripes in a loose grid."""
    picture = _gradient(palette.shade(0.9, 0.0, 0.35), palette.shade(0.84, 0.02, 0.4))
    draw = ImageDraw.Draw(picture)
    colours = [
        palette.shade(0.32, 0.0, 0.65),
        palette.shade(0.5, 0.5, 0.75),
        palette.shade(0.18, 0.02, 0.5),
        palette.shade(0.6, 0.06, 0.6),
    ]
    cell = FINE // 4
    for row in range(4):
        for column in range(4):
            left, top = column * cell, row * cell
            colour = colours[int(rng.integers(4))]
            kind = int(rng.integers(5))
            if kind == 0:
                draw.ellipse((left + 20, top + 20, left + cell - 20, top + cell - 20), fill=colour)
            elif kind == 1:
                corner = int(rng.integers(4))
                x, y = left - cell * (corner % 2), top - cell * (corner // 2)
                box = (x, y, x + 2 * cell, y + 2 * cell)
                start = (180, 270, 90, 0)[corner]
                draw.pieslice(box, start, start + 90, fill=colour)
            elif kind == 2:
                for stripe in range(4):
                    edge = top + stripe * cell // 4
                    draw.rectangle((left, edge, left + cell, edge + cell // 9), fill=colour)
            elif kind == 3:
                draw.rectangle((left, top, left + cell, top + cell), fill=colour)
    return picture


_DRAWN: MappingProxyType[str, Draw] = MappingProxyType(
    {"Ambient": _ambient, "Chiptune": _chiptune, "Techno": _techno, "Folk": _folk, "Jazz": _jazz}
)
