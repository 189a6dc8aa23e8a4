"""How the listening to the library stands: a bar, words, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.sound.state import Doing, HearingState
from app.ui import sound_words
from app.ui.cards import Card, plain_words
from app.ui.elided_label import ElidedLabel
from app.ui.theme import Theme

STEPS = 1_000
_BUTTONS = {
    Doing.LISTENING: "Pause",
    Doing.PAUSED: "Resume",
    Doing.TROUBLE: "Try again",
    Doing.OFF: "Settings…",
    Doing.ON_BATTERY: "Settings…",
}


class ListeningCard(Card):
    """Progress may come several times a second: a line with the same words is not painted anew."""

    pause_asked = Signal()
    resume_asked = Signal()
    settings_asked = Signal()
    problems_asked = Signal()
    learn_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        button, body = QPushButton("Pause"), QVBoxLayout()
        words = "So that a song which nobody has played yet can be found by how it sounds."
        super().__init__(theme, "Listening to your music", words, body, (button,))
        self.button = button
        self._doing = Doing.RESTING
        self.heard, self.left = QLabel(), QLabel()
        self.now, self.sentence = ElidedLabel(), plain_words("")
        self.bar = QProgressBar()
        self.problems = QPushButton()
        self.compared, self.learn = plain_words(""), QPushButton("Learn now")
        self._dress(theme)
        self._lay_out(theme, body)
        self.button.clicked.connect(self._act)
        self.problems.clicked.connect(self.problems_asked)
        self.learn.clicked.connect(self.learn_asked)

    def show_state(self, state: HearingState, in_use: str) -> None:
        """Say how it stands, and what compares songs."""
        self._doing = state.doing
        self.heard.setText(sound_words.heard(state))
        self.left.setText(sound_words.left(state))
        is_busy = state.doing is Doing.LISTENING
        (self.now if is_busy else self.sentence).setText(sound_words.doing(state))
        self.now.setVisible(is_busy)
        self.sentence.setVisible(not is_busy)
        self._redden(state.doing is Doing.TROUBLE)
        share = min(1.0, state.heard / state.total) if state.total else 0.0
        self.bar.setValue(round(STEPS * share))
        self.bar.setVisible(state.total > 0)
        self.problems.setText(sound_words.not_heard(state.problems))
        self.problems.setVisible(state.problems > 0)
        self.compared.setText(sound_words.compared(in_use, state.heard))
        words = _BUTTONS.get(state.doing, "")
        self.button.setVisible(bool(words))
        if words:
            self.button.setText(words)
            self.button.setAccessibleName(f"{words.rstrip('…')}: listening to your music")

    def _dress(self, theme: Theme) -> None:
        self.heard.setProperty("role", "strong")
        self.left.setProperty("role", "muted")
        self.now.setProperty("role", "muted")
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(theme.px(4))
        self.bar.setAccessibleName("Songs heard")
        self.problems.setProperty("kind", "link")
        self.problems.setCursor(Qt.CursorShape.PointingHandCursor)
        self.problems.setToolTip("Show which, and why")
        policy = self.button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(policy)

    def _lay_out(self, theme: Theme, body: QVBoxLayout) -> None:
        px = theme.px
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(self.heard)
        above.addStretch(1)
        above.addWidget(self.left)
        body.setSpacing(px(7))
        body.addLayout(above)
        body.addWidget(self.bar)
        body.addWidget(self.now)
        body.addWidget(self.sentence)
        body.addWidget(self.problems, 0, Qt.AlignmentFlag.AlignLeft)
        body.addSpacing(px(4))
        line = QWidget()
        line.setProperty("role", "line")
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line.setFixedHeight(1)
        body.addWidget(line)
        body.addSpacing(px(4))
        below.setSpacing(px(16))
        below.addWidget(self.compared, 1)
        below.addWidget(self.learn, 0, Qt.AlignmentFlag.AlignVCenter)
        body.addLayout(below)

    def _redden(self, is_trouble: bool) -> None:
        role = "danger" if is_trouble else "muted"
        if self.sentence.property("role") != role:
            self.sentence.setProperty("role", role)
            self.sentence.style().polish(self.sentence)

    @Slot()
    def _act(self) -> None:
        if self._doing is Doing.LISTENING:
            self.pause_asked.emit()
        elif self._doing in (Doing.PAUSED, Doing.TROUBLE):
            self.resume_asked.emit()
        else:
            self.settings_asked.emit()
