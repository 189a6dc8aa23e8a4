"""Music folders and scans, from the window's side: who asks, what is told, what is refreshed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from app.conductor.up_next import Notice
from app.library.errors import LibraryError
from app.library.folder import Folder, ScanProblem
from app.library.reader import Reader
from app.library.scans import ScanProgress, ScanReport
from app.signals import Signal
from app.ui.first_start import DemoMusic, FirstStart
from app.ui.learning_source import Learning
from app.ui.settings import Settings
from app.ui.sound_source import SoundSource
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.settings_dialog import SettingsDialog
    from app.ui.window import MainWindow
    from recommender.api import AgentStanding

REFRESH_AT_MOST_EVERY_MS = 1_200


class Scans(Protocol):
    """What the window needs of the one who scans. Signals come on the window's thread."""

    progress: Signal[[ScanProgress]]
    finished: Signal[[ScanReport]]
    changed: Signal[[]]
    """Tracks were added, changed or taken out."""

    def start(self) -> None:
        """Scan all folders, unless that is being done already."""

    def cancel(self) -> None:
        """Stop scanning; what was found so far stays."""

    def add_folder(self, path: Path) -> None:
        """Take a folder into the library, and scan it."""

    def remove_folder(self, folder_id: int) -> None:
        """Take a folder out of the library; likes and plays are kept."""


