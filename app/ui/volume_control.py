"""Volume and mute: a slider beside its icon, or an icon with a pop-up where room is short."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.ui.icon_button import IconButton
from app.ui.theme import Theme

WHEEL_STEP = 5


class _Slider(QSlider):
    """A slider that jumps to a click."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setRange(0, 100)
        self.setSingleStep(WHEEL_STEP)
        self.setPageStep(10)
        self.setAccessibleName("Volume")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(event)
            self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a held mouse."""
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)

    def _follow(self, event: QMouseEvent) -> None:
        inset = 8
        if self.orientation() == Qt.Orientation.Horizontal:
            share = (event.position().x() - inset) / max(1, self.width() - 2 * inset)
        else:
            share = 1 - (event.position().y() - inset) / max(1, self.height() - 2 * inset)
        self.setValue(round(100 * min(1.0, max(0.0, share))))


class VolumeControl(QWidget):
    """`volume_wanted` and `mute_wanted` come from the user only."""

    volume_wanted = Signal(int)
    mute_wanted = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._percent, self._muted, self._compact = 100, False, False
        self.button = IconButton(theme, "volume_up", "Mute", self)
        self.button.clicked.connect(self._pressed)
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setFixedWidth(theme.px(96))
        self.slider.valueChanged.connect(self._moved)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(2))
        line.addWidget(self.button)
        line.addWidget(self.slider)
        self.popup = QFrame(self, Qt.WindowType.Popup)
        self.popup.setProperty("role", "card")
        self.popup_slider = _Slider(Qt.Orientation.Horizontal, self.popup)
        self.popup_slider.setFixedWidth(theme.px(140))
        self.popup_slider.valueChanged.connect(self._moved)
        self.popup_mute = IconButton(theme, "volume_up", "Mute", self.popup)
        self.popup_mute.clicked.connect(self.toggle_mute)
        inner = QHBoxLayout()
        inner.addWidget(self.popup_mute)
        inner.addWidget(self.popup_slider)
        column = QVBoxLayout(self.popup)
        column.setContentsMargins(theme.px(10), theme.px(6), theme.px(12), theme.px(6))
        column.addLayout(inner)
        self.show_volume(100, False)

    @property
    def compact(self) -> bool:
        """Whether the slider is in a pop-up."""
        return self._compact

    def set_compact(self, compact: bool) -> None:
        """Keep the icon only, with the slider in a pop-up."""
        if compact != self._compact:
            self._compact = compact
            self.slider.setVisible(not compact)
            self.show_volume(self._percent, self._muted)

    def show_volume(self, percent: int, muted: bool) -> None:
        """Show what the engine has."""
        self._percent, self._muted = percent, muted
        for slider in (self.slider, self.popup_slider):
            slider.blockSignals(True)
            slider.setValue(percent)
            slider.blockSignals(False)
            slider.setToolTip(f"Volume {percent} %" + (" (muted)" if muted else ""))
        silent = muted or percent == 0
        name = "volume_off" if silent else "volume_down" if percent < 50 else "volume_up"
        mute = "Unmute" if muted else "Mute"
        self.popup_mute.set_icon(name)
        self.popup_mute.set_label(mute)
        self.button.set_icon(name)
        if self._compact:
            self.button.set_label(f"Volume {percent} %" + (", muted" if muted else ""))
        else:
            self.button.set_label(mute)

    @Slot()
    def _pressed(self) -> None:
        if not self._compact:
            self.toggle_mute()
            return
        self.popup.adjustSize()
        top = self.button.mapToGlobal(QPoint(self.button.width(), 0))
        gap = self._theme.px(8)
        self.popup.move(top.x() - self.popup.width(), top.y() - self.popup.height() - gap)
        self.popup.show()
        self.popup_slider.setFocus(Qt.FocusReason.PopupFocusReason)

    def turn(self, steps: int) -> None:
        """Ask for a louder (or, below 0, softer) sound."""
        self._moved(min(100, max(0, self._percent + steps * WHEEL_STEP)))

    @Slot()
    def toggle_mute(self) -> None:
        """Ask for silence, or for its end."""
        self.mute_wanted.emit(not self._muted)

    @Slot(int)
    def _moved(self, percent: int) -> None:
        if self._muted and percent > 0:
            self.mute_wanted.emit(False)
        self.volume_wanted.emit(percent)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Louder and softer by the wheel, anywhere on the control."""
        self.turn(1 if event.angleDelta().y() > 0 else -1)
        event.accept()
