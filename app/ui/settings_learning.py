"""The settings of learning: where and when, which version, and what is carried elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QWidget,
)
from shiboken6 import isValid

from app.listening.exchange import Contents
from app.ui.learning_source import AUTOMATIC_KEY, DEVICE_KEY, DEVICES, Learning
from app.ui.settings import Settings
from app.ui.settings_page import SettingsPage
from app.ui.theme import Theme
from app.ui.wording import count

RESETTING = (
    "What was trained is dropped, and Segue learns anew from your plays and likes. "
    "These stay, and so does your music."
)
CARRIED = (
    "Plays, likes and what you said go into one file. What was trained from them is not in it: "
    "it is learnt anew where the file is brought in. Nothing is sent anywhere."
)
FILES = "Segue's learning (*.segue *.zip)"


def contents_in_words(contents: Contents) -> str:
    """What bringing a file in would do."""
    if not contents.new:
        return "There is nothing new in this file." + _left_out(contents)
    words = f"{count(contents.new, 'event')} will be added"
    if contents.tracks:
        words += f", about {count(contents.tracks, 'track')} of your library"
    return f"{words}.{_left_out(contents)} Segue then learns anew."


def _left_out(contents: Contents) -> str:
    words = ""
    if contents.present:
        words += f" {count(contents.present, 'event')} are here already."
    if contents.unknown:
        tracks = count(contents.unknown_tracks, "track")
        words += f" {count(contents.unknown, 'event')} about {tracks} that you do not have here"
        words += " are left out."
    return words.replace(" 1 event are", " 1 event is")


class LearningPage(SettingsPage):
    """Every choice holds at once; what cannot be taken back asks first."""

    def __init__(
        self,
        settings: Settings,
        learning: Learning,
        theme: Theme,
        notify: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        """`notify` tells the user what came of something after this page was closed."""
        super().__init__("Learning", theme, parent)
        self._settings, self._learning, self._notify = settings, learning, notify
        self.device = QComboBox(self)
        self.automatic = QCheckBox("Learn by itself, when nobody is disturbed", self)
        self.now = QPushButton("Learn now", self)
        self.back = QPushButton("Go back to the version before", self)
        self.reset = QPushButton("Reset what was learned…", self)
        self.export = QPushButton("Export everything learned…", self)
        self.bring_in = QPushButton("Import…", self)
        self.version = self.words()
        self._result = self.words()
        self._add_learning()
        self._add_carrying()
        self.column.addStretch(1)
        learning.changed.connect(self._show_state)
        self._show_state()

    def leave(self) -> None:
        """The settings are closed."""
        self._learning.changed.disconnect(self._show_state)

    @property
    def result(self) -> str:
        """What came of the latest export or import."""
        return self._result.text()

    def _add_learning(self) -> None:
        self.heading("Learning")
        here = self._learning.devices()
        for value, title in DEVICES:
            is_here = value in here
            self.device.addItem(title if is_here else f"{title}: not on this machine", value)
            model = self.device.model()
            if not is_here and isinstance(model, QStandardItemModel):
                model.item(self.device.count() - 1).setEnabled(False)
        self.device.setCurrentIndex(
            max(0, self.device.findData(self._settings.text(DEVICE_KEY, "auto")))
        )
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.device.setSizeAdjustPolicy(policy)
        self.device.setMinimumContentsLength(16)
        self.device.setAccessibleName("Learning on")
        self.device.view().setAccessibleName("Learning on")
        form = self.form()
        form.addWidget(QLabel("Learning on", self), 0, 0)
        form.addWidget(self.device, 0, 1)
        self.automatic.setChecked(self._settings.number(AUTOMATIC_KEY, 1) == 1)
        form.addWidget(self.automatic, 1, 1)
        form.addWidget(self.version, 2, 1)
        self.buttons(self.now, self.back)
        self.buttons(self.reset)
        self.device.activated.connect(self._choose_device)
        self.automatic.toggled.connect(self._choose_automatic)
        self.now.clicked.connect(self._learning.learn_now)
        self.back.clicked.connect(self._learning.go_back)
        self.reset.clicked.connect(self._ask_to_reset)

    def _add_carrying(self) -> None:
        self.heading("Take it with you")
        self.column.addWidget(self.words(CARRIED))
        self.buttons(self.export, self.bring_in)
        self.column.addWidget(self._result)
        self.export.clicked.connect(self._choose_target)
        self.bring_in.clicked.connect(self._choose_source)

    def _show_state(self) -> None:
        state = self._learning.state
        self.version.setText(" ".join(filter(None, (state.version, state.before))))
        self.now.setEnabled(not state.is_training)
        self.now.setText("Learning…" if state.is_training else "Learn now")
        self.back.setEnabled(state.can_go_back)

    @Slot()
    def _choose_device(self) -> None:
        device = str(self.device.currentData())
        self._settings.set(DEVICE_KEY, device)
        self._learning.set_device(device)

    @Slot(bool)
    def _choose_automatic(self, is_automatic: bool) -> None:
        self._settings.set(AUTOMATIC_KEY, int(is_automatic))
        self._learning.set_automatic(is_automatic)

    @Slot()
    def _ask_to_reset(self) -> None:
        self._confirm("Reset what was learned?", RESETTING, "Reset", self._learning.reset)

    def _confirm(self, question: str, words: str, yes: str, act: Callable[[], object]) -> None:
        box = QMessageBox(self)
        box.setText(question)
        box.setInformativeText(words)
        agreed = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
        box.finished.connect(box.deleteLater)
        agreed.clicked.connect(lambda: act())
        box.open()

    @Slot()
    def _choose_target(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export everything learned", str(Path.home() / "listening.segue"), FILES
        )
        if chosen:
            path = Path(chosen)
            self._tell("Writing…")
            self._learning.export(path if path.suffix else path.with_suffix(".segue"), self._tell)

    @Slot()
    def _choose_source(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Import", str(Path.home()), FILES)
        if chosen:
            source = Path(chosen)
            self._tell("Reading…")
            self._learning.look_into(
                source, lambda contents: self._ask_to_bring_in(source, contents), self._tell
            )

    def _ask_to_bring_in(self, source: Path, contents: Contents) -> None:
        if not isValid(self):
            return
        self._tell("")
        words = contents_in_words(contents)
        if not contents.new:
            self._tell(words)
            return
        self._confirm(
            f"Bring in “{source.name}”?",
            words,
            "Import",
            lambda: self._learning.bring_in(source, self._tell),
        )

    def _tell(self, words: str) -> None:
        if isValid(self):
            self._result.setText(words)
        else:
            self._notify(words)
