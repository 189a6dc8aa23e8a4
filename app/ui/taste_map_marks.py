"""What is written and drawn over the map's points: names, the session's path, the named song."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from app.library.track import Track
from app.ui.taste_map_view import View
from app.ui.theme import Theme
from recommender.api import Scope

if TYPE_CHECKING:
    from recommender.vectors.song_map import Label

_MOST_LABELS = 24
_GENRES_UNTIL = 6.0
"""Genres are written until the map is so many times as large as its frame."""


class MapMarks:
    """Holds fonts for as long as the theme stays the same."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._written: dict[tuple[str, bool], QPixmap] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take the fonts anew."""
        self._genre, self._artist = self._theme.font(13, bold=True), self._theme.font(11)
        self._bold, self._small = self._theme.font(12, bold=True), self._theme.font(11)
        self._written.clear()

    def paint_labels(
        self, painter: QPainter, view: View, labels: Sequence[Label], ratio: float
    ) -> None:
        """Names where there is room, the largest regions first; more of them when near."""
        zoom = view.scale / view.fit
        frame = QRectF(0, 0, view.width, view.height).adjusted(4, 4, -4, -4)
        taken: list[QRectF] = []
        for label in labels:
            is_genre = label.scope is Scope.GENRE
            if (is_genre and zoom > _GENRES_UNTIL) or len(taken) >= _MOST_LABELS:
                continue
            if not is_genre and label.songs * zoom * zoom < 40:
                continue
            middle = view.to_screen(label.x, label.y)
            if not frame.contains(middle):
                continue
            name = self._name(label.name, is_genre, ratio)
            box = QRectF(QPointF(0, 0), name.deviceIndependentSize())
            box.moveCenter(middle)
            roomy = box.adjusted(-8, 0, 8, 0)
            if not frame.contains(box) or any(roomy.intersects(other) for other in taken):
                continue
            taken.append(box)
            painter.drawPixmap(box.topLeft().toPoint(), name)

    def _name(self, name: str, is_genre: bool, ratio: float) -> QPixmap:
        """A name with a soft edge in the ground's colour, drawn once."""
        key = (name, is_genre)
        if key not in self._written or self._written[key].devicePixelRatio() != ratio:
            self._written[key] = self._write(name, is_genre, ratio)
        return self._written[key]

    def _write(self, name: str, is_genre: bool, ratio: float) -> QPixmap:
        colours, pad = self._theme.colours, self._theme.px(4)
        font = self._genre if is_genre else self._artist
        metrics = QFontMetricsF(font)
        room = QSizeF(metrics.horizontalAdvance(name) + 2 * pad, metrics.height() + pad)
        drawn = QPixmap((room * ratio).toSize())
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        shape = QPainterPath()
        shape.addText(pad, pad / 2 + metrics.ascent(), font, name)
        halo = QColor(colours.panel)
        halo.setAlphaF(0.82)
        edge = QPen(halo, pad)
        edge.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.strokePath(shape, edge)
        painter.fillPath(shape, colours.text if is_genre else colours.muted)
        painter.end()
        return drawn

    def paint_path(self, painter: QPainter, places: Sequence[QPointF]) -> None:
        """A gentle curve through the session's songs that grows stronger; the last one glows."""
        if not places:
            return
        px, accent = self._theme.px, self._theme.colours.text
        count = max(1, len(places) - 1)
        for number, piece in enumerate(_curve(places)):
            colour = QColor(accent)
            colour.setAlphaF(0.18 + 0.67 * (number + 1) / count)
            pen = QPen(colour, px(2))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.strokePath(piece, pen)
        painter.setPen(QPen(self._theme.colours.panel, 1.5))
        for number, place in enumerate(places[:-1]):
            colour = QColor(accent)
            colour.setAlphaF(0.35 + 0.6 * number / count)
            painter.setBrush(colour)
            painter.drawEllipse(place, px(3.5), px(3.5))
        self._paint_latest(painter, places[-1])

    def _paint_latest(self, painter: QPainter, place: QPointF) -> None:
        px, colours = self._theme.px, self._theme.colours
        painter.setPen(Qt.PenStyle.NoPen)
        for radius, share in ((18, 0.14), (12, 0.26)):
            glow = QColor(colours.accent)
            glow.setAlphaF(share)
            painter.setBrush(glow)
            painter.drawEllipse(place, px(radius), px(radius))
        painter.setPen(QPen(colours.panel, px(2)))
        painter.setBrush(colours.accent)
        painter.drawEllipse(place, px(7), px(7))

    def paint_edge(self, painter: QPainter, box: QRectF, focused: bool) -> None:
        """Round corners and the line around the map."""
        colours, radius = self._theme.colours, self._theme.px(10)
        corners = QPainterPath()
        corners.addRect(box)
        corners.addRoundedRect(box, radius, radius)
        painter.fillPath(corners, colours.raised)
        painter.setPen(QPen(colours.accent if focused else colours.line, 2 if focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)

    def paint_song(
        self, painter: QPainter, at: QPointF, track: Track | None, frame: QRectF
    ) -> None:
        """A ring around a song, and its title and artist on a plate beside it."""
        px, colours = self._theme.px, self._theme.colours
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.text, 2))
        painter.drawEllipse(at, px(8), px(8))
        if track is None:
            return
        widest = frame.width() - px(48)
        title = _elided(self._bold, track.title, widest)
        artist = _elided(self._small, track.artist, widest)
        upper, lower = QFontMetricsF(self._bold), QFontMetricsF(self._small)
        words = max(upper.horizontalAdvance(title), lower.horizontalAdvance(artist))
        high = upper.height() + (lower.height() if artist else 0)
        plate = QRectF(0, 0, words + px(20), high + px(12))
        plate.moveCenter(QPointF(at.x(), at.y() - plate.height() / 2 - px(16)))
        if plate.top() < px(4):
            plate.moveTop(at.y() + px(16))
        plate.moveLeft(min(max(px(6), plate.left()), frame.right() - plate.width() - px(6)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.toast)
        painter.drawRoundedRect(plate, px(8), px(8))
        painter.setPen(colours.toast_text)
        inside = plate.adjusted(px(10), px(6), -px(10), -px(6))
        painter.setFont(self._bold)
        painter.drawText(inside, Qt.AlignmentFlag.AlignTop, title)
        painter.setFont(self._small)
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom, artist)


def _elided(font: QFont, text: str, width: float) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _curve(places: Sequence[QPointF]) -> list[QPainterPath]:
    """The pieces of a Catmull-Rom curve through the places, one from each to the next."""
    padded = [places[0], *places, places[-1]]
    pieces = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        if math.hypot(end.x() - start.x(), end.y() - start.y()) < 0.5:
            continue
        piece = QPainterPath(start)
        piece.cubicTo(start + (end - before) / 6, end - (after - start) / 6, end)
        pieces.append(piece)
    return pieces
