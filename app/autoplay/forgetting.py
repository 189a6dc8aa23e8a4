"""Forgetting for what was trained: a version that learnt what was forgotten later is dropped."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from app.library.database import open_database
from app.library.errors import LibraryError
from app.listening import history
from recommender.training.versions import Versions

log = logging.getLogger(__name__)


class Forgettings:
    """The forgettings in a database, and the versions that may not know of them.

    A version cannot be made to forget a part of what it has learnt, so that it goes as a whole;
    when a forgetting is undone it does not come back, but a training is due then as well.
    """

    def __init__(self, database: Path, versions: Versions) -> None:
        self._database, self._versions = database, versions

    def latest(self) -> int:
        """The latest event by which something was forgotten or came back, 0 for none and when that
        cannot be read."""
        try:
            return self._read()[0]
        except (sqlite3.Error, LibraryError) as problem:
            log.warning("What was forgotten could not be read: %s", problem)
            return 0

    def reckon(self, latest: int) -> None:
        """A training that is done knew of the forgettings up to this event."""
        try:
            if latest > self._versions.reckoned().forgettings:
                self._versions.reckon(latest)
        except OSError as problem:
            log.warning("What a training knows of forgetting could not be kept: %s", problem)

    def leave_out(self) -> bool:
        """Drop what was trained before something was forgotten.

        Gives whether something was forgotten, or came back, since the latest training. What cannot
        be read or written now is tried again at the next call.
        """
        try:
            latest, standing = self._read()
            reckoned = self._versions.reckoned().forgettings
            if standing > reckoned:
                self._versions.drop()
        except (OSError, sqlite3.Error, LibraryError) as problem:
            log.warning("What was forgotten could not be left out: %s", problem)
            return False
        return latest > reckoned and self._versions.latest() is not None

    def _read(self) -> tuple[int, int]:
        with closing(open_database(self._database, read_only=True)) as connection:
            return history.latest_forgetting(connection)
