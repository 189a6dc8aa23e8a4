"""The panel at the right: what comes next, why, and what was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.conductor.interface import Conductor
from app.conductor.up_next import PredictedView, QueueRow
from app.library.track import Track
from app.ui.covers import Covers
from app.ui.discover_slider import DiscoverBar
from app.ui.icon_button import IconButton
from app.ui.learning_line import LearningLine
from app.ui.theme import Theme
from app.ui.up_next_list import UpNextList
from app.ui.up_next_model import Block, UpNextModel, UpNextRow
from app.ui.why_dialog import WhyDialog

QUEUE_EMPTY = "Queue is empty: the top predicted song plays next."
BOTH_EMPTY = "Queue is empty. Drag songs here, or choose “Add to queue” on any song."
PREDICTED_EMPTY = "Nothing to suggest yet. Add music or play something."
PLAYED_EMPTY = "What you hear is kept here."


class UpNextPanel(QWidget):
    """Shows queue, predicted list and played tracks, and follows the conductor's signals."""

    painted = Signal(int)
    """`PredictedView.answers` of a list whose first frame is on the screen."""
    place_asked = Signal(object)
    """A Place to go to."""

    def __init__(
        self, conductor: Conductor, covers: Covers, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._conductor, self._covers, self._theme = conductor, covers, theme
        self._model = UpNextModel(self)
        self._queue: tuple[QueueRow, ...] = ()
        self._played: tuple[Track, ...] = ()
        self._predicted = PredictedView()
        self._played_shown = True
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Up next")
        self.setMinimumWidth(theme.px(248))
        self.view = UpNextList(self._model, conductor, covers, theme, self)
        self.view.painted.connect(self.painted)
        self.view.painted.connect(self._tell_shown)
        self.view.verticalScrollBar().valueChanged.connect(self._tell_shown)
        self.view.why_wanted.connect(self._show_why)
        self.view.place_wanted.connect(self.place_asked)
        self._build()
        self._connect(conductor)
        self._tell()

    def _build(self) -> None:
        theme, view = self._theme, self.view
        title = QLabel("Up next", self)
        title.setProperty("role", "heading")
        self.refresh = IconButton(theme, "refresh", "New predictions", size=18)
        self.refresh.clicked.connect(lambda: self._conductor.refresh())
        self.clear = QToolButton(self)
        self.clear.setText("Clear")
        self.clear.setAccessibleName("Clear the queue")
        self.clear.setToolTip("Clear the queue (can be undone)")
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clear.setFont(theme.font(11))
        self.clear.clicked.connect(lambda: self._conductor.clear_queue())
        self.learning = LearningLine(theme, self)
        self.discover = DiscoverBar(theme, self)
        self.discover.wanted.connect(self._hold)
        self.fold = IconButton(theme, "keyboard_arrow_down", "Hide played tracks", size=18)
        self.fold.clicked.connect(self._toggle_played)
        view.head(Block.QUEUE).add_button(self.clear)
        view.head(Block.PREDICTED).add_button(self.refresh)
        view.head(Block.PLAYED).add_button(self.fold)
        top = QHBoxLayout()
        top.setContentsMargins(theme.px(18), theme.px(16), theme.px(16), theme.px(6))
        top.addWidget(title)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.discover)
        column.addWidget(self.learning)
        column.addWidget(view, 1)
        self.setFocusProxy(view)

    def _connect(self, conductor: Conductor) -> None:
        conductor.queue_changed.connect(self._show_queue)
        conductor.predicted_changed.connect(self._show_predicted)
        conductor.played_changed.connect(self._show_played)
        conductor.opinion_changed.connect(self._model.set_opinion)
        conductor.tuning_changed.connect(
            lambda tuning: self.discover.show_discover(tuning.discover)
        )

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """Let rows move or not; None does as the system says."""
        self.view.reduce_motion = reduced

    def _show_queue(self, rows: tuple[QueueRow, ...]) -> None:
        self._queue = rows
        self._change(lambda: self._model.set_queue(rows))

    def _show_predicted(self, shown: PredictedView) -> None:
        self._predicted = shown
        self._change(lambda: self._model.set_predicted(shown.rows), shown.answers)

    def _show_played(self, tracks: tuple[Track, ...]) -> None:
        self._played = tracks
        self._change(self._apply_played)

    def _apply_played(self) -> None:
        self._model.set_played(self._played if self._played_shown else ())

    def _change(self, apply: Callable[[], None], serial: int | None = None) -> None:
        def change() -> None:
            apply()
            self._tell()

        self.view.show_change(change, serial)

    def _tell(self) -> None:
        """Say in words what the rows cannot."""
        view = self.view
        queued, predicted = len(self._queue), len(self._predicted.rows)
        empty = QUEUE_EMPTY if predicted else BOTH_EMPTY
        view.set_note(Block.QUEUE, "" if queued else empty)
        view.set_note(
            Block.PREDICTED, self._predicted.note or ("" if predicted else PREDICTED_EMPTY)
        )
        view.set_note(Block.PLAYED, "" if self._played else PLAYED_EMPTY)
        view.setAccessibleDescription(" ".join(filter(None, map(view.note, Block))))
        view.head(Block.QUEUE).set_count(str(queued) if queued else "")
        view.head(Block.PLAYED).set_count(str(len(self._played)) if self._played else "")
        self.clear.setVisible(queued > 0)
        self.fold.setVisible(bool(self._played))

    @Slot(float)
    def _hold(self, discover: float) -> None:
        self._conductor.tune(replace(self._conductor.tuning, discover=discover))

    @Slot()
    def _tell_shown(self) -> None:
        """Let the conductor know that the first predicted rows can be seen."""
        if not self._predicted.rows or not self.view.isVisible():
            return
        first = self.view.visualRect(self._model.index(self._model.start(Block.PREDICTED), 0))
        if self.view.viewport().rect().contains(first.center()):
            self._conductor.list_shown()

    @Slot()
    def _toggle_played(self) -> None:
        self._played_shown = not self._played_shown
        shown = self._played_shown
        self.fold.set_icon("keyboard_arrow_down" if shown else "keyboard_arrow_up")
        self.fold.set_label("Hide played tracks" if shown else "Show played tracks")
        self._change(self._apply_played)
        if shown:
            self.view.go_to(Block.PLAYED)

    @Slot(object)
    def _show_why(self, row: UpNextRow) -> None:
        dialog = WhyDialog(self._conductor, self._covers, self._theme, row.track, self.window())
        port, place = self.view.viewport(), self._model.row_of(row.key)
        rect = self.view.painted_rect(place) if place >= 0 else port.rect()
        dialog.show_beside(QRect(port.mapToGlobal(rect.topLeft()), rect.size()))
