"""The live list with hands: keys, buttons, menus, and songs that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import QMenu, QWidget

from app.conductor.interface import Conductor
from app.ui.covers import Covers
from app.ui.row_actions import RowActions, play_row, row_menu
from app.ui.theme import Theme
from app.ui.up_next_blocks import Index
from app.ui.up_next_drag import dragged_entry, dragged_tracks, track_data
from app.ui.up_next_model import Block, UpNextModel, UpNextRow
from app.ui.up_next_painter import RowLook
from app.ui.up_next_view import UpNextView

_ROW_KEYS = (
    Qt.Key.Key_L, Qt.Key.Key_D, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return,
    Qt.Key.Key_Enter, Qt.Key.Key_Menu,
)  # fmt: skip
_EDGE_PX = 36


class UpNextList(UpNextView):
    """Turns what the user does with a row into calls of the conductor."""

    why_wanted = Signal(object)
    """UpNextRow: the user asks why it stands there."""
    place_wanted = Signal(object)
    """A Place to go to."""

    def __init__(
        self,
        model: UpNextModel,
        conductor: Conductor,
        covers: Covers,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, covers, theme, parent)
        self._conductor = conductor
        self._menu: QMenu | None = None
        self.actions_bar = RowActions(theme, self.viewport())
        self.actions_bar.stackUnder(self._heads[Block.QUEUE])
        self.actions_bar.like_pressed.connect(self._like)
        self.actions_bar.dislike_pressed.connect(self._dislike)
        self.actions_bar.more_pressed.connect(self._more)
        self.hover_changed.connect(self._place_actions)
        self.doubleClicked.connect(self._play_index)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)

    # Quick buttons

    def actions_px(self, row: UpNextRow) -> int:
        """The quick buttons take this much of their row."""
        bar = self.actions_bar
        shown = not bar.isHidden() and bar.row is not None and bar.row.key == row.key
        return bar.width() if shown else 0

    def _rows_moved(self) -> None:
        self._place_actions()

    @Slot()
    def _place_actions(self) -> None:
        """Lay the buttons over the hovered row, else over the focused one.

        While rows slide they follow their song and go to no other, so that a second click
        cannot hit the song that just came under the mouse.
        """
        if not hasattr(self, "actions_bar"):
            return
        bar, number = self.actions_bar, self.hovered_row()
        inside = bar.has_focus_inside()
        if inside and bar.row is not None:
            number = self._rows.row_of(bar.row.key)
        elif number < 0 and self.hasFocus():
            number = self.currentIndex().row()
        row = self._rows.row(number) if 0 <= number < self._rows.rowCount() else None
        if row is not None and self.sliding() and (bar.row is None or row.key != bar.row.key):
            row = None
        if row is None:
            if not bar.isHidden():
                bar.hide()
                self.viewport().update()
            return
        bar.set_row(row)
        bar.adjustSize()
        rect = self.painted_rect(number)
        left = rect.right() - self._theme.px(14) - bar.width()
        bar.move(left, rect.top() + (rect.height() - bar.height()) // 2)
        if bar.isHidden():
            bar.show()
            self.viewport().update()

    @Slot()
    def _like(self) -> None:
        if self.actions_bar.row is not None:
            self._conductor.like(self.actions_bar.row.track.track_id)

    @Slot()
    def _dislike(self) -> None:
        if self.actions_bar.row is not None:
            self._conductor.dislike(self.actions_bar.row.track.track_id)

    @Slot()
    def _more(self) -> None:
        if self.actions_bar.row is not None:
            below = self.actions_bar.more.rect().bottomLeft()
            self._open_menu(self.actions_bar.row, self.actions_bar.more.mapToGlobal(below))

    # Menu and keys

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the row under the mouse, or of the current one."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_current_menu()
            return
        row = self.row_for(self.indexAt(event.pos()))
        if row is not None:
            self._open_menu(row, event.globalPos())

    def _open_current_menu(self) -> None:
        row = self.row_for(self.currentIndex())
        if row is not None:
            centre = self.visualRect(self.currentIndex()).center()
            self._open_menu(row, self.viewport().mapToGlobal(centre))

    def _open_menu(self, row: UpNextRow, where: QPoint) -> None:
        if self._menu is not None:
            return
        self._menu = row_menu(
            self._conductor, self._theme, row, self.why_wanted.emit, self.place_wanted.emit, self
        )
        self._menu.aboutToHide.connect(self._forget_menu)
        self._menu.popup(where)

    @Slot()
    def _forget_menu(self) -> None:
        self._menu = None

    @Slot(QModelIndex)
    def _play_index(self, index: QModelIndex) -> None:
        row = self.row_for(index)
        if row is not None:
            play_row(self._conductor, row)

    def event(self, event: QEvent) -> bool:
        """Keys that act on the focused row come here before they reach the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            moving = event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in (
                Qt.Key.Key_Up,
                Qt.Key.Key_Down,
            )
            if self.currentIndex().isValid() and (moving or (plain and event.key() in _ROW_KEYS)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter plays, L and D react, Delete removes, Alt with an arrow moves, Menu opens."""
        row = self.row_for(self.currentIndex())
        if row is None or not self._handle_key(event, row):
            super().keyPressEvent(event)

    def _handle_key(self, event: QKeyEvent, row: UpNextRow) -> bool:
        key, modifiers = event.key(), event.modifiers()
        queued = row.block == Block.QUEUE
        if modifiers == Qt.KeyboardModifier.AltModifier:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key), 0)
            if queued and step and 0 <= row.place - 1 + step < self._rows.count(Block.QUEUE):
                self._conductor.move_entry(row.entry_id, row.place - 1 + step)
            return bool(step)
        if modifiers == Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_F10:
            self._open_current_menu()
        elif modifiers not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            return False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            play_row(self._conductor, row)
        elif key == Qt.Key.Key_L:
            self._conductor.like(row.track.track_id)
        elif key == Qt.Key.Key_D:
            self._conductor.dislike(row.track.track_id)
        elif key == Qt.Key.Key_Menu:
            self._open_current_menu()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if queued:
                self._conductor.remove_entry(row.entry_id)
        else:
            return False
        return True

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search."""

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The quick buttons follow the focus."""
        super().currentChanged(current, previous)
        self.viewport().update()
        self._place_actions()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which row has the focus."""
        super().focusInEvent(event)
        self._place_actions()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave the row, unless the focus went to its buttons."""
        super().focusOutEvent(event)
        self._place_actions()

    # Dragging

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Take the current row along."""
        row = self.row_for(self.currentIndex())
        if row is None:
            return
        drag = QDrag(self)
        entry_id = row.entry_id if row.block == Block.QUEUE else None
        drag.setMimeData(track_data([row.track.track_id], entry_id))
        drag.setPixmap(self._picture(row))
        drag.setHotSpot(QPoint(self._theme.px(30), self._painter.row_height(row.block) // 2))
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.CopyAction)
        self._show_gap(None)

    def _picture(self, row: UpNextRow) -> QPixmap:
        rect = self.visualRect(self.currentIndex())
        ratio = self.devicePixelRatioF()
        picture = QPixmap(rect.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.9)
        rect.moveTo(0, 0)
        self._painter.paint(painter, rect, row, RowLook(hovered=True))
        painter.end()
        return picture

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome songs."""
        if dragged_tracks(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the songs would land."""
        gap = self._gap_for(event)
        self._show_gap(gap)
        if gap is None:
            event.ignore()
        else:
            event.acceptProposedAction()
        top = event.position().y()
        if top < _EDGE_PX or top > self.viewport().height() - _EDGE_PX:
            self.startAutoScroll()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the place."""
        self._show_gap(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move an entry of the queue, or put songs into it."""
        gap = self._gap_for(event)
        self._show_gap(None)
        if gap is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        entry_id = dragged_entry(event.mimeData())
        if entry_id is None:
            self._conductor.enqueue(dragged_tracks(event.mimeData()), gap)
            return
        place = self._rows.row_of((Block.QUEUE, entry_id))
        index = gap - 1 if 0 <= place < gap else gap
        if place >= 0 and index != place:
            self._conductor.move_entry(entry_id, index)

    def _gap_for(self, event: QDropEvent) -> int | None:
        """Where a drop would land in the queue; songs of this list must be brought up there."""
        if not dragged_tracks(event.mimeData()):
            return None
        top = event.position().y() + self.verticalOffset()
        if event.source() is self and top >= self._layout.heads[Block.PREDICTED]:
            return None
        return self._layout.gap_at(top)

    def _show_gap(self, gap: int | None) -> None:
        if gap != self._drop_gap:
            self._drop_gap = gap
            self.viewport().update()
