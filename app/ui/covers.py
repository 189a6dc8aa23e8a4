"""Covers as pixmaps: loaded behind the window's back, with a coloured stand-in until then."""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QImageReader,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPixmap,
)

from app.library.track import Track
from app.signals import Post

Thumbnail = Callable[[str, str, int, Path], "Path | None"]
"""`(track_location, cover_key, size_px, folder)` -> the file of a small cover, or None."""

THUMBNAIL_SIZES_PX = (96, 512)
LONGEST_BACKLOG = 300
_CORNER = 0.15
_CORNERS = (((0, 0), (1, 1)), ((1, 0), (0, 1)), ((0, 0), (0, 1)), ((0, 0.2), (1, 0.8)))
_HUES = 24
_LOOKS = _HUES * len(_CORNERS)
"""So few that soon all stand-ins are drawn: drawing one takes longer than a whole row."""


class Covers(QObject):
    """Hands out square covers with round corners at once, and tells when a better one is there.

    Reading and decoding happen on `threads` background threads, the latest wish first. At most
    `memory_mb` of pixmaps are kept. Use it on the window's thread only.
    """

    loaded = Signal(str)
    """cover_key: ask again for its pixmap."""

    def __init__(
        self,
        library_thumbnail: Thumbnail,
        folder: Path,
        post: Post,
        *,
        memory_mb: int = 24,
        threads: int = 2,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnail = library_thumbnail
        self._folder = folder
        self._post = post
        self._room = memory_mb * 1_000_000
        self._used = 0
        self._kept: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._missing: set[str] = set()
        self._wishes: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._working: set[tuple[str, int]] = set()
        self._wished = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"covers-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def pixmap(self, track: Track, size_px: int, device_ratio: float = 1.0) -> QPixmap:
        """The cover of a track, or its stand-in while there is none."""
        side = max(1, round(size_px * device_ratio))
        key = track.cover_key
        if key and key not in self._missing:
            kept = self._kept.get((key, side))
            if kept is not None:
                self._kept.move_to_end((key, side))
                kept.setDevicePixelRatio(device_ratio)
                return kept
            self._wish(key, side, track.location)
        return self._stand_in(track, side, device_ratio)

    def forget(self, cover_key: str) -> None:
        """Read a cover anew when it is asked for next, because its file changed."""
        self._missing.discard(cover_key)
        for key in [key for key in self._kept if key[0] == cover_key]:
            self._drop(key)
        self.loaded.emit(cover_key)

    def close(self) -> None:
        """Stop the threads; pixmaps that are kept can still be had."""
        with self._wished:
            self._closed = True
            self._wishes.clear()
            self._wished.notify_all()
        for thread in self._threads:
            thread.join(timeout=0.5)

    @property
    def memory_bytes(self) -> int:
        """What the kept pixmaps take."""
        return self._used

    def _wish(self, key: str, side: int, location: str) -> None:
        with self._wished:
            if self._closed or (key, side) in self._working:
                return
            self._wishes[key, side] = location
            self._wishes.move_to_end((key, side))
            if len(self._wishes) > LONGEST_BACKLOG:
                self._wishes.popitem(last=False)
            self._wished.notify()

    def _work(self) -> None:
        while True:
            with self._wished:
                while not self._wishes and not self._closed:
                    self._wished.wait()
                if self._closed:
                    return
                (key, side), location = self._wishes.popitem(last=True)
                self._working.add((key, side))
            image = self._load(key, side, location)
            self._post(lambda key=key, side=side, image=image: self._take(key, side, image))  # type: ignore[misc]

    def _load(self, key: str, side: int, location: str) -> QImage:
        wanted = next((size for size in THUMBNAIL_SIZES_PX if size >= side), THUMBNAIL_SIZES_PX[-1])
        try:
            path = self._thumbnail(location, key, wanted, self._folder)
        except (OSError, ValueError):
            return QImage()
        if path is None:
            return QImage()
        reader = QImageReader(str(path))
        reader.setAutoTransform(True)
        image = reader.read()
        return image if image.isNull() else rounded(_square(image, side), side * _CORNER)

    def _take(self, key: str, side: int, image: QImage) -> None:
        with self._wished:
            self._working.discard((key, side))
            if self._closed:
                return
        if image.isNull():
            self._missing.add(key)
            return
        self._keep((key, side), QPixmap.fromImage(image))
        self.loaded.emit(key)

    def _stand_in(self, track: Track, side: int, device_ratio: float) -> QPixmap:
        name = f"{track.album or track.title}\n{track.album_artist or track.artist}"
        number = zlib.crc32(name.encode("utf-8", "replace"))
        number %= _LOOKS
        key = (f"\n{number}", side)
        kept = self._kept.get(key)
        if kept is None:
            image = rounded(gradient(number, side), side * _CORNER)
            kept = QPixmap.fromImage(image)
            self._keep(key, kept)
        else:
            self._kept.move_to_end(key)
        kept.setDevicePixelRatio(device_ratio)
        return kept

    def _keep(self, key: tuple[str, int], pixmap: QPixmap) -> None:
        self._drop(key)
        self._kept[key] = pixmap
        self._used += _bytes(pixmap)
        while self._used > self._room and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, int]) -> None:
        pixmap = self._kept.pop(key, None)
        if pixmap is not None:
            self._used -= _bytes(pixmap)


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4


def _square(image: QImage, side: int) -> QImage:
    """The middle of an image, `side` pixels wide and high."""
    filled = image.scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    return filled.copy((filled.width() - side) // 2, (filled.height() - side) // 2, side, side)


def rounded(image: QImage, radius: float) -> QImage:
    """The image with round corners. May be called on any thread."""
    result = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(result.rect()), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(image))
    painter.drawPath(path)
    painter.end()
    return result


def gradient(number: int, side: int) -> QImage:
    """Two neighbouring colours and a direction, chosen by a number: a cover for who has none."""
    hue = number % _HUES * (360 // _HUES)
    start, end = _CORNERS[number // _HUES % len(_CORNERS)]
    blend = QLinearGradient(
        QPointF(start[0] * side, start[1] * side), QPointF(end[0] * side, end[1] * side)
    )
    blend.setColorAt(0, QColor.fromHsl(hue, 130, 128))
    blend.setColorAt(1, QColor.fromHsl((hue + 55) % 360, 140, 78))
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    painter.fillRect(image.rect(), blend)
    painter.end()
    return image
