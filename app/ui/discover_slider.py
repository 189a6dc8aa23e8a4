"""How much of the list is to be new: a line from *Familiar* to *Discover*, moved while it plays."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from app.ui.theme import Theme

MIDDLE = 50
SNAP = 5
"""So near to the middle, in percent, the mouse means the middle."""

PAUSE_MS = 100
"""Between two lists that are asked for while the knob is held."""


def words_of(percent: int) -> str:
    """What a place on the line means."""
    if percent == MIDDLE:
        return "As you usually listen"
    if percent in (0, 100):
        return "Songs to discover" if percent else "The songs you know best"
    more = "to discover" if percent > MIDDLE else "you know"
    return f"More songs {more}, {2 * abs(percent - MIDDLE)} %"


class DiscoverSlider(QSlider):
    """0 to 100, 50 is as learnt. The knob snaps to the middle, a double click brings it there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setRange(0, 100)
        self.setSingleStep(5)
        self.setPageStep(25)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("From familiar songs to songs to discover")
        self.valueChanged.connect(self._tell)
        theme.changed.connect(self.update)
        self.setValue(MIDDLE)

    def sizeHint(self) -> QSize:
        """Room for the knob and the focus ring."""
        return QSize(self._theme.px(120), self._theme.px(22))

    def minimumSizeHint(self) -> QSize:
        """As low as wide lets it."""
        return QSize(self._theme.px(48), self._theme.px(22))

    @Slot(int)
    def _tell(self, percent: int) -> None:
        words = words_of(percent)
        self.setAccessibleDescription(words)
        hint = "" if percent == MIDDLE else ". Double-click to go back to the middle."
        self.setToolTip(words + hint)

    def _margin(self) -> int:
        return self._theme.px(8)

    def x_of(self, percent: int) -> float:
        """Where a percentage lies on the widget."""
        return self._margin() + percent / 100 * (self.width() - 2 * self._margin())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove, the tick, what lies between tick and knob, the knob and the ring."""
        theme, colours = self._theme, self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        thick, y = theme.px(4), self.height() / 2
        left, right = self.x_of(0), self.x_of(100)
        painter.setBrush(colours.outline)
        painter.drawRoundedRect(
            QRectF(left, y - thick / 2, right - left, thick), thick / 2, thick / 2
        )
        middle, x = self.x_of(MIDDLE), self.x_of(self.value())
        painter.setBrush(colours.accent)
        painter.drawRect(QRectF(min(middle, x), y - thick / 2, abs(x - middle), thick))
        painter.setBrush(colours.muted)
        tick = QRectF(0, 0, theme.px(2), theme.px(16))
        tick.moveCenter(QPointF(middle, y))
        painter.drawRoundedRect(tick, 1, 1)
        active = self.isSliderDown() or self.underMouse() or self.hasFocus()
        radius = theme.px(7) if active else theme.px(6)
        painter.setBrush(colours.accent)
        painter.setPen(colours.panel)
        painter.drawEllipse(QPointF(x, y), radius, radius)
        if self.hasFocus():
            theme.paint_focus(painter, self.rect())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is, and follow it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event.position().x())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a held mouse."""
        if self.isSliderDown():
            self._follow(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the middle."""
        self.setSliderDown(False)
        self.setValue(MIDDLE)
        event.accept()

    def _follow(self, x: float) -> None:
        width = max(1, self.width() - 2 * self._margin())
        percent = round(100 * min(1.0, max(0.0, (x - self._margin()) / width)))
        self.setValue(MIDDLE if abs(percent - MIDDLE) <= SNAP else percent)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling over the panel must not change the list."""
        event.ignore()


class DiscoverBar(QWidget):
    """The slider between its two words. `wanted` comes from the user only, from 0 to 1, at most
    every `PAUSE_MS`, and at last with what the knob was left at."""

    wanted = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = DiscoverSlider(theme, self)
        self._told = MIDDLE
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(18), 0, theme.px(16), theme.px(6))
        line.setSpacing(theme.px(4))
        for part in (QLabel("Familiar", self), self.slider, QLabel("Discover", self)):
            if isinstance(part, QLabel):
                part.setProperty("role", "small")
                part.setBuddy(self.slider)
            line.addWidget(part, int(part is self.slider))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.slider.valueChanged.connect(self._moved)

    def show_discover(self, discover: float) -> None:
        """Show how the list is held, unless the user is about to hold it otherwise."""
        if not self.slider.isSliderDown() and not self._pause.isActive():
            self._told = round(100 * discover)
            self.slider.setValue(self._told)

    @Slot()
    def _moved(self) -> None:
        if not self._pause.isActive():
            self._ask()

    @Slot()
    def _ask(self) -> None:
        """Tell the latest place, unless it was told; what comes soon after waits its turn."""
        if self.slider.value() != self._told:
            self._told = self.slider.value()
            self._pause.start()
            self.wanted.emit(self._told / 100)
