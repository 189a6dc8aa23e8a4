"""The geometry of *Up next*: an item view of three blocks with bars that stay in sight."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.ui.covers import Covers
from app.ui.theme import Theme
from app.ui.up_next_header import BlockHead, BlockNote
from app.ui.up_next_layout import BlockSize, UpNextLayout
from app.ui.up_next_model import Block, UpNextModel, UpNextRow
from app.ui.up_next_painter import RowPainter

Index = QModelIndex | QPersistentModelIndex
NOTHING = BlockSize(0, 0, 1, 0)


class BlockView(QListView):
    """Knows where every bar, note and row lies; paints nothing itself.

    It is a list view for the sake of screen readers, which know no other; the layout and the
    painting of one are not used.
    """

    _layout: UpNextLayout = None  # type: ignore[assignment]

    def __init__(
        self, model: UpNextModel, covers: Covers, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._layout = UpNextLayout((NOTHING, NOTHING, NOTHING), 0)
        self._heads: list[BlockHead] = []
        self._rows = model
        self._theme = theme
        self._painter = RowPainter(theme, covers)
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setAccessibleName("Up next")
        port = self.viewport()
        self._notes = [BlockNote(theme, port) for _ in Block]
        self._heads = [
            BlockHead(theme, "Your queue", "queue_music", port),
            BlockHead(theme, "Predicted", "auto_awesome", port),
            BlockHead(theme, "Played", "history", port),
        ]
        for block in Block:
            self._heads[block].clicked.connect(lambda block=block: self.go_to(block))
        self._layout = self._laid_out()

    def head(self, block: Block) -> BlockHead:
        """The bar of a block."""
        return self._heads[block]

    def note(self, block: Block) -> str:
        """The sentence under a block's name."""
        return self._notes[block].text()

    def set_note(self, block: Block, words: str) -> None:
        """Show a sentence under a block's name."""
        if self._notes[block].text() != words:
            self._notes[block].setText(words)
            self.updateGeometries()
            self.viewport().update()

    def row_for(self, index: Index) -> UpNextRow | None:
        """What a row shows, or None for no row."""
        return self._rows.row(index.row()) if index.isValid() else None

    def go_to(self, block: Block) -> None:
        """Scroll so that a block begins at the top."""
        self.verticalScrollBar().setValue(self._layout.heads[block])

    def _laid_out(self) -> UpNextLayout:
        width = self.viewport().width()
        queue, predicted, played = (
            BlockSize(
                self._heads[block].minimumHeight(),
                self._notes[block].height_for(width),
                self._painter.row_height(block),
                self._rows.count(block),
            )
            for block in Block
        )
        return UpNextLayout((queue, predicted, played), self._theme.px(8))

    def updateGeometries(self) -> None:
        """Work out where everything lies after rows, notes or the size changed."""
        if not self._heads:
            return  # the base class asks before there is anything to lay out
        self._layout = self._laid_out()
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._painter.row_height(Block.PREDICTED) // 2)
        bar.setRange(0, max(0, self._layout.height - self.viewport().height()))
        self._place_heads()
        QAbstractItemView.updateGeometries(self)

    def doItemsLayout(self) -> None:
        """Nothing is asked of single rows, however many there are."""
        QAbstractItemView.doItemsLayout(self)

    def _place_heads(self) -> None:
        scroll, width = self.verticalOffset(), self.viewport().width()
        for block in Block:
            head, note = self._heads[block], self._notes[block]
            size = self._layout.sizes[block]
            offset = self._head_offset(block)
            top = self._layout.pinned_head(block, scroll, self.viewport().height()) + offset
            head.setGeometry(0, top, width, size.head_px)
            below = self._layout.heads[block] - scroll + size.head_px + offset
            note.setGeometry(0, below, width, size.note_px)
            note.setVisible(size.note_px > 0)

    def _head_offset(self, block: Block) -> int:
        """How far a bar is from its place at present."""
        return 0

    def _row_rect(self, row: int) -> QRect:
        block, place = self._rows.locate(row)
        top = self._layout.row_top(block, place) - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self._layout.sizes[block].row_px)

    def _visible_keys(self) -> dict[Hashable, int]:
        """The rows in the viewport by key."""
        scroll = self.verticalOffset()
        shown = self._layout.rows_between(scroll, scroll + self.viewport().height())
        rows = [self._rows.start(block) + place for block, place in shown]
        return {self._rows.row(row).key: row for row in rows}

    def visualRect(self, index: Index) -> QRect:
        """Where a row lies at rest, in the viewport."""
        return self._row_rect(index.row()) if index.isValid() else QRect()

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a row into view, clear of the bars that rest at the edges."""
        if not index.isValid():
            return
        rect, bar = self.visualRect(index), self.verticalScrollBar()
        block = self._rows.locate(index.row())[0]
        above = self._layout.sizes[block].head_px
        below = self.viewport().height()
        if block != Block.PLAYED:
            below -= self._layout.sizes[Block.PLAYED].head_px
        if rect.top() < above or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            first = index.row() == 0
            bar.setValue(0 if first else bar.value() + rect.top() - above)
        elif rect.bottom() >= below:
            bar.setValue(bar.value() + rect.bottom() + 1 - below)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The row at a point of the viewport."""
        found = self._layout.row_at(point.y() + self.verticalOffset())
        if found is None or not self.viewport().rect().contains(point):
            return QModelIndex()
        block, place = found
        return self._rows.index(self._rows.start(block) + place)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Arrow keys walk through all three blocks."""
        last = self._rows.rowCount() - 1
        if last < 0:
            return QModelIndex()
        current = self.currentIndex()
        moves = QAbstractItemView.CursorAction
        page = max(1, self.viewport().height() // self._painter.row_height(Block.PREDICTED) - 1)
        steps = {
            moves.MoveUp: -1, moves.MovePrevious: -1, moves.MoveDown: 1, moves.MoveNext: 1,
            moves.MovePageUp: -page, moves.MovePageDown: page,
        }  # fmt: skip
        if action == moves.MoveEnd:
            row = last
        elif action == moves.MoveHome or not current.isValid():
            row = 0
        else:
            row = current.row() + steps.get(action, 0)
        return self._rows.index(min(last, max(0, row)))

    def horizontalOffset(self) -> int:
        """There is no scrolling sideways."""
        return 0

    def verticalOffset(self) -> int:
        """How far the list is scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        """No row is hidden."""
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Choose the row at the middle of a rectangle."""
        index = self.indexAt(rect.center())
        self.selectionModel().select(QItemSelection(index, index), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What to repaint when the selection changes."""
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index)
        return region

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the notes anew."""
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
