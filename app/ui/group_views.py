"""Artists, albums and genres as tiles."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.library.query import GroupRow
from app.ui.covers import Covers
from app.ui.group_model import GroupModel, cover_track
from app.ui.icons import pixmap
from app.ui.places import PlaceKind
from app.ui.theme import Theme
from app.ui.track_model import Index

_TILE_PX = {PlaceKind.ALBUMS: 160, PlaceKind.ARTISTS: 160, PlaceKind.GENRES: 190}
_STRIP_TILE_PX = 132
_ZOOM = 1.1
"""Covers come with corners round for their size; large tiles cut their own."""
TILE_INSET_PX = 13
"""From a tile's edge to its cover."""
_WORDS_PX = 58
_GENRE_HEIGHT_PX = 104


class GroupDelegate(QStyledItemDelegate):
    """Paints a tile: a square cover, a round one for an artist, a coloured card for a genre."""

    def __init__(self, theme: Theme, covers: Covers, parent: GroupView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._covers = covers
        self._view = parent

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The same for all."""
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, picture, words, ring."""
        model = index.model()
        if not isinstance(model, GroupModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        group = model.group(index.row())
        gap = self._theme.px(5)
        rect: QRect = option.rect
        box = QRect(rect.topLeft(), self._view.gridSize()).adjusted(gap, gap, -gap, -gap)
        state: QStyle.StateFlag = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if model.kind is PlaceKind.GENRES:
            box.translate(self._theme.px(TILE_INSET_PX) - gap, 0)
            self._paint_card(painter, box, model, group, hovered)
        else:
            self._paint_tile(painter, box, model, group, hovered)
        if self._view.shows_ring and index.row() == self._view.currentIndex().row():
            self._ring(painter, box)
        painter.restore()

    def _ring(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(QPen(self._theme.colours.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = self._theme.px(10)
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), radius, radius)

    def _paint_tile(
        self, painter: QPainter, box: QRect, model: GroupModel, group: GroupRow, hovered: bool
    ) -> None:
        px, colours = self._theme.px, self._theme.colours
        if hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(box, px(10), px(10))
        pad = px(8)
        side = box.width() - 2 * pad
        square = QRect(box.x() + pad, box.y() + pad, side, side)
        is_artist = model.kind is PlaceKind.ARTISTS
        self._paint_cover(painter, square, group, is_artist)
        if hovered and not is_artist:
            self._paint_play(painter, square)
        words = QRect(square.x(), square.bottom() + px(7), side, px(19))
        across = Qt.AlignmentFlag.AlignHCenter if is_artist else Qt.AlignmentFlag.AlignLeft
        self._write(painter, words, across, model.name(group), 13, colours.text, bold=True)
        words.translate(0, px(19))
        self._write(painter, words, across, model.details(group), 12, colours.muted)

    def _paint_cover(
        self, painter: QPainter, square: QRect, group: GroupRow, is_artist: bool
    ) -> None:
        artist = group.name if is_artist else group.subtitle
        track = cover_track(group.name, artist, group.cover_key, group.cover_location)
        ratio = self._view.devicePixelRatioF()
        cover = self._covers.pixmap(track, self._view.cover_side, ratio)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(filling(cover, square, 1.0 if is_artist else _ZOOM))
        if is_artist:
            painter.drawEllipse(square)
        else:
            radius = self._theme.px(10)
            painter.drawRoundedRect(square, radius, radius)

    def _paint_play(self, painter: QPainter, square: QRect) -> None:
        """A round sign in the corner: Enter or a click opens, this part plays."""
        box = self._view.play_box(square)
        colours = self._theme.colours
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent)
        painter.drawEllipse(box)
        side = self._theme.px(22)
        ratio = self._view.devicePixelRatioF()
        sign = pixmap("play_arrow_fill", colours.accent_text, side, ratio)
        corner = box.center() - QPoint(side // 2 - 1, side // 2 - 1)
        painter.drawPixmap(QRect(corner, QSize(side, side)), sign)

    def _paint_card(
        self, painter: QPainter, box: QRect, model: GroupModel, group: GroupRow, hovered: bool
    ) -> None:
        px = self._theme.px
        hue = zlib.crc32(group.name.casefold().encode()) % 360
        lift = 10 if hovered else 0
        blend = QLinearGradient(box.topLeft(), box.bottomRight())
        blend.setColorAt(0, QColor.fromHsl(hue, 105, 92 + lift))
        blend.setColorAt(1, QColor.fromHsl((hue + 40) % 360, 120, 56 + lift))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blend)
        painter.drawRoundedRect(box, px(10), px(10))
        words = box.adjusted(px(14), px(12), -px(14), 0)
        words.setHeight(px(22))
        left, white = Qt.AlignmentFlag.AlignLeft, QColor("white")
        self._write(painter, words, left, model.name(group), 15, white, bold=True)
        words.moveTop(box.bottom() - px(32))
        self._write(painter, words, left, model.details(group), 12, QColor(255, 255, 255, 225))

    def _write(
        self,
        painter: QPainter,
        box: QRect,
        across: Qt.AlignmentFlag,
        text: str,
        size: int,
        colour: QColor,
        bold: bool = False,
    ) -> None:
        font = self._theme.font(size, bold)
        painter.setFont(font)
        painter.setPen(colour)
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, across | Qt.AlignmentFlag.AlignVCenter, elided)


class GroupView(QListView):
    """Tiles in rows that fill the width, or in one line (`strip`)."""

    opened = Signal(object)
    """A Place."""
    play_asked = Signal(object)
    menu_asked = Signal(object, QPoint)

    def __init__(
        self,
        model: GroupModel,
        theme: Theme,
        covers: Covers,
        parent: QWidget | None = None,
        *,
        strip: bool = False,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._strip = strip
        self._by_keyboard = False
        self.setItemDelegate(GroupDelegate(theme, covers, self))
        self._set_up()
        self.setModel(model)
        self._fit_tiles()
        model.modelReset.connect(self._fit_tiles)
        covers.loaded.connect(self._repaint)
        theme.changed.connect(self.viewport().update)

    @property
    def shows_ring(self) -> bool:
        """Whether the current tile is marked for a keyboard user."""
        return self._by_keyboard and self.hasFocus()

    @property
    def cover_side(self) -> int:
        """The covers' width, rounded so that resizing the window does not load all anew."""
        return self._theme.px(_TILE_PX[PlaceKind.ALBUMS])

    def play_box(self, square: QRect) -> QRect:
        """Where the play sign of a cover is."""
        side, pad = self._theme.px(40), self._theme.px(8)
        return QRect(square.right() - side - pad, square.bottom() - side - pad, side, side)

    def keep_place(self, change: Callable[[], None]) -> None:
        """Change the tiles; what is scrolled to and chosen stays if the list begins as before."""
        before = self._model.rowCount() and self._model.place(0)
        offset, current = self.verticalScrollBar().value(), self.currentIndex().row()
        change()
        if self._model.rowCount() and self._model.place(0) == before:
            self.executeDelayedItemsLayout()
            self.verticalScrollBar().setValue(offset)
            self.setCurrentIndex(self._model.index(current))

    def keyboardSearch(self, _search: str) -> None:
        """Nothing: the search box finds."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        self._by_keyboard = True
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(self._model.place(index.row()))
        else:
            super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """No ring for the pointer."""
        self._by_keyboard = False
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens, a click on the play sign plays."""
        super().mouseReleaseEvent(event)
        where = event.position().toPoint()
        index = self.indexAt(where)
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        place = self._model.place(index.row())
        plays = self._model.kind is PlaceKind.ALBUMS and self._play_sign(index).contains(where)
        (self.play_asked if plays else self.opened).emit(place)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming by Tab shows the ring and gives the first tile the focus."""
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._by_keyboard = True
        if not self.currentIndex().isValid() and self._model.rowCount():
            self.setCurrentIndex(self._model.index(0))
        super().focusInEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a tile, by pointer or key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            centre = self.viewport().mapToGlobal(self.visualRect(index).center())
            where = centre if by_key else event.globalPos()
            self.menu_asked.emit(self._model.place(index.row()), where)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        self._fit_tiles()
        super().resizeEvent(event)

    def _set_up(self) -> None:
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(not self._strip)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(self._theme.px(48))
        if self._strip:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        else:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("role", "tiles")
        self.setAccessibleName("Albums" if self._strip else "Library")

    def _fit_tiles(self) -> None:
        kind = self._model.kind
        least = self._theme.px(_TILE_PX[kind])
        if self._strip:
            least = self._theme.px(_STRIP_TILE_PX)
            tile = QSize(least, least + self._theme.px(_WORDS_PX - 10))
            self.setFixedHeight(tile.height() + self._theme.px(14))
        else:
            bar = self.verticalScrollBar().sizeHint().width()
            room = max(self.width() - bar - 1, least)
            genres = kind is PlaceKind.GENRES
            if genres:
                room -= self._theme.px(TILE_INSET_PX)
            width = room // max(1, room // least)
            words = self._theme.px(_WORDS_PX - 10)
            height = self._theme.px(_GENRE_HEIGHT_PX) if genres else width + words
            tile = QSize(width, height)
            self.setAccessibleName(kind.value.capitalize())
        if tile != self.gridSize():
            self.setGridSize(tile)

    def _play_sign(self, index: Index) -> QRect:
        gap, pad = self._theme.px(5), self._theme.px(8)
        box = QRect(self.visualRect(index).topLeft(), self.gridSize())
        box = box.adjusted(gap, gap, -gap, -gap)
        side = box.width() - 2 * pad
        return self.play_box(QRect(box.x() + pad, box.y() + pad, side, side))

    def _repaint(self, _cover_key: str) -> None:
        self.viewport().update()


def filling(cover: QPixmap, square: QRect, zoom: float) -> QBrush:
    """A brush that paints the cover over the square, `zoom` times as large."""
    factor = zoom * square.width() / max(1, cover.width())
    transform = QTransform()
    transform.translate(square.x() + square.width() / 2, square.y() + square.height() / 2)
    transform.scale(factor, factor)
    transform.translate(-cover.width() / 2, -cover.height() / 2)
    plain = QPixmap(cover)
    plain.setDevicePixelRatio(1)
    brush = QBrush(plain)
    brush.setTransform(transform)
    return brush
