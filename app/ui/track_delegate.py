"""Paints the cells of a track table."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.library.track import Track
from app.ui.covers import Covers
from app.ui.icons import pixmap
from app.ui.theme import Theme
from app.ui.track_model import TEXTS, Column, Index, TrackModel

_STRONG = (Column.TITLE,)
_NUMBERS = (Column.YEAR, Column.LENGTH)


class RowState:
    """What the table knows of its rows beyond the model: the pointer's row and the focused one."""

    def __init__(self) -> None:
        self.hovered = -1
        self.ringed = -1
        self.numbered = False
        self.first_column = 0
        self.last_column = len(Column) - 1


class TrackDelegate(QStyledItemDelegate):
    """One row, cell by cell: cover, words, heart, length."""

    def __init__(self, theme: Theme, covers: Covers, state: RowState, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._covers = covers
        self._state = state
        self._view = parent
        self._prepare()
        theme.changed.connect(self._prepare)

    @property
    def row_height(self) -> int:
        """Of every row."""
        return self._theme.px(46)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The same for all."""
        return QSize(self._theme.px(60), self.row_height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> None:
        """The row's ground, then what the column shows."""
        model = index.model()
        if not isinstance(model, TrackModel):
            return
        row, column = index.row(), index.column()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        track = model.track(row)
        playing = track is not None and track.track_id == model.playing_id
        self._paint_ground(painter, rect, row, column, selected, playing)
        if track is None:
            if column in (Column.TITLE, Column.ARTIST):
                self._paint_blank(painter, rect)
            return
        if not track.available:
            painter.setOpacity(0.5)
        if column == Column.COVER:
            self._paint_cover(painter, rect, track, playing, row == self._state.hovered)
        elif column == Column.LIKED:
            self._paint_opinion(painter, rect, track, row == self._state.hovered)
        else:
            self._paint_words(painter, rect, column, track, playing)
        painter.setOpacity(1)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Tell only what the cell could not show."""
        model = index.model()
        track = model.track(index.row()) if isinstance(model, TrackModel) else None
        rect: QRect = option.rect
        if track is None or (track.available and self._fits(index, rect)):
            QToolTip.hideText()
            return True
        return super().helpEvent(event, view, option, index)

    def _fits(self, index: Index, rect: QRect) -> bool:
        if index.column() in (Column.COVER, Column.LIKED):
            return index.column() == Column.COVER
        metrics = self._strong_metrics if index.column() in _STRONG else self._metrics
        room = rect.width() - 2 * self._theme.px(8)
        return metrics.horizontalAdvance(index.data() or "") <= room

    def _prepare(self) -> None:
        self._font: QFont = self._theme.font(13)
        self._strong: QFont = self._theme.font(13, bold=True)
        self._metrics = QFontMetrics(self._font)
        self._strong_metrics = QFontMetrics(self._strong)
        self._rise = (self._metrics.ascent() - self._metrics.descent() + 1) // 2
        self._widest = self._strong_metrics.horizontalAdvance("W")
        self._widths: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def _width(self, text: str, strong: bool) -> int:
        """About how wide a text is: the sum of its letters, which is quicker than laying it out."""
        widths = self._widths[strong]
        try:
            return sum(map(widths.__getitem__, text))
        except KeyError:
            metrics = self._strong_metrics if strong else self._metrics
            for letter in set(text) - widths.keys():
                widths[letter] = metrics.horizontalAdvance(letter)
            return sum(map(widths.__getitem__, text))

    def _paint_ground(
        self, painter: QPainter, rect: QRect, row: int, column: int, selected: bool, playing: bool
    ) -> None:
        colours, state = self._theme.colours, self._state
        first, last = column == state.first_column, column == state.last_column
        if selected or playing or row == state.hovered:
            ground = colours.selection if selected or playing else colours.hover
            self._fill(painter, rect, ground, first, last)
        else:
            painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colours.line)
        if row == state.ringed:
            self._ring(painter, rect, first, last)

    def _fill(
        self, painter: QPainter, rect: QRect, colour: QColor, first: bool, last: bool
    ) -> None:
        """Fill a cell; the outer ones have the round corners of the row."""
        painter.save()
        painter.setClipRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        radius = self._theme.px(8)
        box = rect.adjusted(0 if first else -radius, 0, 0 if last else radius, -1)
        painter.drawRoundedRect(box, radius, radius)
        painter.restore()

    def _ring(self, painter: QPainter, rect: QRect, first: bool, last: bool) -> None:
        painter.save()
        painter.setClipRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colours.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = self._theme.px(8)
        left, right = (1 if first else -radius), (-1 if last else radius)
        painter.drawRoundedRect(QRectF(rect).adjusted(left, 1, right, -2), radius, radius)
        painter.restore()

    def _paint_blank(self, painter: QPainter, rect: QRect) -> None:
        """A bar where words will be."""
        px = self._theme.px
        bar = QRectF(rect.x() + px(8), rect.center().y() - px(4), rect.width() * 0.5, px(8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours.line)
        painter.drawRoundedRect(bar, px(4), px(4))

    def _paint_cover(
        self, painter: QPainter, rect: QRect, track: Track, playing: bool, hovered: bool
    ) -> None:
        marked = hovered or playing or not track.available
        if self._state.numbered and not marked:
            painter.setFont(self._font)
            painter.setPen(self._theme.colours.muted)
            number = str(track.track_number or "")
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, number)
            return
        side = self._theme.px(34)
        box = QRect(0, 0, side, side)
        box.moveCenter(rect.center())
        ratio = self._view.devicePixelRatioF()
        painter.drawPixmap(box, self._covers.pixmap(track, side, ratio))
        sign = "play_arrow_fill" if hovered and track.available else "graphic_eq"
        if not track.available:
            sign = "cloud_off"
        if marked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 130))
            corner = side * 0.15
            painter.drawRoundedRect(box, corner, corner)
            self._paint_icon(painter, box, pixmap(sign, QColor("white"), self._theme.px(20), ratio))

    def _paint_opinion(self, painter: QPainter, rect: QRect, track: Track, hovered: bool) -> None:
        colours = self._theme.colours
        if track.liked:
            sign, colour = "favorite_fill", colours.like
        elif track.disliked:
            sign, colour = "block", colours.muted
        elif hovered:
            sign, colour = "favorite", colours.muted
        else:
            return
        ratio = self._view.devicePixelRatioF()
        self._paint_icon(painter, rect, pixmap(sign, colour, self._theme.px(18), ratio))

    @staticmethod
    def _paint_icon(painter: QPainter, rect: QRect, drawn: QPixmap) -> None:
        size = drawn.deviceIndependentSize().toSize()
        box = QRect(0, 0, size.width(), size.height())
        box.moveCenter(rect.center())
        painter.drawPixmap(box, drawn)

    def _paint_words(
        self,
        painter: QPainter,
        rect: QRect,
        column: int,
        track: Track,
        playing: bool,
    ) -> None:
        colours = self._theme.colours
        strong = column in _STRONG
        text = TEXTS[column](track)
        pad = self._theme.px(8)
        box = rect.adjusted(pad, 0, -pad, 0)
        metrics = self._strong_metrics if strong else self._metrics
        if len(text) * self._widest > box.width() and self._width(text, strong) > box.width():
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(self._strong if strong else self._font)
        if playing:
            painter.setPen(colours.accent)
        else:
            painter.setPen(colours.text if strong and not track.disliked else colours.muted)
        left = box.x()
        if column in _NUMBERS:
            left = box.right() + 1 - metrics.horizontalAdvance(text)
        # At a point, not in a box: that is laid out once instead of twice.
        painter.drawText(left, box.center().y() + self._rise, text)
