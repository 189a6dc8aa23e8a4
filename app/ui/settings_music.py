"""The settings of music folders, colours and loudness."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from app.library.folder import Folder
from app.ui.icons import icon, icon_size
from app.ui.settings import Settings
from app.ui.settings_page import SettingsPage
from app.ui.theme import Theme
from app.ui.wording import count

THEME_KEY = "theme"
REPLAY_GAIN_KEY = "replay_gain"
_THEMES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))
_GAINS = (
    ("track", "Every track equally loud"),
    ("album", "Every album equally loud"),
    ("off", "Off"),
)


def choose_folder(parent: QWidget) -> Path | None:
    """Let the user pick a music folder."""
    chosen = QFileDialog.getExistingDirectory(parent, "Choose a music folder", str(Path.home()))
    return Path(chosen) if chosen else None


class MusicPage(SettingsPage):
    """Where the music is, how it looks and how loud it is."""

    folder_added = Signal(object)
    """A Path."""
    folder_removed = Signal(object)
    """A Folder."""
    rescan_asked = Signal()
    problems_asked = Signal()
    replay_gain_changed = Signal(str)

    def __init__(self, settings: Settings, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Music", theme, parent)
        self._settings = settings
        self.folders = QListWidget(self)
        self.remove = QPushButton("Remove", self)
        self.look = QComboBox(self)
        self.gain = QComboBox(self)
        self._add_folders()
        self._add_choices()
        self.column.addStretch(1)

    def show_folders(self, folders: Sequence[Folder]) -> None:
        """List the music folders; those whose drive is away are marked."""
        self.folders.clear()
        for folder in folders:
            state = count(folder.track_count, "track") if folder.available else "not connected now"
            item = QListWidgetItem(f"{folder.path}    {state}")
            item.setData(Qt.ItemDataRole.UserRole, folder)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{folder.path}, {state}")
            item.setToolTip(folder.path)
            colours = self.theme.colours
            name = "folder" if folder.available else "cloud_off"
            item.setIcon(icon(name, colours.muted, self.theme.px(18)))
            if not folder.available:
                item.setForeground(colours.muted)
            self.folders.addItem(item)
        self.remove.setEnabled(False)

    def _add_folders(self) -> None:
        theme = self.theme
        self.heading("Music folders")
        self.folders.setProperty("role", "field")
        self.folders.setAccessibleName("Music folders")
        self.folders.setIconSize(icon_size(theme.px(18)))
        self.folders.setMinimumHeight(theme.px(120))
        self.folders.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.column.addWidget(self.folders, 10)
        add = QPushButton("Add a folder…", self)
        rescan = QPushButton("Rescan", self)
        problems = QPushButton("Unreadable files…", self)
        self.buttons(add, self.remove, rescan, problems)
        self.remove.setToolTip("The files stay where they are, and so do your likes and plays")
        self.folders.itemSelectionChanged.connect(
            lambda: self.remove.setEnabled(bool(self.folders.selectedItems()))
        )
        add.clicked.connect(self._add_folder)
        self.remove.clicked.connect(self._remove_folder)
        rescan.clicked.connect(self.rescan_asked)
        problems.clicked.connect(self.problems_asked)

    def _add_choices(self) -> None:
        self.heading("Look and sound")
        form = self.form()
        rows = (
            (self.look, _THEMES, THEME_KEY, "system", "Colours"),
            (self.gain, _GAINS, REPLAY_GAIN_KEY, "track", "Loudness"),
        )
        for row, (box, offered, key, default, name) in enumerate(rows):
            for value, words in offered:
                box.addItem(words, value)
            box.setCurrentIndex(max(0, box.findData(self._settings.text(key, default))))
            box.setAccessibleName(name)
            box.view().setAccessibleName(name)
            form.addWidget(QLabel(name, self), row, 0)
            form.addWidget(box, row, 1)
        self.gain.setToolTip("Uses the ReplayGain tags of your files; others play unchanged")
        self.look.currentIndexChanged.connect(self._choose_look)
        self.gain.currentIndexChanged.connect(self._choose_gain)

    def _add_folder(self) -> None:
        folder = choose_folder(self)
        if folder is not None:
            self.folder_added.emit(folder)

    def _remove_folder(self) -> None:
        for item in self.folders.selectedItems():
            self.folder_removed.emit(item.data(Qt.ItemDataRole.UserRole))

    def _choose_look(self) -> None:
        mode = str(self.look.currentData())
        self._settings.set(THEME_KEY, mode)
        self.theme.set_mode(mode)

    def _choose_gain(self) -> None:
        mode = str(self.gain.currentData())
        self._settings.set(REPLAY_GAIN_KEY, mode)
        self.replay_gain_changed.emit(mode)