class Scanning(QObject):
    """Joins the scans with the scan bar, the settings and the first start."""

    def __init__(
        self,
        window: MainWindow,
        scans: Scans,
        reader: Reader,
        settings: Settings,
        theme: Theme,
        version: str,
        demo: DemoMusic | None,
    ) -> None:
        super().__init__(window)
        self._demo = demo
        self._first_start: FirstStart | None = None
        self._window = window
        self._scans = scans
        self._reader = reader
        self._settings = settings
        self._theme = theme
        self._version = version
        self._learning: Learning | None = None
        self._sound: SoundSource | None = None
        self._dialog: SettingsDialog | None = None
        self._model_state = ""
        self._standing: AgentStanding | None = None
        self._refresh_later = QTimer(self, singleShot=True, interval=REFRESH_AT_MOST_EVERY_MS)
        self._changed_meanwhile = False
        self._is_adding = False
        self._connect()

    def add_folder(self, path: Path) -> None:
        """Take a music folder into the library and look at what is in it."""
        was_first_start = self._window.middle.is_first_start
        self._window.middle.show_library()
        if was_first_start:
            self._window.content.focus_rows()
        self._is_adding = True
        self._scans.add_folder(path)

    def offer_learning(self, learning: Learning) -> None:
        """Let the settings of learning be seen from now on."""
        self._learning = learning

    def offer_sound(self, sound: SoundSource) -> None:
        """Let the settings of listening to files be seen from now on."""
        self._sound = sound

    @property
    def first_start(self) -> FirstStart | None:
        """The page of the first start, once it was needed."""
        return self._first_start

    @Slot()
    def choose_folder(self) -> None:
        """Let the user pick a folder to add."""
        from app.ui.settings_music import choose_folder

        path = choose_folder(self._window)
        if path is not None:
            self.add_folder(path)

    @Slot()
    def rescan(self) -> None:
        """Look for what is new in all folders."""
        self._scans.start()

    @Slot()
    def show_settings(self) -> None:
        """Open the settings, or bring them to the front."""
        from app.ui.settings_dialog import SettingsDialog

        if self._dialog is not None:
            self._dialog.raise_()
            return
        dialog = SettingsDialog(
            self._settings,
            self._theme,
            self._version,
            self._window,
            sound=self._sound,
            learning=self._learning,
            notify=lambda words: self._window.notify(Notice(words)),
        )
        dialog.folder_added.connect(self.add_folder)
        dialog.folder_removed.connect(self._remove_folder)
        dialog.rescan_asked.connect(self.rescan)
        dialog.problems_asked.connect(self.show_problems)
        dialog.unheard_asked.connect(self._show_unheard)
        dialog.replay_gain_changed.connect(self._window.replay_gain_changed)
        dialog.model_chosen.connect(self._window.model_chosen)
        dialog.experts_chosen.connect(self._window.leave_out)
        dialog.agent_chosen.connect(self._window.give_last_word)
        dialog.show_model_state(self._model_state)
        dialog.show_agent(self._standing)
        dialog.finished.connect(self._dialog_closed)
        self._dialog = dialog
        self._ask_folders()
        dialog.open()

    @Slot()
    def show_sound_settings(self) -> None:
        """Open the settings where they are about listening to files."""
        self.show_settings()
        if self._dialog is not None and self._dialog.sound is not None:
            self._dialog.show_page(self._dialog.sound)

    def show_model_state(self, state: str) -> None:
        """Tell the settings how the chosen model is doing."""
        self._model_state = state
        if self._dialog is not None:
            self._dialog.show_model_state(state)

    def show_agent(self, standing: AgentStanding | None) -> None:
        """Tell the settings how the agent did against Segue's ranking."""
        self._standing = standing
        if self._dialog is not None:
            self._dialog.show_agent(standing)

    @Slot()
    def show_problems(self) -> None:
        """List the files that could not be read."""
        self._reader.ask(
            lambda library: library.problems(), self._list_problems, "problems", self._fail
        )

    @Slot()
    def ask_for_folders(self) -> None:
        """The library is empty: if there is no folder either, this is the first start."""
        self._reader.ask(
            lambda library: library.folders(), self._welcome, "first start", self._fail
        )

    def _connect(self) -> None:
        window, scans = self._window, self._scans
        scans.progress.connect(window.scan_bar.show_progress)
        scans.finished.connect(self._finished)
        scans.changed.connect(self._changed)
        window.scan_bar.cancel_asked.connect(scans.cancel)
        window.scan_bar.problems_asked.connect(self.show_problems)
        self._refresh_later.timeout.connect(self._refresh_again)

    def _finished(self, report: ScanReport) -> None:
        self._window.scan_bar.show_report(report)
        self._changed_meanwhile = False
        self._is_adding = False
        self._refresh()

    def _changed(self) -> None:
        """Show what was found, but not more often than eyes can follow."""
        if self._refresh_later.isActive():
            self._changed_meanwhile = True
            return
        self._refresh()
        self._refresh_later.start()

    @Slot()
    def _refresh_again(self) -> None:
        if self._changed_meanwhile:
            self._changed_meanwhile = False
            self._changed()

    def _refresh(self) -> None:
        self._window.content.refresh()
        if self._dialog is not None:
            self._ask_folders()

    def _welcome(self, folders: Sequence[Folder]) -> None:
        if folders or self._is_adding:
            self._window.middle.show_library()
            return
        if self._first_start is None:
            self._first_start = FirstStart(self._theme, self._demo, self._window)
            self._first_start.folder_asked.connect(self.choose_folder)
            self._first_start.demo_ready.connect(self.add_folder)
        self._window.middle.show_page(self._first_start)

    def _ask_folders(self) -> None:
        self._reader.ask(
            lambda library: library.folders(), self._list_folders, "folders", self._fail
        )

    def _list_folders(self, folders: Sequence[Folder]) -> None:
        if self._dialog is not None:
            self._dialog.show_folders(folders)

    def _list_problems(self, problems: Sequence[ScanProblem]) -> None:
        from app.ui.problems_dialog import ProblemsDialog

        ProblemsDialog(problems, self._theme, self._dialog or self._window).open()

    @Slot()
    def _show_unheard(self) -> None:
        from app.ui.unheard import show_unheard

        if self._sound is not None and self._dialog is not None:
            show_unheard(self._sound, self._reader, self._theme, self._dialog)

    def _remove_folder(self, folder: Folder) -> None:
        self._scans.remove_folder(folder.folder_id)

    @Slot()
    def _dialog_closed(self) -> None:
        self._dialog = None

    def _fail(self, error: LibraryError) -> None:
        self._window.notify(Notice(str(error)))
