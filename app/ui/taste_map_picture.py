"""The picture of the map's points, drawn on the reader's thread; a drag only moves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from app.library.library import Library
from app.library.reader import Reader
from app.ui.taste_map_view import WHOLE, View, map_look
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.taste_map_data import MapData

DRAWN_AROUND = 0.35
"""So much more than what is seen is drawn, on each side, so that a drag has something to show."""
REDRAW_AFTER_MS = 40


class MapPicture:
    """Belongs to the widget `of`, whose present view `looked_at` gives."""

    def __init__(
        self, of: QWidget, reader: Reader, theme: Theme, looked_at: Callable[[], View], name: str
    ) -> None:
        """`name` tells its asks from those of another map."""
        self._of, self._reader, self._theme, self._looked_at = of, reader, theme, looked_at
        self._channel = f"{name}, picture"
        self._data: MapData | None = None
        self._picture, self._view, self._ratio = QPixmap(), WHOLE, 1.0
        self._soon = QTimer(of, singleShot=True, interval=REDRAW_AFTER_MS)
        self._soon.timeout.connect(self._ask)

    @property
    def is_drawn(self) -> bool:
        """Whether the present view has its picture."""
        waiting = self._soon.isActive() or self._picture.isNull()
        return not waiting and self._view == self._wanted()

    def show_data(self, data: MapData | None) -> None:
        """Draw these points from now on."""
        self._data, self._picture = data, QPixmap()

    def redraw(self) -> None:
        """The view or the colours are others now, and may soon be others again."""
        self._soon.start()

    def paint(self, painter: QPainter) -> None:
        """Paint what was drawn last where it belongs in the present view."""
        if self._picture.isNull():
            return
        target = self._looked_at().target_of(self._view, self._ratio)
        as_drawn = abs(target.width() * self._ratio - self._picture.width()) < 0.5
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not as_drawn)
        if as_drawn:
            painter.drawPixmap(target.topLeft().toPoint(), self._picture)
        else:
            painter.drawPixmap(target, self._picture, QRectF(self._picture.rect()))

    def _wanted(self) -> View:
        return self._looked_at().grown(DRAWN_AROUND, self._ratio)

    def _ask(self) -> None:
        data = self._data
        if data is None or not self._of.isVisible():
            return
        self._ratio = self._of.devicePixelRatioF()
        genres = len(data.names.genres)
        view, look = self._wanted(), map_look(self._theme, genres, self._ratio)

        def drawn(_library: Library) -> QImage:
            from app.ui import taste_map_data

            return taste_map_data.draw(data, view, look)

        self._reader.ask(drawn, lambda image: self._take(image, view), self._channel)

    def _take(self, image: QImage, view: View) -> None:
        self._picture, self._view = QPixmap.fromImage(image), view
        self._of.update()
