"""A slim line while the list learns from many plays at once; gone when nothing happens."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.autoplay.train_messages import Progressed
from app.autoplay.trainer import TrainerState
from app.ui.elided_label import ElidedLabel
from app.ui.icon_button import IconButton
from app.ui.theme import Theme

LEARNING, PAUSED = "Learning from your plays…", "Learning is paused"
STEPS = 1_000
MINUTE_S = 60.0


class LearningLine(QWidget):
    """Words, a thin bar and a button that pauses or goes on."""

    pause_asked = Signal()
    resume_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._is_paused = False
        self.setAccessibleName("Learning")
        self._words = ElidedLabel(self)
        self._words.setProperty("role", "small")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(theme.px(3))
        self._bar.setAccessibleName("Progress of learning")
        self._button = IconButton(theme, "pause", "Pause learning", self, size=16)
        self._button.clicked.connect(self._turn)
        lines = QVBoxLayout()
        lines.setSpacing(theme.px(3))
        lines.addWidget(self._words)
        lines.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(18), theme.px(2), theme.px(12), theme.px(6))
        row.setSpacing(theme.px(8))
        row.addLayout(lines, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def show_progress(self, progress: Progressed) -> None:
        """Tell how far it is; what is being done stands in the tooltip."""
        self._share = progress.share
        left = _left(progress.left_s)
        self.setToolTip(f"{progress.step}{left and f', {left}'}")
        self._bar.setValue(round(progress.share * STEPS))
        self._write()

    def show_state(self, state: TrainerState) -> None:
        """Come, go, or tell of a pause."""
        self._is_paused = state is TrainerState.PAUSED
        if state is TrainerState.RESTING:
            self._share = 0.0
            self._bar.setValue(0)
            self.setToolTip("")
        name = "Go on learning" if self._is_paused else "Pause learning"
        self._button.set_icon("play_arrow" if self._is_paused else "pause")
        self._button.set_label(name)
        self._write()
        self.setVisible(state is not TrainerState.RESTING)

    def _write(self) -> None:
        words = PAUSED if self._is_paused else LEARNING
        self._words.setText(f"{words} {round(100 * self._share)} %")

    @Slot()
    def _turn(self) -> None:
        (self.resume_asked if self._is_paused else self.pause_asked).emit()


def _left(left_s: float | None) -> str:
    """`about 3 min left`; empty while nobody knows."""
    if left_s is None:
        return ""
    minutes = round(left_s / MINUTE_S)
    return f"about {minutes} min left" if minutes else "less than a minute left"
