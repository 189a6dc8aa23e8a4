"""The table of tracks: columns that fit the room, keyboard, pointer and drag."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QHeaderView, QTableView, QWidget

from app.library.query import SortKey
from app.ui.covers import Covers
from app.ui.icons import pixmap
from app.ui.theme import Theme
from app.ui.track_delegate import RowState, TrackDelegate
from app.ui.track_drag import make_drag
from app.ui.track_model import HEADINGS, SORT_KEYS, Column, Index, TrackModel
from app.ui.wording import count

_FIXED_PX = {Column.COVER: 50, Column.YEAR: 62, Column.LIKED: 42, Column.LENGTH: 72}
_SHARES = {Column.TITLE: 33, Column.ARTIST: 23, Column.ALBUM: 26, Column.GENRE: 18}
_SHOWN_FROM_PX = {Column.YEAR: 760, Column.GENRE: 660, Column.ALBUM: 500, Column.ARTIST: 300}


class TrackHeader(QHeaderView):
    """The headings; a click sorts, and an arrow tells by what."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._sort = SortKey.DEFAULT
        self._descending = False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(theme.px(30))
        self.setAccessibleName("Columns")

    def show_sort(self, sort: SortKey, descending: bool) -> None:
        """Move the arrow."""
        self._sort, self._descending = sort, descending
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """One line of small words."""
        return QSize(self._theme.px(100), self._theme.px(32))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The words of one heading, above the line of the whole header."""
        px, colours = self._theme.px, self._theme.colours
        painter.fillRect(rect, colours.window)
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colours.line)
        column = Column(section)
        is_sorted = SORT_KEYS.get(column) == self._sort
        painter.setFont(self._theme.font(11, bold=True))
        painter.setPen(colours.text if is_sorted else colours.muted)
        box = rect.adjusted(px(8), 0, -px(8), 0)
        right = column in (Column.YEAR, Column.LENGTH)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, HEADINGS[column])
        if is_sorted:
            width = painter.fontMetrics().horizontalAdvance(HEADINGS[column])
            self._paint_arrow(painter, box, width, right)

    def _paint_arrow(self, painter: QPainter, box: QRect, width: int, right: bool) -> None:
        side = self._theme.px(16)
        name = "keyboard_arrow_down" if self._descending else "keyboard_arrow_up"
        left = box.right() - width - side if right else box.x() + width + self._theme.px(2)
        ratio = self.devicePixelRatioF()
        arrow = pixmap(name, self._theme.colours.text, side, ratio)
        painter.drawPixmap(left, box.center().y() - side // 2 + 1, arrow)


class TrackTable(QTableView):
    """Shows a TrackModel. What the user wants comes out as signals of track ids."""

    play_asked = Signal(list)
    menu_asked = Signal(list, object, QPoint)
    """Ids, the Track that has the keyboard when it is known, and where."""
    like_asked = Signal(int)
    sort_asked = Signal(object)
    """A SortKey: its heading was clicked."""

    def __init__(
        self, model: TrackModel, theme: Theme, covers: Covers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._state = RowState()
        self._by_keyboard = False
        self._needless: frozenset[Column] = frozenset()
        self._header = TrackHeader(theme, self)
        self._delegate = TrackDelegate(theme, covers, self._state, self)
        self._set_up()
        self.setModel(model)
        self._header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_columns()
        self._connect(covers)

    def chosen_ids(self) -> list[int]:
        """The selected tracks in the order of their rows; else the one with the keyboard."""
        ids = self._model.ids
        chosen: list[int] = []
        selection = self.selectionModel().selection()
        blocks = [selection.at(number) for number in range(selection.count())]
        for block in sorted(blocks, key=lambda block: block.top()):
            chosen.extend(ids[block.top() : block.bottom() + 1])
        if not chosen and self.currentIndex().isValid():
            chosen.append(ids[self.currentIndex().row()])
        return list(dict.fromkeys(chosen))

    def leave_out(self, columns: Collection[Column], numbered: bool = False) -> None:
        """Hide columns that would say the same in each row; number the rows instead of covers."""
        self._needless = frozenset(columns)
        self._state.numbered = numbered
        self._fit_columns()

    def keep_place(self, change: Callable[[], None]) -> None:
        """Change the rows; what is selected and scrolled to stays if it is still there."""
        model, current = self._model, self.currentIndex().row()
        first, number = list(model.ids[:1]), model.ids[current] if current >= 0 else 0
        selected = self.selectionModel().hasSelection()
        offset = self.verticalScrollBar().value()
        change()
        if list(model.ids[:1]) != first:
            self.scrollToTop()
            return
        self.verticalScrollBar().setValue(offset)
        if 0 <= current < len(model.ids) and model.ids[current] == number:
            flag = QItemSelectionModel.SelectionFlag
            how = flag.SelectCurrent | flag.Rows if selected else flag.NoUpdate
            self.selectionModel().setCurrentIndex(model.index(current, Column.TITLE), how)

    def show_sort(self, sort: SortKey, descending: bool) -> None:
        """Mark the column that the rows are sorted by."""
        self._header.show_sort(sort, descending)

    def keyboardSearch(self, _search: str) -> None:
        """Nothing: going through all rows would fetch them all; there is a search box."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter plays what is selected; Left and Right stay on the row."""
        self._by_keyboard = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.play_asked.emit(self.chosen_ids())
        elif event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            super().keyPressEvent(event)
        self._move_ring()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the heart likes; all else selects."""
        self._by_keyboard = False
        self._move_ring()
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.column() == Column.LIKED:
            track = self._model.track(index.row())
            if track is not None:
                self.like_asked.emit(track.track_id)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Plays that one track."""
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        if index.column() not in (Column.COVER, Column.LIKED):
            self.play_asked.emit([self._model.ids[index.row()]])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the row under the pointer."""
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer."""
        self._hover(-1)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming by Tab shows the ring and gives the first row the focus."""
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._by_keyboard = True
        if not self.currentIndex().isValid() and self._model.rowCount():
            first = self._model.index(max(0, self.rowAt(1)), Column.TITLE)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        super().focusInEvent(event)
        self._move_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self._move_ring()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the selected tracks, by pointer or key."""
        ids = self.chosen_ids()
        if not ids:
            return
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            cell = self.visualRect(self.currentIndex())
            where = self.viewport().mapToGlobal(cell.center())
        row = self.currentIndex().row()
        track = self._model.track(row) if 0 <= row < len(self._model.ids) else None
        self.menu_asked.emit(ids, track if track and track.track_id in ids else None, where)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Drag the selected tracks, without making an index for each of their cells."""
        ids = self.chosen_ids()
        if ids:
            track = self._model.track(self.currentIndex().row()) if len(ids) == 1 else None
            words = track.title if track else count(len(ids), "track")
            make_drag(self, self._theme, ids, words).exec(Qt.DropAction.CopyAction)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._fit_columns()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The ring follows the keyboard."""
        super().currentChanged(current, previous)
        self._move_ring()

    def _set_up(self) -> None:
        self.setHorizontalHeader(self._header)
        self.setItemDelegate(self._delegate)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setAccessibleName("Rows")
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName("Select all tracks")
            corner.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self._delegate.row_height)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAccessibleName("Tracks")
        self.setAccessibleDescription("Enter plays the selected tracks, the menu key tells more.")

    def _connect(self, covers: Covers) -> None:
        self.clicked.connect(self._cell_clicked)
        self._header.sectionClicked.connect(self._heading_clicked)
        self._model.modelReset.connect(self._forget_rows)
        covers.loaded.connect(self._repaint_covers)
        self._theme.changed.connect(self.viewport().update)

    def _cell_clicked(self, index: QModelIndex) -> None:
        """The cover shows a play sign under the pointer."""
        modifiers = QGuiApplication.keyboardModifiers()
        if index.column() == Column.COVER and modifiers == Qt.KeyboardModifier.NoModifier:
            self.play_asked.emit([self._model.ids[index.row()]])

    def _heading_clicked(self, section: int) -> None:
        key = SORT_KEYS.get(Column(section))
        if key is not None:
            self.sort_asked.emit(key)

    def _forget_rows(self) -> None:
        self._state.hovered = self._state.ringed = -1

    def _repaint_covers(self, _cover_key: str) -> None:
        left = self.columnViewportPosition(Column.COVER)
        self.viewport().update(left, 0, self.columnWidth(Column.COVER), self.viewport().height())

    def _hover(self, row: int) -> None:
        if row != self._state.hovered:
            before, self._state.hovered = self._state.hovered, row
            self._repaint_rows(before, row)

    def _move_ring(self) -> None:
        shown = self.hasFocus() and self._by_keyboard
        row = self.currentIndex().row() if shown else -1
        if row != self._state.ringed:
            before, self._state.ringed = self._state.ringed, row
            self._repaint_rows(before, row)

    def _repaint_rows(self, *rows: int) -> None:
        for row in rows:
            if row >= 0:
                top = self.rowViewportPosition(row)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(row))

    def _fit_columns(self) -> None:
        """Fixed widths for numbers, shares of the rest for words; the least needed ones hide."""
        px, room = self._theme.px, self.viewport().width()
        shown = [
            column
            for column in Column
            if room >= px(_SHOWN_FROM_PX.get(column, 0)) and column not in self._needless
        ]
        for column in Column:
            if self.isColumnHidden(column) != (column not in shown):
                self.setColumnHidden(column, column not in shown)
        free = room - sum(px(_FIXED_PX[column]) for column in shown if column in _FIXED_PX)
        shares = {column: _SHARES[column] for column in shown if column in _SHARES}
        left, total = free, sum(shares.values())
        for column, width in _FIXED_PX.items():
            self.setColumnWidth(column, px(width))
        for column, share in reversed(shares.items()):
            width = left if column == Column.TITLE else free * share // total
            self.setColumnWidth(column, max(width, px(30)))
            left -= width
