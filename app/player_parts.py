"""Everything that runs beside the window: made together, started after the first paint, closed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.autoplay.adoption import TAKES_NONE
from app.autoplay.client import AutoplayClient
from app.autoplay.trainer import Trainer
from app.conductor.conductor import PlayerConductor
from app.conductor.opening import LazyStreams, LocationOpener
from app.library.database import open_database
from app.library.library import Library
from app.library.reader import Reader
from app.library.scans import ScanReport, ScanRunner
from app.library.track import Track
from app.listening.store import ListeningStore
from app.paths import Paths
from app.player.choose import EngineKind, make_engine
from app.player.replay_gain import ReplayGain, gain_db
from app.signals import Post
from app.sound.listener import SoundListener

if TYPE_CHECKING:
    from app.library.watch import FolderWatcher

log = logging.getLogger(__name__)


class PlayerParts:
    """The player without its window. Raises LibraryError when the database cannot be used."""

    def __init__(
        self,
        paths: Paths,
        post: Post,
        *,
        engine: EngineKind = "auto",
    ) -> None:
        database = paths.database
        open_database(database).close()
        self._connection = open_database(database, read_only=True)
        self._gain_mode = ReplayGain.TRACK
        self._watcher: FolderWatcher | None = None
        self._post = post
        self.library = Library(self._connection)
        self.reader = Reader(database, post)
        self._files = Reader(database, post)
        self.scans = ScanRunner(database, post)
        self.listening = ListeningStore(database, post)
        self.sound = SoundListener(database, paths.sounds, post)
        self.autoplay = AutoplayClient(
            database, post, checkpoints=paths.cache / "recommender", sounds=paths.sounds
        )
        self.sound.heard.connect(self.autoplay.sounds_changed)
        self.trainer = Trainer(database, paths.data / "trained", post, sounds=paths.sounds)
        self.trainer.version_changed.connect(self.autoplay.adopt)
        self.autoplay.adopted.connect(self._on_adopted)
        self.autoplay.list_changed.connect(lambda shown: self.trainer.touched())
        self.autoplay.model_changed.connect(
            lambda words: self.trainer.set_used(self.autoplay.serves_own)
        )
        self.engine = make_engine(post, engine)
        self.conductor = PlayerConductor(
            self.library,
            self.listening,
            self.autoplay,
            self.engine,
            LocationOpener(self._files, LazyStreams(post)),
            self._gain_db,
        )
        self.conductor.forgotten.connect(self.trainer.reconsider)
        self.scans.changed.connect(self.conductor.library_changed)
        self.scans.changed.connect(self.sound.library_changed)
        self.scans.finished.connect(self._on_scanned)

    def start(self) -> None:
        """Begin what may wait until the window is there: the recommender, listening to files,
        scan and watch."""
        self.autoplay.start()
        self.trainer.start()
        self.sound.start()
        self._files.ask(_folders, self._look_after, "folders at the start")

    def _look_after(self, found: tuple[type[FolderWatcher], list[Path]]) -> None:
        if found[1]:
            self.scans.start()
        self._follow(found)

    def _follow(self, found: tuple[type[FolderWatcher], list[Path]]) -> None:
        """Watch the music folders as they are now."""
        if self._watcher is not None:
            # It waits for its thread, which the window's must not.
            threading.Thread(target=self._watcher.close, name="watcher-end", daemon=True).start()
        watcher, folders = found
        self._watcher = watcher(folders, self._on_files_changed)

    def set_gain_mode(self, mode: str) -> None:
        """Level tracks by "track", by "album", or not at all ("off"); from the next track on."""
        self._gain_mode = ReplayGain(mode) if mode in set(ReplayGain) else ReplayGain.TRACK

    def close(self) -> None:
        """Save the session and end every thread and process, in an order that loses nothing."""
        self.conductor.save()
        self.trainer.close()
        self.sound.close()
        if self._watcher is not None:
            self._watcher.close()
        self.engine.close()
        self.listening.close()
        self.scans.close()
        self.autoplay.close()
        self.reader.close()
        self._files.close()
        self._connection.close()

    def _gain_db(self, track: Track) -> float:
        return gain_db(track, self._gain_mode)

    def _on_scanned(self, report: ScanReport) -> None:
        if report.error:
            log.warning("The scan ended early: %s", report.error)
        self._files.ask(_folders, self._follow, "folders after a scan")

    def _on_adopted(self, version: str, trouble: str) -> None:
        if trouble and trouble != TAKES_NONE:
            self.trainer.reject(trouble)

    def _on_files_changed(self, folders: Sequence[Path]) -> None:
        self._post(lambda: self.scans.start(folders))


def _folders(library: Library) -> tuple[type[FolderWatcher], list[Path]]:
    """The music folders, and what watches them, whose import is too slow for the window."""
    from app.library.watch import FolderWatcher

    return FolderWatcher, [Path(folder.path) for folder in library.folders()]
