"""The dimensions of sound as a list, and the moments that excite one as another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QListWidgetItem

from app.ui.covers import Covers
from app.ui.icons import pixmap
from app.ui.playback_clock import position_text
from app.ui.sound_reading import HeardDimension, HeardMoment
from app.ui.sound_rows import RowDelegate, RowList
from app.ui.sound_words import moment_in_words, strength
from app.ui.taste_map import QUIET_MS
from app.ui.theme import Theme
from app.ui.track_model import Index
from app.ui.up_next_painter import mixed

_COVER_PX = 38
_END_PX, _SHORT_END_PX, _SHORT_BELOW_PX = 84, 60, 330
"""How wide the second and its bar are, and less so in rows that are not as wide."""
_ROLE = Qt.ItemDataRole.UserRole
_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DimensionList(RowList):
    """Up and down choose, right or Enter goes on to the moments."""

    chosen = Signal(int)
    """The place of a dimension."""
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "What it tells songs apart by")
        self.setItemDelegate(_DimensionDelegate(theme, self))
        self._page_scrolls = QTimer(self, singleShot=True, interval=QUIET_MS)
        self.currentRowChanged.connect(self._tell)

    def page_scrolled(self) -> None:
        """The page moves under the pointer."""
        self._page_scrolls.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel that is scrolling the page goes on doing so."""
        if self._page_scrolls.isActive():
            event.ignore()
        else:
            super().wheelEvent(event)

    def show_dimensions(self, dimensions: Sequence[HeardDimension], current: int) -> None:
        """Show these, with one of them chosen."""
        self.blockSignals(True)
        self.clear()
        for dimension in dimensions:
            item = QListWidgetItem(dimension.name, self)
            item.setData(_ROLE, dimension)
            item.setToolTip(dimension.words)
            words = ", ".join(filter(None, (dimension.name, dimension.words)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        self.setCurrentRow(current)
        self.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down, Home, End and letters are the list's own."""
        if event.key() in (*_ENTER, Qt.Key.Key_Right):
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _tell(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(row)


class _DimensionDelegate(RowDelegate):
    def ground(self, index: Index, hovered: bool) -> QColor | None:
        if index.row() == self._view.currentRow():
            return self._theme.colours.selection
        return super().ground(index, hovered)

    def paint_row(self, painter: QPainter, rect: QRect, index: Index) -> None:
        dimension: HeardDimension = index.data(_ROLE)
        px, colours = self._theme.px, self._theme.colours
        is_chosen = index.row() == self._view.currentRow()
        ink = colours.accent if is_chosen else colours.text
        box = rect.adjusted(px(12), 0, -px(8), 0)
        self.two_lines(painter, box, dimension.name, dimension.words, ink)


class MomentList(RowList):
    """A click or Enter plays a moment, a right click offers more, left goes back."""

    play_at_asked = Signal(int, int)
    """A track's number, and a position in milliseconds."""
    menu_asked = Signal(object, QPoint)
    """A Track, and where on the screen."""
    left = Signal()

    def __init__(self, theme: Theme, covers: Covers) -> None:
        super().__init__(theme, "Songs and their moments")
        self._playing, self._position_ms = 0, 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setItemDelegate(_MomentDelegate(theme, covers, self))
        self.itemClicked.connect(self._play)
        covers.loaded.connect(lambda _key: self.viewport().update())

    def show_moments(self, moments: Sequence[HeardMoment]) -> None:
        """Show these; the first is current."""
        self.clear()
        for moment in moments:
            item = QListWidgetItem(moment.track.title, self)
            item.setData(_ROLE, moment)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, moment_in_words(moment))
            at = position_text(moment.start_ms), position_text(moment.end_ms)
            item.setToolTip(f"{at[0]} to {at[1]}: {strength(moment.strength)}")
        self.setCurrentRow(0)

    def moment(self, row: int) -> HeardMoment:
        """What a row shows."""
        shown: HeardMoment = self.item(row).data(_ROLE)
        return shown

    def show_playing(self, track_id: int, position_ms: int) -> None:
        """Mark the track that plays (0 for none), and its moment while that is heard."""
        before = [self.is_heard(row) for row in range(self.count())]
        is_other = track_id != self._playing
        self._playing, self._position_ms = track_id, position_ms
        if is_other or before != [self.is_heard(row) for row in range(self.count())]:
            self.viewport().update()

    def plays(self, row: int) -> bool:
        """Whether a row's track is what plays."""
        return self.moment(row).track.track_id == self._playing

    def is_heard(self, row: int) -> bool:
        """Whether a row's moment is being heard."""
        moment = self.moment(row)
        return self.plays(row) and moment.start_ms <= self._position_ms <= moment.end_ms

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter plays, left goes back to the dimensions."""
        if event.key() in _ENTER and self.currentItem() is not None:
            self._play(self.currentItem())
        elif event.key() == Qt.Key.Key_Left:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the track, by pointer or key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        if item is None:
            return
        below = self.viewport().mapToGlobal(self.visualItemRect(item).center())
        moment: HeardMoment = item.data(_ROLE)
        self.menu_asked.emit(moment.track, below if by_key else event.globalPos())

    def _play(self, item: QListWidgetItem) -> None:
        moment: HeardMoment = item.data(_ROLE)
        self.play_at_asked.emit(moment.track.track_id, moment.start_ms)


class _MomentDelegate(RowDelegate):
    def __init__(self, theme: Theme, covers: Covers, view: MomentList) -> None:
        super().__init__(theme, view)
        self._covers, self._moments = covers, view

    def paint_row(self, painter: QPainter, rect: QRect, index: Index) -> None:
        px, colours, moments = self._theme.px, self._theme.colours, self._moments
        row = index.row()
        moment = moments.moment(row)
        side = px(_COVER_PX)
        square = QRect(rect.x() + px(7), rect.center().y() - side // 2 + 1, side, side)
        cover = self._covers.pixmap(moment.track, side, moments.devicePixelRatioF())
        painter.setOpacity(1.0 if moment.track.available else 0.5)
        painter.drawPixmap(square, cover)
        wide = px(_SHORT_END_PX if rect.width() < px(_SHORT_BELOW_PX) else _END_PX)
        end = QRect(rect.right() - px(10) - wide, rect.y(), wide, rect.height())
        words = QRect(square.right() + px(11), rect.y(), 0, rect.height())
        words.setRight(end.x() - px(10))
        ink = colours.accent if moments.plays(row) else colours.text
        self.two_lines(painter, words, moment.track.title, moment.track.artist, ink)
        self._paint_end(painter, end, moment, moments.is_heard(row))
        painter.setOpacity(1.0)

    def _paint_end(
        self, painter: QPainter, box: QRect, moment: HeardMoment, is_heard: bool
    ) -> None:
        """The second with a sign, and how strong it is."""
        px, colours = self._theme.px, self._theme.colours
        first = self._moments.moment(0).strength
        top, side = box.center().y() - px(17), px(16)
        tint = colours.accent
        sign = pixmap("graphic_eq" if is_heard else "play_arrow_fill", tint, side,
                      self._moments.devicePixelRatioF())  # fmt: skip
        font = self._theme.font(12, bold=True)
        at = position_text(moment.start_ms)
        line = QRect(box.x(), top, box.width(), px(18))
        painter.setFont(font)
        painter.setPen(colours.text)
        painter.drawText(line, _END, at)
        left = line.right() - QFontMetrics(font).horizontalAdvance(at) - side - px(4)
        painter.drawPixmap(left, line.center().y() - side // 2 + 1, sign)
        bar = QRectF(box.x(), top + px(24), box.width(), px(4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(colours.raised, colours.text, 0.11))
        painter.drawRoundedRect(bar, px(2), px(2))
        share = min(1.0, max(0.0, moment.strength / first)) if first > 0 else 0.0
        bar.setWidth(max(bar.height(), bar.width() * share))
        painter.setBrush(colours.accent)
        painter.drawRoundedRect(bar, px(2), px(2))
