"""The settings: music and looks, who makes the list, what is heard and learnt, and what this is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.library.folder import Folder
from app.ui.learning_source import Learning
from app.ui.settings import Settings
from app.ui.settings_learning import LearningPage
from app.ui.settings_list import ListPage
from app.ui.settings_music import MusicPage
from app.ui.settings_page import SettingsPage
from app.ui.settings_sound import HearingPage
from app.ui.sound_source import SoundSource
from app.ui.theme import Theme
from recommender.api import AgentStanding


class SettingsDialog(QDialog):
    """Every choice holds at once; there is nothing to confirm."""

    folder_added = Signal(object)
    """A Path."""
    folder_removed = Signal(object)
    """A Folder."""
    rescan_asked = Signal()
    problems_asked = Signal()
    unheard_asked = Signal()
    """List the files that could not be heard."""
    replay_gain_changed = Signal(str)
    model_chosen = Signal(object)
    """A ModelChoice."""
    experts_chosen = Signal(tuple)
    """The names of those that take no part."""
    agent_chosen = Signal(bool)
    """Whether the agent has the last word on the order of the list."""

    def __init__(
        self,
        settings: Settings,
        theme: Theme,
        version: str,
        parent: QWidget | None = None,
        *,
        sound: SoundSource | None = None,
        learning: Learning | None = None,
        notify: Callable[[str], None] = lambda words: None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWindowTitle("Settings")
        self.setMinimumWidth(theme.px(520))
        self.music = MusicPage(settings, theme, self)
        self.list = ListPage(settings, theme, self)
        self.sound: HearingPage | None = None
        if sound is not None:
            self.sound = HearingPage(settings, sound, theme, self)
            self.sound.problems_asked.connect(self.unheard_asked)
            self.finished.connect(self.sound.leave)
        self.learning: LearningPage | None = None
        if learning is not None:
            self.learning = LearningPage(settings, learning, theme, notify, self)
            self.finished.connect(self.learning.leave)
        self.tabs = QTabBar(self)
        self._pages = QStackedWidget(self)
        self._lay_out(version)
        self._connect()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def show_folders(self, folders: Sequence[Folder]) -> None:
        """List the music folders."""
        self.music.show_folders(folders)

    def show_model_state(self, state: str) -> None:
        """Say under the choice of the model how it is doing."""
        self.list.show_model_state(state)

    def show_agent(self, standing: AgentStanding | None) -> None:
        """Say how the agent did against Segue's ranking; None while that is not known."""
        self.list.show_agent(standing)

    def show_page(self, page: SettingsPage) -> None:
        """Turn to a page."""
        self.tabs.setCurrentIndex(self._pages.indexOf(page))

    def _lay_out(self, version: str) -> None:
        px = self._theme.px
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Parts of the settings")
        for page in filter(None, (self.music, self.list, self.sound, self.learning)):
            self.tabs.addTab(page.title)
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        margin = px(20)
        layout.setContentsMargins(margin, px(14), margin, margin)
        layout.setSpacing(px(12))
        layout.addWidget(self.tabs)
        layout.addWidget(self._pages, 1)
        layout.addLayout(self._about(version))

    def _about(self, version: str) -> QHBoxLayout:
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
        row = QHBoxLayout()
        row.addWidget(about, 1)
        row.addSpacing(self._theme.px(16))
        row.addWidget(close)
        return row

    def _connect(self) -> None:
        music = self.music
        music.folder_added.connect(self.folder_added)
        music.folder_removed.connect(self.folder_removed)
        music.rescan_asked.connect(self.rescan_asked)
        music.problems_asked.connect(self.problems_asked)
        music.replay_gain_changed.connect(self.replay_gain_changed)
        self.list.model_chosen.connect(self.model_chosen)
        self.list.experts_chosen.connect(self.experts_chosen)
        self.list.agent_chosen.connect(self.agent_chosen)
        self.tabs.currentChanged.connect(self._turn)

    @Slot(int)
    def _turn(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
