"""Short messages over the window, with Undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.conductor.up_next import Notice
from app.ui.motion import motion_reduced
from app.ui.theme import Theme

SHOWN_MS = 6000
RISE_MS = 140
GRACE_MS = 2000
"""How long a toast stays after the mouse or the focus left it."""
MOST_AT_ONCE = 2


class Toast(QWidget):
    """One message. It waits while the mouse or the focus is on it."""

    closed = Signal()

    def __init__(
        self, theme: Theme, notice: Notice, on_undo: Callable[[], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._on_undo = on_undo
        self.notice = notice
        self.setAccessibleName(notice.text)
        self.words = QLabel(notice.text, self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.undo = self._button("Undo", "Undo  (Ctrl+Z)")
        self.undo.setObjectName("undo")
        self.undo.clicked.connect(self._undo)
        self.undo.setVisible(notice.undoable)
        self.dismiss = self._button("✕", "Dismiss")
        self.dismiss.clicked.connect(self.close_now)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.px(16), theme.px(5), theme.px(8), theme.px(5))
        line.setSpacing(theme.px(6))
        line.addWidget(self.words, 1)
        line.addWidget(self.undo)
        line.addWidget(self.dismiss)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.close_now)
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setDuration(RISE_MS)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._timer.start(SHOWN_MS)

    def _button(self, text: str, hint: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(hint)
        button.setAccessibleName(hint.split("  ")[0])
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self)
        return button

    @Slot()
    def _restyle(self) -> None:
        ink, ground = self._theme.colours.toast_text.name(), self._theme.colours.toast
        hover = QColor(ink)
        hover.setAlpha(30)
        ring = self._theme.colours.toast_text.name()
        size = self._theme.px(13)
        pad = self._theme.px(6)
        self.setStyleSheet(
            f"QLabel {{ color: {ink}; }}"
            f"QToolButton {{ color: {ink}; background: {ground.name()}; font-size: {size}px;"
            f" font-weight: 700; padding: {pad}px; border: 2px solid transparent; }}"
            "#undo { text-decoration: underline; }"
            f"QToolButton:hover {{ background: {hover.name(QColor.NameFormat.HexArgb)}; }}"
            f"QToolButton:focus {{ border-color: {ring}; }}"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the round plate."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours.toast)
        radius = self._theme.px(10)
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait while a button has the focus."""
        if event.type() == QEvent.Type.FocusIn:
            self._timer.stop()
        elif event.type() == QEvent.Type.FocusOut:
            self._timer.start(GRACE_MS)
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Wait while the mouse is over the message."""
        if event.type() == QEvent.Type.Enter:
            self._timer.stop()
        elif event.type() == QEvent.Type.Leave:
            self._timer.start(GRACE_MS)
        return super().event(event)

    def rise(self) -> None:
        """Come up to its place from a little below."""
        if motion_reduced(self):
            return
        self._motion.setStartValue(self.pos() + QPoint(0, self._theme.px(14)))
        self._motion.setEndValue(self.pos())
        self._motion.start()

    def rising(self) -> bool:
        """Whether it is on its way."""
        return self._motion.state() == QPropertyAnimation.State.Running

    def place(self, rect: QRect) -> None:
        """Stand here, or go on to here when on its way."""
        self.resize(rect.size())
        if self.rising():
            self._motion.setEndValue(rect.topLeft())
        else:
            self.move(rect.topLeft())

    def waiting(self) -> bool:
        """Whether it stays until the user turns away from it."""
        return not self._timer.isActive()

    @Slot()
    def close_now(self) -> None:
        """Go away."""
        self._timer.stop()
        self.hide()
        self.closed.emit()
        self.deleteLater()

    @Slot()
    def _undo(self) -> None:
        self.close_now()
        self._on_undo()


class ToastLayer(QObject):
    """Shows notices at the bottom centre of a window, the newest lowest, two at most.

    `bottom_px` is kept free below them: the height of the transport bar.
    """

    def __init__(self, window: QWidget, theme: Theme, bottom_px: int = 0) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._bottom_px = bottom_px
        self._bar: QWidget | None = None
        self._toasts: list[Toast] = []
        window.installEventFilter(self)

    def rest_on(self, bar: QWidget) -> None:
        """Stay above this widget of the window, whatever its height."""
        self._bar = bar
        bar.installEventFilter(self)
        self._arrange()

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """What is shown, oldest first."""
        return tuple(self._toasts)

    def show_notice(self, notice: Notice, on_undo: Callable[[], object]) -> Toast:
        """Show a notice; one that can be undone takes the place of the one before it."""
        for toast in tuple(self._toasts):
            same = toast.notice.text == notice.text
            if same or (toast.notice.undoable and notice.undoable):
                toast.close_now()
        while len(self._toasts) >= MOST_AT_ONCE:
            self._toasts[0].close_now()
        toast = Toast(self._theme, notice, on_undo, self._window)
        toast.closed.connect(lambda: self._gone(toast))
        self._toasts.append(toast)
        self._arrange()
        toast.show()
        toast.raise_()
        toast.rise()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(toast, notice.text))
        return toast

    def withdraw_undo(self) -> None:
        """Take away the toasts whose Undo would now take back something else."""
        for toast in tuple(self._toasts):
            if toast.notice.undoable:
                toast.close_now()

    def _gone(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
        self._arrange()

    def _arrange(self) -> None:
        window, gap = self._window, self._theme.px(12)
        bar = self._bar.height() if self._bar is not None else self._bottom_px
        bottom = window.height() - bar - gap
        widest = max(self._theme.px(240), min(self._theme.px(560), window.width() - 4 * gap))
        for toast in reversed(self._toasts):
            toast.words.ensurePolished()
            metrics = toast.words.fontMetrics()
            toast.words.setMinimumWidth(
                min(metrics.horizontalAdvance(toast.notice.text) + 4, widest - self._theme.px(130))
            )
            size = toast.sizeHint().boundedTo(window.size())
            width = min(size.width(), widest)
            height = max(size.height(), toast.heightForWidth(width))
            left = (window.width() - width) // 2
            toast.place(QRect(left, bottom - height, width, height))
            bottom -= height + self._theme.px(8)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)
