"""The map of the library: every song a point, this session's path through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.library.library import Library
from app.library.reader import Reader
from app.library.track import Track
from app.ui.taste_map_marks import MapMarks
from app.ui.taste_map_picture import MapPicture
from app.ui.taste_map_view import MOST_GENRES, WHOLE, View
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.taste_map_data import MapData

HEIGHT_PX = 440
LONGEST_PATH = 24
"""Songs of a session that are joined by the path: more would be a tangle."""
_REACH_PX = 12
_STEP_PX = 60
_WHEEL_STEP, _KEY_STEP = 1.0015, 1.5
QUIET_MS = 450
"""A wheel that has just scrolled the page does not zoom before it rested so long."""


class TasteMap(QWidget):
    """Drag or arrows move, wheel or + and - zoom; the song under the pointer is named."""

    loaded = Signal(bool)
    """Whether there is a map."""
    play_asked = Signal(int)
    menu_asked = Signal(object, QPoint)
    """A Track, and where on the screen."""

    def __init__(
        self,
        reader: Reader,
        theme: Theme,
        name: str = "Map of your library",
        parent: QWidget | None = None,
    ) -> None:
        """`name` is its accessible name; no two maps that ask one reader may share it."""
        super().__init__(parent)
        self._reader = reader
        self._channel = name
        self._theme = theme
        self._data: MapData | None = None
        self._view = WHOLE
        self._picture = MapPicture(self, reader, theme, lambda: self._view, name)
        self._session: tuple[int, ...] = ()
        self._path_rows: list[int] = []
        self._tracks: dict[int, Track] = {}
        self._row: int | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self._marks = MapMarks(theme)
        self._page_scrolls = QTimer(self, singleShot=True, interval=QUIET_MS)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(HEIGHT_PX))
        self.setProperty("keepsArrows", True)
        self.setAccessibleName(name)
        self._say()
        theme.changed.connect(self._retint)

    @property
    def view(self) -> View:
        """The part that is looked at."""
        return self._view

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres that have a colour, the largest first."""
        return self._data.names.genres if self._data is not None else ()

    @property
    def song(self) -> Track | None:
        """The song that is named."""
        if self._data is None or self._row is None:
            return None
        return self._tracks.get(self._data.song(self._row))

    @property
    def is_drawn(self) -> bool:
        """Whether the present view has its picture."""
        return self._picture.is_drawn

    def load(self, folder: Path | None) -> None:
        """Read the map of a folder; `loaded` tells whether there is one."""
        if folder is None:
            self._take_data(None)
            return

        def read(library: Library) -> MapData | None:
            from app.ui import taste_map_data

            return taste_map_data.load(library, folder, MOST_GENRES)

        self._reader.ask(read, self._take_data, self._channel, lambda error: self._take_data(None))

    def show_session(self, song_ids: Sequence[int]) -> None:
        """Draw the path through the latest of these songs, the first first."""
        self._session = tuple(song_ids)
        self._find_path()
        self.update()

    def show_all(self) -> None:
        """Step back until the whole map is seen."""
        self._look_at(WHOLE.resized(self.width(), self.height()))

    def pan(self, dx: float, dy: float) -> None:
        """Move the map by pixels."""
        self._look_at(self._view.panned(dx, dy))

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Nearer (above 1) or farther, around a pixel or the middle."""
        self._look_at(self._view.zoomed(factor, around or QPointF(self.rect().center())))

    def show_latest(self) -> None:
        """Go to the session's last song, near enough to read what is around it."""
        if self._data is None or not self._path_rows:
            self.show_all()
            return
        x, y = self._data.place(self._path_rows[-1])
        near = max(self._view.scale, 4 * self._view.fit)
        self._look_at(replace(self._view, x=x, y=y, scale=near))
        self._name(self._path_rows[-1])

    def sizeHint(self) -> QSize:
        """As high as it is."""
        return QSize(self._theme.px(480), self._theme.px(HEIGHT_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, the picture of the points, path, names, and the song that is named."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        painter.fillRect(self.rect(), self._theme.colours.panel)
        if self._data is not None:
            self._picture.paint(painter)
            places = [self._view.to_screen(*self._data.place(row)) for row in self._path_rows]
            self._marks.paint_path(painter, places)
            labels, ratio = self._data.names.labels, self.devicePixelRatioF()
            self._marks.paint_labels(painter, self._view, labels, ratio)
            if self._row is not None:
                spot = self._view.to_screen(*self._data.place(self._row))
                self._marks.paint_song(painter, spot, self.song, box)
        self._marks.paint_edge(painter, box, self.hasFocus())

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was not drawn while nobody looked."""
        super().showEvent(event)
        self._picture.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the same part in the new size."""
        super().resizeEvent(event)
        self._look_at(self._view.resized(self.width(), self.height()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; a wheel that is scrolling the page goes on doing so."""
        turned = event.angleDelta().y() or event.pixelDelta().y()
        farthest = turned < 0 and self._view.scale <= self._view.fit * 1.001
        if self._data is None or self._page_scrolls.isActive() or farthest:
            event.ignore()
            return
        self.zoom(_WHEEL_STEP**turned, event.position())
        event.accept()

    def page_scrolled(self) -> None:
        """The page moves under the pointer."""
        self._page_scrolls.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or name the song under the pointer."""
        if self._pressed is None:
            self._name(self._row_at(event.position()))
            return
        moved = event.position() - self._pressed
        if not self._dragged and moved.manhattanLength() < self._theme.px(5):
            return
        self._dragged = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pressed = event.position()
        self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click without a drag names the song there."""
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            self._pressed = None
            self._show_hand(self._row)
            if not self._dragged:
                self._name(self._row_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Play the song, or come nearer where there is none."""
        row = self._row_at(event.position())
        if row is None or self._data is None:
            self.zoom(2.0, event.position())
            return
        self.play_asked.emit(self._data.song(row))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the song, by pointer or key."""
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            self._name(self._row_at(QPointF(event.pos())))
        track = self.song
        if track is None or self._data is None or self._row is None:
            return
        spot = self._view.to_screen(*self._data.place(self._row)).toPoint()
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu_asked.emit(track, self.mapToGlobal(spot) if by_key else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move and name what is in the middle, + and - zoom, 0 shows all, Enter plays."""
        key, step = event.key(), self._theme.px(_STEP_PX)
        moves = {
            Qt.Key.Key_Left: (step, 0), Qt.Key.Key_Right: (-step, 0),
            Qt.Key.Key_Up: (0, step), Qt.Key.Key_Down: (0, -step),
        }  # fmt: skip
        if key in moves:
            self.pan(*moves[Qt.Key(key)])
            self._name(self._row_at(QPointF(self.rect().center()), anywhere=True))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / _KEY_STEP if key == Qt.Key.Key_Minus else _KEY_STEP)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.show_all()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._data and self._row is not None:
            self.play_asked.emit(self._data.song(self._row))
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        if not self.hasFocus():
            self._name(None)
        super().leaveEvent(event)

    def _look_at(self, view: View) -> None:
        self._view = view
        self._picture.redraw()
        self.update()

    def _take_data(self, data: MapData | None) -> None:
        self._data, self._row = data, None
        self._picture.show_data(data)
        self._find_path()
        self.loaded.emit(data is not None)
        self._look_at(self._view)

    def _find_path(self) -> None:
        self._path_rows = []
        if self._data is not None:
            rows = map(self._data.row_of, self._session)
            known = (row for row in rows if row is not None)
            self._path_rows = [row for row, _ in groupby(known)][-LONGEST_PATH:]

    def _row_at(self, at: QPointF, anywhere: bool = False) -> int | None:
        if self._data is None:
            return None
        reach = min(self.width(), self.height()) / 2 if anywhere else self._theme.px(_REACH_PX)
        return self._data.nearest(
            *self._view.to_map(at), reach / self._view.scale, self._view.aspect
        )

    def _name(self, row: int | None) -> None:
        if row == self._row or self._data is None:
            return
        self._row = row
        self._show_hand(row)
        if row is not None and self._data.song(row) not in self._tracks:
            song = self._data.song(row)
            self._reader.ask(
                lambda library: library.track(song), self._take_track, f"{self._channel}, song"
            )
        self._say()
        self.update()

    def _show_hand(self, row: int | None) -> None:
        found = row is not None
        shape = Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.OpenHandCursor
        self.setCursor(shape)

    def _take_track(self, track: Track | None) -> None:
        if track is not None:
            self._tracks[track.track_id] = track
            self._say()
            self.update()

    def _say(self) -> None:
        song = self.song
        name = " – ".join(filter(None, (song.title, song.artist))) if song else ""
        keys = "Arrows move, plus and minus zoom, Enter plays, 0 shows all."
        self.setAccessibleDescription(f"{name}. {keys}" if name else keys)

    @Slot()
    def _retint(self) -> None:
        self._marks.refresh()
        self._picture.redraw()
        self.update()
