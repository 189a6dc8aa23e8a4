"""The position in the present track, as a line that can be clicked, dragged and typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QToolTip, QWidget

from app.ui.playback_clock import position_text
from app.ui.theme import Theme

STEP_MS = 5_000
PAGE_MS = 30_000
_REDRAW_PX = 0.2


class SeekSlider(QSlider):
    """Counts in milliseconds. `sought` comes from the user only, never from `show_position`."""

    sought = Signal(int)
    dragged = Signal(int)
    """The position under the mouse while it is held."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._position = 0.0
        self._drawn_x = -1.0
        self._hover_x: float | None = None
        self._holding = False
        self.setSingleStep(STEP_MS)
        self.setPageStep(PAGE_MS)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Position")
        theme.changed.connect(self.update)
        self.show_position(0, 0)

    @property
    def holding(self) -> bool:
        """Whether the user drags the knob."""
        return self._holding

    def sizeHint(self) -> QSize:
        """Room for the knob and the focus ring."""
        return QSize(self._theme.px(200), self._theme.px(20))

    def minimumSizeHint(self) -> QSize:
        """As low as wide lets it."""
        return QSize(self._theme.px(60), self._theme.px(20))

    def show_position(self, position_ms: float, duration_ms: int) -> None:
        """Show where playback is; while the user drags, only the length is taken."""
        if duration_ms != self.maximum():
            self.setRange(0, duration_ms)
            self.setEnabled(duration_ms > 0)
            self._drawn_x = -1.0
        if self._holding:
            return
        self._position = min(max(0.0, position_ms), float(duration_ms))
        second = int(self._position) // 1000
        if second != self.value() // 1000 or self._drawn_x < 0:
            self.setValue(int(self._position))
            words = f"{position_text(self._position)} of {position_text(duration_ms)}"
            self.setAccessibleDescription(words)
        if abs(self._x(self._position) - self._drawn_x) >= _REDRAW_PX:
            self.update()

    def _margin(self) -> int:
        return self._theme.px(7)

    def _x(self, position_ms: float) -> float:
        width = self.width() - 2 * self._margin()
        share = position_ms / self.maximum() if self.maximum() else 0.0
        return self._margin() + share * width

    def position_at(self, x: float) -> int:
        """The position that a place on the line means."""
        width = max(1, self.width() - 2 * self._margin())
        share = min(1.0, max(0.0, (x - self._margin()) / width))
        return round(share * self.maximum())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove, played part, knob and focus ring."""
        theme, colours = self._theme, self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.isEnabled() and (self._hover_x is not None or self._holding)
        thick = theme.px(6) if active or self.hasFocus() else theme.px(4)
        middle, left = self.height() / 2, self._margin()
        right = self.width() - left
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.outline if theme.is_dark else colours.line)
        groove = QRectF(left, middle - thick / 2, right - left, thick)
        painter.drawRoundedRect(groove, thick / 2, thick / 2)
        x = self._drawn_x = self._x(self._position)
        if self._position > 0:
            painter.setBrush(colours.accent)
            played = QRectF(left, middle - thick / 2, max(thick, x - left), thick)
            painter.drawRoundedRect(played, thick / 2, thick / 2)
        if active or self.hasFocus():
            radius = theme.px(7)
            painter.setBrush(colours.knob)
            painter.drawEllipse(QPointF(x, middle), radius, radius)
        if self.hasFocus():
            theme.paint_focus(painter, self.rect())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is, and follow it."""
        if event.button() != Qt.MouseButton.LeftButton or not self.isEnabled():
            event.ignore()
            return
        self._holding = True
        self._follow(event.position().x())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the time under the mouse; drag when held."""
        self._hover_x = event.position().x()
        if self._holding:
            self._follow(self._hover_x)
        if self.isEnabled():
            where = self.mapToGlobal(QPoint(int(self._hover_x), -self._theme.px(30)))
            QToolTip.showText(where, position_text(self.position_at(self._hover_x)), self)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Seek."""
        if self._holding and event.button() == Qt.MouseButton.LeftButton:
            self._follow(event.position().x())
            self._holding = False
            self.sought.emit(int(self._position))
            self.update()

    def _follow(self, x: float) -> None:
        self._position = float(self.position_at(x))
        self.setValue(int(self._position))
        self.dragged.emit(int(self._position))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move by 5 s, pages by 30 s, Home and End to the ends."""
        here = self._position
        target = {
            Qt.Key.Key_Left: here - STEP_MS, Qt.Key.Key_Down: here - STEP_MS,
            Qt.Key.Key_Right: here + STEP_MS, Qt.Key.Key_Up: here + STEP_MS,
            Qt.Key.Key_PageDown: here - PAGE_MS, Qt.Key.Key_PageUp: here + PAGE_MS,
            Qt.Key.Key_Home: 0.0, Qt.Key.Key_End: float(self.maximum() - 1_000),
        }.get(Qt.Key(event.key()))  # fmt: skip
        if target is None or not self.isEnabled():
            super().keyPressEvent(event)
            return
        self.seek_to(int(min(max(0.0, target), float(self.maximum()))))

    def seek_to(self, position_ms: int) -> None:
        """Go to a position as if the user had clicked there."""
        self._position = float(position_ms)
        self.setValue(position_ms)
        self.update()
        self.sought.emit(position_ms)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling over the window must not jump within the song."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys from the window's shortcuts; forget the mouse when it leaves."""
        if event.type() == QEvent.Type.Leave:
            self._hover_x = None
            self.update()
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
            if event.key() in arrows and event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ):
                event.accept()
                return True
        return super().event(event)
