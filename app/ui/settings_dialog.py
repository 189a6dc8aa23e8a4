"""Music folders, looks, loudness, the model, and what this program is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.autoplay.choice import TRAINED, ModelChoice, choice_of, choices
from app.library.folder import Folder
from app.ui.icons import icon, icon_size
from app.ui.settings import Settings
from app.ui.theme import Theme
from app.ui.wording import count

THEME_KEY = "theme"
REPLAY_GAIN_KEY = "replay_gain"
MODEL_KEY, MODEL_FOLDER_KEY = "model", "model_folder"
_THEMES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))
_WIDEST_NAME = "Loudness"
_MODEL_LINES = 3
_GAINS = (
    ("track", "Every track equally loud"),
    ("album", "Every album equally loud"),
    ("off", "Off"),
)


def choose_folder(parent: QWidget) -> Path | None:
    """Let the user pick a music folder."""
    chosen = QFileDialog.getExistingDirectory(parent, "Choose a music folder", str(Path.home()))
    return Path(chosen) if chosen else None


def chosen_model(settings: Settings) -> ModelChoice:
    """The model that the settings name."""
    return choice_of(settings.text(MODEL_KEY), settings.text(MODEL_FOLDER_KEY))


class SettingsDialog(QDialog):
    """Every choice holds at once; there is nothing to confirm."""

    folder_added = Signal(object)
    """A Path."""
    folder_removed = Signal(object)
    """A Folder."""
    rescan_asked = Signal()
    problems_asked = Signal()
    replay_gain_changed = Signal(str)
    model_chosen = Signal(object)
    """A ModelChoice."""

    def __init__(
        self, settings: Settings, theme: Theme, version: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._theme = theme
        self.setWindowTitle("Settings")
        self.setMinimumWidth(theme.px(520))
        self._folders = QListWidget(self)
        self._remove = QPushButton("Remove", self)
        self._look = QComboBox(self)
        self._gain = QComboBox(self)
        self._model = QComboBox(self)
        self._model_words = QLabel(self)
        self._model_state = ""
        layout = QVBoxLayout(self)
        margin = theme.px(20)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(theme.px(10))
        self._add_folders(layout)
        self._add_choices(layout)
        self._add_model(layout)
        self._add_about(layout, version)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def show_folders(self, folders: Sequence[Folder]) -> None:
        """List the music folders; those whose drive is away are marked."""
        self._folders.clear()
        for folder in folders:
            state = count(folder.track_count, "track") if folder.available else "not connected now"
            item = QListWidgetItem(f"{folder.path}    {state}")
            item.setData(Qt.ItemDataRole.UserRole, folder)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{folder.path}, {state}")
            item.setToolTip(folder.path)
            colours = self._theme.colours
            name = "folder" if folder.available else "cloud_off"
            item.setIcon(icon(name, colours.muted, self._theme.px(18)))
            if not folder.available:
                item.setForeground(colours.muted)
            self._folders.addItem(item)
        self._remove.setEnabled(False)

    def _add_folders(self, layout: QVBoxLayout) -> None:
        theme = self._theme
        layout.addWidget(_heading("Music folders", self))
        self._folders.setProperty("role", "field")
        self._folders.setAccessibleName("Music folders")
        self._folders.setIconSize(icon_size(theme.px(18)))
        self._folders.setMinimumHeight(theme.px(120))
        self._folders.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        layout.addWidget(self._folders, 1)
        add = QPushButton("Add a folder…", self)
        rescan = QPushButton("Rescan", self)
        problems = QPushButton("Unreadable files…", self)
        row = QHBoxLayout()
        for button in (add, self._remove, rescan, problems):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        self._remove.setToolTip("The files stay where they are, and so do your likes and plays")
        self._folders.itemSelectionChanged.connect(
            lambda: self._remove.setEnabled(bool(self._folders.selectedItems()))
        )
        add.clicked.connect(self._add_folder)
        self._remove.clicked.connect(self._remove_folder)
        rescan.clicked.connect(self.rescan_asked)
        problems.clicked.connect(self.problems_asked)

    def _add_choices(self, layout: QVBoxLayout) -> None:
        form = self._form()
        rows = (
            (self._look, _THEMES, THEME_KEY, "system", "Colours"),
            (self._gain, _GAINS, REPLAY_GAIN_KEY, "track", "Loudness"),
        )
        for row, (box, offered, key, default, name) in enumerate(rows):
            for value, words in offered:
                box.addItem(words, value)
            box.setCurrentIndex(max(0, box.findData(self._settings.text(key, default))))
            box.setAccessibleName(name)
            box.view().setAccessibleName(name)
            form.addWidget(QLabel(name, self), row, 0)
            form.addWidget(box, row, 1)
        self._gain.setToolTip("Uses the ReplayGain tags of your files; others play unchanged")
        layout.addSpacing(self._theme.px(8))
        layout.addWidget(_heading("Look and sound", self))
        layout.addLayout(form)
        self._look.currentIndexChanged.connect(self._choose_look)
        self._gain.currentIndexChanged.connect(self._choose_gain)

    def _form(self) -> QGridLayout:
        """Names beside what they name; the names of all forms are equally wide."""
        form = QGridLayout()
        form.setHorizontalSpacing(self._theme.px(16))
        form.setVerticalSpacing(self._theme.px(8))
        form.setColumnMinimumWidth(0, QLabel(_WIDEST_NAME, self).sizeHint().width())
        form.setColumnStretch(1, 1)
        return form

    def _add_model(self, layout: QVBoxLayout) -> None:
        box, words = self._model, self._model_words
        for choice in choices():
            box.addItem(choice.title, choice)
        box.setAccessibleName("Model")
        box.view().setAccessibleName("Model")
        words.setProperty("role", "small")
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.setMinimumHeight(words.fontMetrics().height() * _MODEL_LINES)
        form = self._form()
        form.addWidget(QLabel("Model", self), 0, 0)
        form.addWidget(box, 0, 1)
        form.addWidget(words, 1, 1)
        layout.addSpacing(self._theme.px(8))
        layout.addWidget(_heading("Up next", self))
        layout.addLayout(form)
        self._show_model()
        box.activated.connect(self._choose_model)

    def show_model_state(self, state: str) -> None:
        """Say under the choice of the model how it is doing."""
        self._model_state = state
        words = chosen_model(self._settings).words
        self._model_words.setText(f"{words}\n{state}".strip())

    def _show_model(self) -> None:
        """Show the choice that the settings hold."""
        chosen, box = chosen_model(self._settings), self._model
        place = next((at for at in range(box.count()) if box.itemData(at).name == chosen.name), -1)
        if place < 0:
            box.insertItem(box.count() - 1, chosen.title, chosen)
            place = box.count() - 2
        folder = chosen.folder
        box.setItemText(box.count() - 1, chosen.title if folder else ModelChoice(TRAINED).title)
        box.setToolTip(str(folder) if folder else "")
        box.setCurrentIndex(place)
        self.show_model_state(self._model_state)

    @Slot()
    def _choose_model(self) -> None:
        choice: ModelChoice = self._model.currentData()
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
        self._model_state = ""
        self._show_model()
        self.model_chosen.emit(choice)

    def _add_about(self, layout: QVBoxLayout, version: str) -> None:
        about = QLabel(
            f"Segue {version}. Free software under the GNU General Public License 3 or later. "
            "What you listen to stays on this machine.",
            self,
        )
        about.setProperty("role", "small")
        about.setWordWrap(True)
        close = QPushButton("Close", self)
        close.setProperty("kind", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        layout.addSpacing(self._theme.px(8))
        row = QHBoxLayout()
        row.addWidget(about, 1)
        row.addSpacing(self._theme.px(16))
        row.addWidget(close)
        layout.addLayout(row)

    def _add_folder(self) -> None:
        folder = choose_folder(self)
        if folder is not None:
            self.folder_added.emit(folder)

    def _remove_folder(self) -> None:
        for item in self._folders.selectedItems():
            self.folder_removed.emit(item.data(Qt.ItemDataRole.UserRole))

    def _choose_look(self) -> None:
        mode = str(self._look.currentData())
        self._settings.set(THEME_KEY, mode)
        self._theme.set_mode(mode)

    def _choose_gain(self) -> None:
        mode = str(self._gain.currentData())
        self._settings.set(REPLAY_GAIN_KEY, mode)
        self.replay_gain_changed.emit(mode)


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setProperty("role", "heading")
    return label
