"""Icons of the Material Symbols set, drawn in any colour and size."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache

import resources

DEFAULT_SIZE_PX = 20
_FOLDER = Path(resources.__file__).parent


@cache
def _source(name: str) -> str:
    return (_FOLDER / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(
    name: str, colour: QColor, size: int = DEFAULT_SIZE_PX, ratio: float | None = None
) -> QPixmap:
    """The icon `name` in `colour`, `size` logical pixels wide and high.

    `ratio` is device pixels per logical one, by default that of the sharpest screen. Raises
    FileNotFoundError for a name that resources/icons does not hold.
    """
    if ratio is None:
        application = QGuiApplication.instance()
        ratio = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    side = max(1, round(size * ratio))
    key = f"segue-icon:{name}:{colour.rgba():08x}:{side}"
    drawn = QPixmap()
    if not QPixmapCache.find(key, drawn):
        drawn = _draw(name, colour, side)
        QPixmapCache.insert(key, drawn)
    result = QPixmap(drawn)
    result.setDevicePixelRatio(ratio)
    return result


def _draw(name: str, colour: QColor, side: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # only when an icon is first drawn

    opaque = QColor(colour.red(), colour.green(), colour.blue())
    tinted = _source(name).replace("<svg ", f'<svg fill="{opaque.name()}" ', 1)
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(tinted.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return drawn


def icon(name: str, colour: QColor, size: int = DEFAULT_SIZE_PX) -> QIcon:
    """The icon `name` for a button that shows it `size` logical pixels wide."""
    return QIcon(pixmap(name, colour, size))


def icon_size(size: int) -> QSize:
    """A square for `setIconSize`."""
    return QSize(size, size)


def window_icon() -> QIcon:
    """The sign of the player."""
    picture = QPixmap()
    picture.loadFromData((_FOLDER / "segue.svg").read_bytes(), "svg")
    return QIcon(picture)
