"""The settings of listening to files: whether, when, and how much of each song."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from app.sound.state import Doing
from app.ui import sound_words
from app.ui.settings import Settings
from app.ui.settings_page import SettingsPage
from app.ui.sound_source import MAINS_KEY, ON_KEY, WHOLE_KEY, SoundSource
from app.ui.theme import Theme

WHY = "So that new songs can be suggested for how they sound."
_BUTTONS = {Doing.PAUSED: "Resume", Doing.TROUBLE: "Try again"}
"""What the button says that otherwise pauses."""


class HearingPage(SettingsPage):
    """Every choice holds at once and is told to the source."""

    problems_asked = Signal()
    """List the files that could not be heard."""

    def __init__(
        self, settings: Settings, source: SoundSource, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Sound", theme, parent)
        self._settings, self._source = settings, source
        self.heading("Listening to your music")
        self.on = self._choice("Listen to my music", ON_KEY, 1, source.set_on, WHY)
        self.mains = self._choice("Only on mains power", MAINS_KEY, 1, source.set_only_on_mains)
        self.whole = self._choice(
            "Listen to whole songs instead of three excerpts",
            WHOLE_KEY,
            0,
            source.set_whole,
            "Slower, a little more exact.",
        )
        self.heading("How far it is")
        self.state = self.words()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.pause = QPushButton("Pause", self)
        self.problems = QPushButton(self)
        self.column.addWidget(self.state)
        self.buttons(self.pause, self.problems)
        self.column.addStretch(1)
        self.pause.clicked.connect(self._pause_or_resume)
        self.problems.clicked.connect(self.problems_asked)
        source.changed.connect(self._show_state)
        self._show_state()

    def leave(self) -> None:
        """The settings are closed."""
        self._source.changed.disconnect(self._show_state)

    def _choice(
        self, title: str, key: str, usual: int, tell: Callable[[bool], None], words: str = ""
    ) -> QCheckBox:
        """A box for a setting that is 1 or 0."""
        box = QCheckBox(title, self)
        box.setChecked(self._settings.number(key, usual) == 1)
        both = QVBoxLayout()
        both.setSpacing(0)
        both.addWidget(box)
        self.column.addLayout(both)
        if words:
            beneath = self.words(words)
            beneath.setIndent(self.theme.px(26))
            box.setAccessibleDescription(words)
            both.addWidget(beneath)

        def choose(chosen: bool) -> None:
            self._settings.set(key, int(chosen))
            tell(chosen)
            self._show_state()

        box.toggled.connect(choose)
        return box

    def _show_state(self) -> None:
        state, in_use = self._source.state, self._source.in_use
        first = "; ".join(
            filter(None, (sound_words.heard(state), f"compared by {in_use}" if in_use else ""))
        )
        is_waiting = state.doing in (Doing.TROUBLE, Doing.ON_BATTERY)
        then = sound_words.doing(state) if is_waiting else sound_words.left(state).capitalize()
        self.state.setText("\n".join(filter(None, (f"{first}.", then))))
        is_on = self.on.isChecked()
        for each in (self.mains, self.whole, self.pause):
            each.setEnabled(is_on)
        self.pause.setText(_BUTTONS.get(state.doing, "Pause"))
        self.problems.setText(f"{sound_words.not_heard(state.problems)}…")
        self.problems.setVisible(state.problems > 0)

    @Slot()
    def _pause_or_resume(self) -> None:
        if self._source.state.doing in _BUTTONS:
            self._source.resume()
        else:
            self._source.pause()
