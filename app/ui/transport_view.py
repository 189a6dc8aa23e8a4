"""The controls of the transport bar and how they are laid out; they do nothing yet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.ui.elided_label import ElidedLabel
from app.ui.icon_button import IconButton
from app.ui.opinion_button import OpinionButton
from app.ui.seek_slider import SeekSlider
from app.ui.theme import Theme
from app.ui.volume_control import VolumeControl

COVER_PX = 60
COMPACT_BELOW_PX = 1080


class TransportView(QWidget):
    """Cover and names at the left, controls in the middle, opinion and volume at the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compact = False
        self.setAccessibleName("Player")
        self.setFixedHeight(theme.px(92))
        self._make_names()
        self._make_controls()
        self._make_right()
        self._arrange()
        theme.changed.connect(self._restyle)
        self._restyle()

    def _make_names(self) -> None:
        theme = self._theme
        self.cover = QLabel(self)
        self.cover.setFixedSize(theme.px(COVER_PX), theme.px(COVER_PX))
        self.cover.setAccessibleName("Cover")
        self.title = ElidedLabel(self)
        self.title.setFont(theme.font(14, bold=True))
        self.artist = ElidedLabel(self)
        self.artist.setProperty("role", "muted")
        self.warning_button = IconButton(
            theme, "warning", "No message", self, size=15, tint="danger"
        )
        self.warning_button.setFixedSize(theme.px(21), theme.px(21))
        self.warning_button.setStyleSheet("padding: 0;")
        self.warning = ElidedLabel(self)
        self.warning.setProperty("role", "small")

    def _make_controls(self) -> None:
        theme = self._theme
        self.shuffle = IconButton(theme, "shuffle", "Shuffle the queue", self)
        self.previous = IconButton(
            theme, "skip_previous_fill", "Previous", self, size=26, tint="text"
        )
        self.play = QToolButton(self)
        self.play.setObjectName("play")
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play.setCursor(Qt.CursorShape.PointingHandCursor)
        self.play.setFixedSize(theme.px(42), theme.px(42))
        self.play.setIconSize(QSize(theme.px(26), theme.px(26)))
        self.skip = IconButton(theme, "skip_next_fill", "Skip", self, size=26, tint="text")
        self.repeat = IconButton(theme, "repeat", "Repeat: off", self)
        self.elapsed = self._time_label(Qt.AlignmentFlag.AlignRight)
        self.remaining = self._time_label(Qt.AlignmentFlag.AlignLeft)
        self.slider = SeekSlider(theme, self)

    def _time_label(self, side: Qt.AlignmentFlag) -> QLabel:
        label = QLabel(self)
        label.setProperty("role", "small")
        label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        label.setMinimumWidth(self._theme.px(46))
        return label

    def _make_right(self) -> None:
        theme = self._theme
        self.like = OpinionButton(
            theme, ("favorite", "favorite_fill"), ("Like", "Liked"), "like", "L", self
        )
        self.dislike = OpinionButton(
            theme, ("block", "block"), ("Never again", "Never again"), "danger", "D", self
        )
        self.volume = VolumeControl(theme, self)

    def _arrange(self) -> None:
        px = self._theme.px
        grid = QGridLayout(self)
        grid.setContentsMargins(px(16), px(6), px(16), px(6))
        grid.setHorizontalSpacing(px(16))
        self._sides = (self._names(), self._opinions())
        grid.addWidget(self._sides[0], 0, 0)
        grid.addLayout(self._middle(), 0, 1)
        grid.addWidget(self._sides[1], 0, 2)
        for column, share in enumerate((30, 46, 30)):
            grid.setColumnStretch(column, share)

    def _names(self) -> QWidget:
        px, box = self._theme.px, QWidget(self)
        message = QHBoxLayout()
        message.setSpacing(px(4))
        message.addWidget(self.warning_button)
        message.addWidget(self.warning, 1)
        names = QVBoxLayout()
        names.setSpacing(px(1))
        names.addStretch(1)
        names.addWidget(self.title)
        names.addWidget(self.artist)
        names.addLayout(message)
        names.addStretch(1)
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px(12))
        line.addWidget(self.cover)
        line.addLayout(names, 1)
        return box

    def _middle(self) -> QVBoxLayout:
        px = self._theme.px
        buttons = QHBoxLayout()
        buttons.setSpacing(px(10))
        buttons.addStretch(1)
        for button in (self.shuffle, self.previous, self.play, self.skip, self.repeat):
            buttons.addWidget(button)
        buttons.addStretch(1)
        seek = QHBoxLayout()
        seek.setSpacing(px(4))
        seek.addWidget(self.elapsed)
        seek.addWidget(self.slider, 1)
        seek.addWidget(self.remaining)
        middle = QVBoxLayout()
        middle.setSpacing(px(1))
        middle.addStretch(1)
        middle.addLayout(buttons)
        middle.addLayout(seek)
        middle.addStretch(1)
        return middle

    def _opinions(self) -> QWidget:
        box = QWidget(self)
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(self._theme.px(8))
        line.addStretch(1)
        for control in (self.like, self.dislike, self.volume):
            line.addWidget(control)
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold where the window is narrow."""
        super().resizeEvent(event)
        compact = self.width() < self._theme.px(COMPACT_BELOW_PX)
        if compact != self._compact:
            self._compact = compact
            self.like.set_compact(compact)
            self.dislike.set_compact(compact)
            self.volume.set_compact(compact)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet surface with a line above."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colours.panel)
        painter.fillRect(0, 0, self.width(), 1, self._theme.colours.line)
        painter.end()

    @Slot()
    def _restyle(self) -> None:
        theme, colours = self._theme, self._theme.colours
        radius = theme.px(21)
        self.play.setStyleSheet(
            f"#play {{ background: {colours.knob.name()}; border-radius: {radius}px;"
            f" border: 2px solid {colours.knob.name()}; padding: 0; }}"
            f"#play:hover {{ background: {colours.accent.name()};"
            f" border-color: {colours.accent.name()}; }}"
            f"#play:focus {{ border-color: {colours.accent.name()}; }}"
        )
        self.update()
