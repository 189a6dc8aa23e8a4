"""Dragging tracks out of the library."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QDrag, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme
from app.ui.up_next_drag import track_data

MOST_DRAGGED = 5_000


def make_drag(source: QWidget, theme: Theme, ids: Sequence[int], words: str) -> QDrag:
    """A drag of the tracks, shown as `words` beside the pointer."""
    drag = QDrag(source)
    drag.setMimeData(track_data(ids[:MOST_DRAGGED]))
    drag.setPixmap(_label(theme, words, source.devicePixelRatioF()))
    drag.setHotSpot(QPoint(-theme.px(10), -theme.px(6)))
    return drag


def _label(theme: Theme, words: str, ratio: float) -> QPixmap:
    px, colours = theme.px, theme.colours
    font = theme.font(13, bold=True)
    metrics = QFontMetrics(font)
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, px(240))
    box = QRect(0, 0, metrics.horizontalAdvance(words) + px(24), metrics.height() + px(14))
    label = QPixmap(box.size() * ratio)
    label.setDevicePixelRatio(ratio)
    label.fill(Qt.GlobalColor.transparent)
    painter = QPainter(label)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.toast)
    painter.drawRoundedRect(box, px(8), px(8))
    painter.setFont(font)
    painter.setPen(colours.toast_text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return label
