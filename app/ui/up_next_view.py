"""The live list: paints the three blocks, with rows that slide to their new places."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.ui.covers import Covers
from app.ui.motion import motion_reduced
from app.ui.row_motion import RowMotions, order_changes
from app.ui.theme import Theme
from app.ui.up_next_blocks import BlockView
from app.ui.up_next_model import LONGEST_DIFF, Block, UpNextModel, UpNextRow
from app.ui.up_next_painter import RowLook

SLIDING_FRAME_MS = 16
GLOWING_FRAME_MS = 33
Tops = dict[Hashable, float]


class UpNextView(BlockView):
    """Shows changes of the model as motion; knows nothing of what the rows do."""

    painted = Signal(int)
    """The serial given to `show_change`, once its rows are on the screen."""
    hover_changed = Signal()

    def __init__(
        self, model: UpNextModel, covers: Covers, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, covers, theme, parent)
        self._motions = RowMotions()
        self._leaving: dict[Hashable, UpNextRow] = {}
        self._waiting: int | None = None
        self._mouse: QPoint | None = None
        self._hovered: Hashable | None = None
        self._drop_gap: int | None = None
        self.reduce_motion: bool | None = None
        self._frames = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._next_frame)
        self.viewport().setMouseTracking(True)
        for head in self._heads:
            head.entered.connect(self._leave_rows)
        theme.changed.connect(self._restyle)
        covers.loaded.connect(self._cover_loaded)
        self._restyle()

    def show_change(self, apply: Callable[[], None], serial: int | None = None) -> None:
        """Let `apply` change the model, and show what moved; rows are right from the first frame.

        The row with the focus stays in view when it was, and the rows being read stay put.
        """
        before, orders = self._tops(), [self._order(block) for block in Block]
        seen = {key: self._rows.row(row) for key, row in self._visible_keys().items()}
        anchors = self._anchors(before, seen)
        followed = self.hasFocus() and self._current_in_view()
        apply()
        self.updateGeometries()
        self._hold(anchors)
        if followed:
            self.scrollTo(self.currentIndex())
        self._animate(before, seen, orders)
        if serial is not None:
            self._waiting = serial
        self._place_heads()
        self._find_hovered()
        self._rows_moved()
        self.viewport().update()

    def sliding(self) -> bool:
        """Whether rows are on their way."""
        return self._motions.sliding(self._now())

    def animating(self) -> bool:
        """Whether anything is still to be painted by itself."""
        return self._frames.isActive()

    def painted_rect(self, row: int) -> QRect:
        """Where a row is painted now, in the viewport."""
        pose = self._motions.pose(self._rows.row(row).key, self._now())
        return self._row_rect(row).translated(0, round(pose.offset_px))

    def hovered_row(self) -> int:
        """The row under the mouse, or -1."""
        return self._rows.row_of(self._hovered) if self._hovered is not None else -1

    def actions_px(self, row: UpNextRow) -> int:
        """The width of the buttons laid over a row; 0 for none."""
        return 0

    # Changes and motion

    def _now(self) -> float:
        return time.perf_counter() * 1000

    def _order(self, block: Block) -> list[Hashable]:
        return self._rows.keys(block) if self._rows.count(block) <= LONGEST_DIFF else []

    def _tops(self) -> Tops:
        """The tops of bars and rows in the viewport, at rest."""
        scroll, layout = self.verticalOffset(), self._layout
        tops: Tops = {}
        for block in Block:
            tops["head", block] = layout.pinned_head(block, scroll, self.viewport().height())
            for place, key in enumerate(self._order(block)):
                tops[key] = layout.row_top(block, place) - scroll
        return tops

    def _animate(
        self, before: Tops, seen: dict[Hashable, UpNextRow], orders: list[list[Hashable]]
    ) -> None:
        reduced = self.reduce_motion if self.reduce_motion is not None else motion_reduced(self)
        if reduced or not self.isVisible():
            self._motions.clear()
            return
        now, after = self._now(), self._tops()
        near = {*seen, *self._visible_keys(), *(("head", block) for block in Block)}
        rises: dict[Hashable, int] = {}
        for block, old in zip(Block, orders, strict=True):
            if block != Block.PLAYED:
                rises.update(order_changes(old, self._order(block)))
        self._leaving.update(seen)
        self._motions.change(
            now,
            {key: top for key, top in before.items() if key in near and key in after},
            {key: top for key, top in after.items() if key in near},
            {key: rise for key, rise in rises.items() if key in near},
            {key: before[key] for key in seen if key in before and key not in after},
        )
        if self._motions.active(now):
            self._frames.start(SLIDING_FRAME_MS)

    @Slot()
    def _next_frame(self) -> None:
        now = self._now()
        if self._frames.interval() == SLIDING_FRAME_MS:
            self._place_heads()
            self._rows_moved()
            self.viewport().update()
            if not self._motions.sliding(now):
                self._leaving.clear()
                self._frames.start(GLOWING_FRAME_MS)
                self._find_hovered()
        for key in self._motions.glowing():
            row = self._rows.row_of(key)
            if row >= 0:
                self.viewport().update(self._row_rect(row))
        if not self._motions.active(now):
            self._frames.stop()
            self._motions.clear()

    def _rows_moved(self) -> None:
        """Called whenever rows are painted elsewhere than before."""

    def _head_offset(self, block: Block) -> int:
        return round(self._motions.pose(("head", block), self._now()).offset_px)

    def _anchors(
        self, before: Tops, seen: dict[Hashable, UpNextRow]
    ) -> list[tuple[Hashable, float]]:
        """The rows that should stay where they are, best first; none at the top of the list."""
        if self.verticalOffset() == 0:
            return []
        row = self.row_for(self.currentIndex())
        current = row.key if row is not None else None
        inside = [(key, before[key]) for key in seen if before.get(key, -1.0) >= 0]
        return sorted(inside, key=lambda each: each[0] != current)

    def _hold(self, anchors: list[tuple[Hashable, float]]) -> None:
        for key, top in anchors:
            row = self._rows.row_of(key)
            if row >= 0:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + round(self._row_rect(row).top() - top))
                return

    def _current_in_view(self) -> bool:
        index = self.currentIndex()
        return index.isValid() and self.viewport().rect().intersects(self.visualRect(index))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Bars are placed anew, rows are painted anew."""
        self._place_heads()
        self._find_hovered()
        self._rows_moved()
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in sight, those that climb on top."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        clip, now = event.rect(), self._now()
        self._paint_ground(painter)
        for ghost in self._motions.ghosts(now):
            row = self._leaving.get(ghost.key)
            if row is not None:
                height = self._painter.row_height(row.block)
                rect = QRect(0, round(ghost.top_px), self.viewport().width(), height)
                painter.setOpacity(ghost.opacity)
                self._painter.paint(painter, rect, row, RowLook())
        self._paint_rows(painter, clip, now)
        if self._drop_gap is not None:
            self._paint_drop_line(painter, self._drop_gap)
        painter.end()
        if self._waiting is not None:
            serial, self._waiting = self._waiting, None
            QTimer.singleShot(0, self, lambda: self.painted.emit(serial))

    def _paint_rows(self, painter: QPainter, clip: QRect, now: float) -> None:
        """Rows at rest first, then those that sink, then those that climb."""
        reach = self.viewport().height() if self._motions.sliding(now) else 0
        scroll = self.verticalOffset()
        top, bottom = clip.top() + scroll - reach, clip.bottom() + 1 + scroll + reach
        found: list[tuple[int, QRect, UpNextRow, RowLook]] = []
        for block, place in self._layout.rows_between(top, bottom):
            number = self._rows.start(block) + place
            row = self._rows.row(number)
            look = self._look(number, row, now)
            rect = self._row_rect(number).translated(0, round(look.pose.offset_px))
            if rect.intersects(clip):
                level = 0 if not look.pose.offset_px else 1 if look.pose.rise <= 0 else 2
                found.append((level, rect, row, look))
        for _, rect, row, look in sorted(found, key=lambda each: each[0]):
            painter.setOpacity(look.pose.opacity)
            self._painter.paint(painter, rect, row, look)
            if not look.actions_px:
                self._painter.paint_marks(painter, rect, row, look)
        painter.setOpacity(1.0)

    def _look(self, number: int, row: UpNextRow, now: float) -> RowLook:
        current = self.currentIndex().row() == number
        return RowLook(
            hovered=row.key == self._hovered,
            current=current,
            focused=current and self.hasFocus(),
            actions_px=self.actions_px(row),
            pose=self._motions.pose(row.key, now),
        )

    def _paint_ground(self, painter: QPainter) -> None:
        """The predicted block stands on a tint of the accent, with a bright edge."""
        colours, port = self._theme.colours, self.viewport().rect()
        painter.fillRect(port, colours.panel)
        top = self._heads[Block.PREDICTED].geometry().top()
        end = self._layout.ends[Block.PREDICTED] - self.verticalOffset() + self._theme.px(4)
        band = QRect(0, top, port.width(), end - top)
        painter.fillRect(band, self._painter.tinted)
        band.setTop(max(self._heads[Block.PREDICTED].geometry().bottom(), 0))
        edge = QLinearGradient(0, band.top(), 0, band.bottom())
        edge.setColorAt(0, colours.accent)
        faded = QColor(colours.accent)
        faded.setAlpha(0)
        edge.setColorAt(1, faded)
        painter.fillRect(QRect(0, band.top(), self._theme.px(2), band.height()), edge)

    def _paint_drop_line(self, painter: QPainter, gap: int) -> None:
        px = self._theme.px
        top = self._layout.row_top(Block.QUEUE, gap) - self.verticalOffset()
        line = QRect(px(12), top - px(1), self.viewport().width() - px(24), px(3))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours.accent)
        painter.drawRoundedRect(line, px(1), px(1))
        painter.drawEllipse(QPoint(px(12), top), px(4), px(4))

    @Slot()
    def _restyle(self) -> None:
        self._painter.refresh()
        panel = self._theme.colours.panel
        for block in Block:
            head, predicted = self._heads[block], block == Block.PREDICTED
            if predicted:
                head.set_ground(self._painter.tinted, self._theme.colours.accent)
            else:
                head.set_ground(panel)
        self.updateGeometries()
        self.viewport().update()

    @Slot(str)
    def _cover_loaded(self, cover_key: str) -> None:
        for row in self._visible_keys().values():
            if self._rows.row(row).track.cover_key == cover_key:
                self.viewport().update(self._row_rect(row))

    # Mouse

    def viewportEvent(self, event: QEvent) -> bool:
        """Forget the hovered row when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self._leave_rows()
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse over the rows."""
        QAbstractItemView.mouseMoveEvent(self, event)
        self._mouse = event.position().toPoint()
        self._find_hovered()

    @Slot()
    def _leave_rows(self) -> None:
        self._mouse = None
        self._find_hovered()

    def _find_hovered(self) -> None:
        row = self.row_for(self.indexAt(self._mouse)) if self._mouse is not None else None
        key = row.key if row is not None else None
        if key != self._hovered:
            self._hovered = key
            self.viewport().update()
            self.hover_changed.emit()
