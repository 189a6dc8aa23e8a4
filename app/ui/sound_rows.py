"""Rows in two lines that can be walked through by keyboard, for the lists of the Sound page."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.ui.theme import Theme
from app.ui.track_model import Index
from app.ui.up_next_painter import mixed

ROW_PX = 52
_NO_LIMIT = (1 << 24) - 1
"""What Qt takes for no limit of a size."""
_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class RowList(QListWidget):
    """Rows of one height in two lines; the ring comes with the keyboard only."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.shows_ring = False
        self.setAccessibleName(name)
        self.setProperty("keepsArrows", True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(theme.px(ROW_PX) // 2)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self.viewport().update)

    def set_rows(self, rows: int, *, is_least: bool = False) -> None:
        """Be as high as so many rows, or as high as there is room from there on."""
        height = rows * self._theme.px(ROW_PX)
        self.setMinimumHeight(height)
        self.setMaximumHeight(_NO_LIMIT if is_least else height)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring to who came by keyboard, on a row."""
        self.shows_ring = event.reason() in _BY_KEY
        if self.currentRow() < 0 and self.count():
            self.setCurrentRow(0)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Whoever presses keys wants to see where they are."""
        self.shows_ring = True
        super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The pointer shows where it is by itself."""
        self.shows_ring = False
        super().mousePressEvent(event)


class RowDelegate(QStyledItemDelegate):
    """The ground of a row, and words on it."""

    def __init__(self, theme: Theme, view: RowList) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The same for all."""
        return QSize(self._theme.px(60), self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, ring, and what the row shows."""
        px, colours = self._theme.px, self._theme.colours
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(rect).adjusted(1, 1, -1, -1)
        ground = self.ground(index, bool(state & QStyle.StateFlag.State_MouseOver))
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, px(8), px(8))
        self.paint_row(painter, rect, index)
        is_current = index.row() == self._view.currentRow()
        if is_current and self._view.hasFocus() and self._view.shows_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(box, px(8), px(8))
        painter.restore()

    def ground(self, _index: Index, hovered: bool) -> QColor | None:
        """What a row stands on."""
        colours = self._theme.colours
        return mixed(colours.raised, colours.text, 0.05) if hovered else None

    def paint_row(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Paint what the row shows."""

    def write(
        self, painter: QPainter, box: QRect, text: str, ink: QColor, size: int, bold: bool = False
    ) -> None:
        """A line that is shortened to its box."""
        font = self._theme.font(size, bold)
        painter.setFont(font)
        painter.setPen(ink)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _START, shown)

    def two_lines(self, painter: QPainter, box: QRect, upper: str, lower: str, ink: QColor) -> None:
        """A strong line and a fine one; a strong one alone stands in the middle."""
        px = self._theme.px
        top = box.center().y() - px(18 if lower else 9)
        line = QRect(box.x(), top, box.width(), px(19))
        self.write(painter, line, upper, ink, 13, bold=True)
        line.translate(0, px(18))
        self.write(painter, line, lower, self._theme.colours.muted, 11)
