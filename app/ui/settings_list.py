"""The settings of the predicted list: which model makes it, and which experts take part."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QGridLayout, QLabel, QWidget

from app.autoplay.choice import LIVE, TRAINED, ModelChoice, choice_of, choices
from app.ui.agent_words import OTHER_MODEL, agent_words, doubt_words
from app.ui.expert_names import NOT_TO_CHOOSE, TITLES, expert_words
from app.ui.list_settings import saved_tuning
from app.ui.settings import Settings
from app.ui.settings_page import SettingsPage
from app.ui.theme import Theme
from recommender.api import AgentStanding

MODEL_KEY, MODEL_FOLDER_KEY = "model", "model_folder"
_MODEL_LINES = 3
_AGENT_LINES = 2
LAST_WORD = (
    "An agent can move songs among those that Segue's ranking puts first. It learns from each song "
    "that you finish, skip, like or dislike. The list keeps its rules: “Never again” stays away."
)


def chosen_model(settings: Settings) -> ModelChoice:
    """The model that the settings name."""
    return choice_of(settings.text(MODEL_KEY), settings.text(MODEL_FOLDER_KEY))


class ListPage(SettingsPage):
    """Segue's own model or another; of Segue's own the experts that have a say."""

    model_chosen = Signal(object)
    """A ModelChoice."""
    experts_chosen = Signal(tuple)
    """The names of those that take no part."""
    agent_chosen = Signal(bool)
    """Whether the agent has the last word on the order."""

    def __init__(self, settings: Settings, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Up next", theme, parent)
        self._settings = settings
        self._state = ""
        self.model = QComboBox(self)
        self.model_words = self.words()
        self.last_word = QComboBox(self)
        self.agent_words = self.words()
        self._standing: AgentStanding | None = None
        self.experts: dict[str, QCheckBox] = {}
        self._add_model()
        self._add_last_word()
        self._add_experts()
        self.column.addStretch(1)
        self._show_model()

    def show_model_state(self, state: str) -> None:
        """Say under the choice of the model how it is doing."""
        self._state = state
        words = chosen_model(self._settings).words
        self.model_words.setText(f"{words}\n{state}".strip())

    def _add_model(self) -> None:
        box, words = self.model, self.model_words
        for choice in choices():
            box.addItem(choice.title, choice)
        box.setAccessibleName("Model")
        box.view().setAccessibleName("Model")
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.setMinimumHeight(words.fontMetrics().height() * _MODEL_LINES)
        self.heading("Who makes the list")
        form = self.form()
        form.addWidget(QLabel("Model", self), 0, 0)
        form.addWidget(box, 0, 1)
        form.addWidget(words, 1, 1)
        box.activated.connect(self._choose_model)

    def show_agent(self, standing: AgentStanding | None) -> None:
        """Say how the agent did against Segue's ranking; None while that is not known."""
        self._standing = standing
        own = chosen_model(self._settings).name == LIVE
        self.last_word.setEnabled(own)
        is_agent = bool(self.last_word.currentData())
        words = agent_words(standing, is_agent) if own else OTHER_MODEL
        self.agent_words.setText(words)
        self.agent_words.setToolTip(doubt_words(standing) if own else "")
        self.last_word.setAccessibleDescription(words)

    def _add_last_word(self) -> None:
        box = self.last_word
        box.addItem("Segue's ranking", False)
        box.addItem("The agent", True)
        box.setCurrentIndex(int(saved_tuning(self._settings).agent))
        box.setAccessibleName("Last word on the order")
        box.view().setAccessibleName("Last word on the order")
        self.agent_words.setTextFormat(Qt.TextFormat.PlainText)
        self.agent_words.setAlignment(Qt.AlignmentFlag.AlignTop)
        line = self.agent_words.fontMetrics().height()
        self.agent_words.setMinimumHeight(line * _AGENT_LINES)
        self.heading("Last word on the order")
        self.column.addWidget(self.words(LAST_WORD))
        form = self.form()
        form.addWidget(QLabel("Last word", self), 0, 0)
        form.addWidget(box, 0, 1)
        form.addWidget(self.agent_words, 1, 1)
        box.activated.connect(self._choose_last_word)

    @Slot()
    def _choose_last_word(self) -> None:
        self.agent_chosen.emit(bool(self.last_word.currentData()))
        self.show_agent(self._standing)

    def _add_experts(self) -> None:
        self.heading("Who has a say")
        self._experts_words = self.words()
        self.column.addWidget(self._experts_words)
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.theme.px(16))
        grid.setVerticalSpacing(self.theme.px(2))
        without = saved_tuning(self._settings).without
        names = [name for name in TITLES if name not in NOT_TO_CHOOSE]
        for place, name in enumerate(names):
            box = QCheckBox(TITLES[name], self)
            box.setChecked(name not in without)
            box.setToolTip(expert_words(name))
            box.setAccessibleDescription(expert_words(name))
            box.toggled.connect(self._choose_experts)
            self.experts[name] = box
            rows = (len(names) + 1) // 2
            grid.addWidget(box, place % rows, place // rows)
        self.column.addLayout(grid)

    @Slot()
    def _choose_experts(self) -> None:
        without = tuple(name for name, box in self.experts.items() if not box.isChecked())
        self.experts_chosen.emit(without)

    def _show_model(self) -> None:
        """Show the choice that the settings hold."""
        chosen, box = chosen_model(self._settings), self.model
        place = next((at for at in range(box.count()) if box.itemData(at).name == chosen.name), -1)
        if place < 0:
            box.insertItem(box.count() - 1, chosen.title, chosen)
            place = box.count() - 2
        folder = chosen.folder
        box.setItemText(box.count() - 1, chosen.title if folder else ModelChoice(TRAINED).title)
        box.setToolTip(str(folder) if folder else "")
        box.setCurrentIndex(place)
        self.show_model_state(self._state)
        own = chosen.name == LIVE
        self._experts_words.setText(
            "Each goes by something else; together they make the list. Switch off whom you do "
            "not want to hear."
            if own
            else "The experts belong to Segue's own model; the chosen one works without them."
        )
        for check in self.experts.values():
            check.setEnabled(own)
        self.show_agent(self._standing)

    @Slot()
    def _choose_model(self) -> None:
        choice: ModelChoice = self.model.currentData()
        if choice.name == TRAINED:
            folder = QFileDialog.getExistingDirectory(
                self, "Choose the folder of a trained model", str(Path.home())
            )
            if not folder:
                self._show_model()
                return
            choice = ModelChoice(TRAINED, Path(folder))
        self._settings.set(MODEL_KEY, choice.name)
        self._settings.set(MODEL_FOLDER_KEY, str(choice.folder or ""))
        self._state = ""
        self._show_model()
        self.model_chosen.emit(choice)
