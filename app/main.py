"""Puts window and player together, and runs them until the window is closed."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QMessageBox

from app import __version__
from app.autoplay.choice import choice_of
from app.conductor.up_next import Notice
from app.desktop.demo_music import DemoMusic
from app.desktop.single_instance import Instance
from app.hearing import PlayerSound
from app.learning import PlayerLearning, PlayerTaste
from app.library.errors import LibraryError
from app.library.track import Track
from app.paths import Paths
from app.player_parts import PlayerParts
from app.signals import Post
from app.ui.covers import Covers
from app.ui.learning_source import AUTOMATIC_KEY, DEVICE_KEY
from app.ui.list_settings import save_tuning, saved_tuning
from app.ui.post import make_post
from app.ui.settings import Settings
from app.ui.sound_source import MAINS_KEY, ON_KEY, WHOLE_KEY
from app.ui.theme import Theme
from app.ui.window import MainWindow

if TYPE_CHECKING:
    from app.desktop.mpris import MediaKeys

log = logging.getLogger(__name__)

LOG_BYTES = 1_000_000
ROWS_AT_THE_LATEST_MS = 2_000
COVER_PX = 512
SWITCH_INTERVAL_S = 0.0005
"""How long another thread may keep the window's waiting; Python's own 5 ms add up to blocks."""


class Application:
    """The whole program: player parts, window, and what joins them."""

    def __init__(self, qt: QApplication, paths: Paths, *, silent: bool = False) -> None:
        """Raises LibraryError when the database cannot be used."""
        self.post = make_post(qt)
        self.paths = paths
        self.parts = PlayerParts(paths, self.post, engine="silent" if silent else "auto")
        self.settings = Settings(paths.database)
        self.parts.set_gain_mode(self.settings.text("replay_gain", "track"))
        self.theme = Theme(qt, self.settings.text("theme", "system"))
        self.covers = Covers(thumbnail, paths.thumbnails, self.post)
        self.window = MainWindow(
            self.parts.conductor,
            self.parts.reader,
            self.parts.scans,
            self.covers,
            self.theme,
            self.settings,
            taste=PlayerTaste(self.parts.autoplay, self.parts.conductor, self.parts.trainer),
            sound=self._sound(),
            demo=demo_music(paths, self.post),
            version=__version__,
        )
        self.window.replay_gain_changed.connect(self.parts.set_gain_mode)
        self._join_model()
        self._join_list()
        self._join_learning()
        self.parts.engine.message_changed.connect(
            lambda message: self.window.transport.refresh_message()
        )
        self._media_keys: MediaKeys | None = None
        self.first_rows = FirstRows(self.window)

    def _sound(self) -> PlayerSound:
        """What shows and settles the listening to files, as it was settled last."""
        parts, number = self.parts, self.settings.number
        sound = PlayerSound(parts.sound, parts.autoplay, parts.trainer)
        sound.set_on(number(ON_KEY, 1) == 1)
        sound.set_only_on_mains(number(MAINS_KEY, 1) == 1)
        sound.set_whole(number(WHOLE_KEY, 0) == 1)
        return sound

    def _join_model(self) -> None:
        """Let the settings choose the model, and the window tell how it is doing."""
        autoplay, window = self.parts.autoplay, self.window
        autoplay.choose(choice_of(*map(self.settings.text, ("model", "model_folder"))))
        autoplay.model_changed.connect(window.scanning.show_model_state)
        autoplay.agent_changed.connect(lambda: window.scanning.show_agent(autoplay.agent))
        autoplay.model_refused.connect(lambda words: window.notify(Notice(words)))
        window.model_chosen.connect(autoplay.choose)

    def _join_list(self) -> None:
        """Hold the list as it was held last, and remember how it is held."""
        conductor = self.parts.conductor
        conductor.tune(saved_tuning(self.settings))
        conductor.tuning_changed.connect(lambda tuning: save_tuning(self.settings, tuning))

    def _join_learning(self) -> None:
        """Show how learning goes, and what came of it; the settings hold where and when."""
        trainer, parts, window = self.parts.trainer, self.parts, self.window
        trainer.set_device(self.settings.text(DEVICE_KEY, "auto"))
        trainer.set_automatic(self.settings.number(AUTOMATIC_KEY, 1) == 1)
        line = window.up_next.learning
        trainer.progress.connect(line.show_progress)
        trainer.state.connect(line.show_state)
        trainer.finished.connect(lambda taken, words: window.notify(Notice(words)))
        line.pause_asked.connect(trainer.pause)
        line.resume_asked.connect(trainer.resume)
        changed = parts.conductor.library_changed
        window.scanning.offer_learning(
            PlayerLearning(self.paths.database, self.post, parts.autoplay, trainer, changed)
        )

    def show(self) -> None:
        """Bring the last session back and show the window; the rest starts once it is painted."""
        self.parts.conductor.restore()
        self.parts.conductor.announce()
        self.first_rows.then(self._start)
        self.window.show()

    def _start(self) -> None:
        self.parts.start()
        threading.Thread(target=self._load_media_keys, name="media-keys", daemon=True).start()

    def _load_media_keys(self) -> None:
        """Import what speaks D-Bus beside the window, as that takes a while."""
        from app.desktop.mpris import start_media_keys

        def begin() -> None:
            self._media_keys = start_media_keys(
                self.parts.conductor, self.post, self.hand_over, self._quit, self._cover_file
            )

        self.post(begin)

    def _quit(self) -> None:
        self.window.close()

    def _cover_file(self, track: Track) -> Path | None:
        return thumbnail(track.location, track.cover_key, COVER_PX, self.paths.thumbnails)

    def hand_over(self, files: list[str]) -> None:
        """Come to the front, and play what another start was given."""
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        if len(files) == 1 and "://" in files[0]:
            self.parts.conductor.open_location(files[0])
        elif files:
            self.parts.conductor.open_files([Path(file) for file in files if "://" not in file])

    def close(self) -> None:
        """End everything, saving what is left."""
        if self._media_keys is not None:
            self._media_keys.close()
        self.covers.close()
        self.settings.close()
        self.parts.close()


class FirstRows(QObject):
    """Tells when the window shows its first rows, or that there are none."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._content = window.content
        self._work: list[Callable[[], object]] = []
        self._table = window.content.table.viewport()
        self._table.installEventFilter(self)
        self._content.emptied.connect(self._come)
        self._at_the_latest = QTimer(self, singleShot=True, interval=ROWS_AT_THE_LATEST_MS)
        self._at_the_latest.timeout.connect(self._come)
        self._at_the_latest.start()

    def then(self, work: Callable[[], object]) -> None:
        """Call `work` once that is so."""
        self._work.append(work)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for a paint with rows in it."""
        if event.type() == QEvent.Type.Paint and self._content.tracks.rowCount():
            self._come()
        return False

    @Slot()
    def _come(self) -> None:
        self._table.removeEventFilter(self)
        self._at_the_latest.stop()
        work, self._work = self._work, []
        for each in work:
            QTimer.singleShot(0, each)


def run(
    paths: Paths,
    instance: Instance,
    files: Sequence[str],
    *,
    silent: bool = False,
    report_start: bool = False,
) -> int:
    """Open the window; returns the exit status."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    start_log(paths)
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Segue")
    qt.setDesktopFileName("segue")
    try:
        application = Application(qt, paths, silent=silent)
    except LibraryError as error:
        return _refuse(error)
    instance.listen(application.post, application.hand_over)
    application.window.closed.connect(qt.quit)
    if report_start:
        application.first_rows.then(lambda: _report_start(qt))
    application.show()
    if files:
        application.hand_over(list(files))
    status = qt.exec()
    application.close()
    instance.close()
    return status


def thumbnail(track_location: str, cover_key: str, size_px: int, folder: Path) -> Path | None:
    """`app.library.covers.thumbnail`, imported when the first cover is wanted."""
    from app.library import covers

    return covers.thumbnail(track_location, cover_key, size_px, folder)


def demo_music(paths: Paths, post: Post) -> DemoMusic:
    """The maker of the demo music of this installation."""
    return DemoMusic(paths.demo_music, post)


def start_log(paths: Paths) -> None:
    """Keep what the parts log in a file of bounded size."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    try:
        paths.log.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            paths.log, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="replace"
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)


def _refuse(error: LibraryError) -> int:
    log.error("%s", error)
    sys.stderr.write(f"{error}\n")
    if QApplication.platformName() != "offscreen":
        QMessageBox.critical(None, "Segue", str(error))
    return 1


def _report_start(qt: QApplication) -> None:
    sys.stdout.write(f"{time.time():.4f}\n")
    sys.stdout.flush()
    qt.quit()
