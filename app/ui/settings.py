"""The user's choices, read once at the start and written behind the window's back."""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path
from queue import SimpleQueue

from app.library.database import open_database

log = logging.getLogger(__name__)


class Settings:
    """Words kept under a key. Reading is a look into a dictionary, writing returns at once."""

    def __init__(self, database: Path) -> None:
        self._database = database
        connection = open_database(database)
        try:
            self._values: dict[str, str] = dict(
                connection.execute("SELECT key, value FROM settings").fetchall()
            )
        finally:
            connection.close()
        self._writes: SimpleQueue[tuple[str, str] | None] = SimpleQueue()
        self._writer: threading.Thread | None = None

    def text(self, key: str, default: str = "") -> str:
        """The value of a key."""
        return self._values.get(key, default)

    def number(self, key: str, default: int) -> int:
        """The value as a whole number; the default when it is none."""
        try:
            return int(self._values[key])
        except (KeyError, ValueError):
            return default

    def set(self, key: str, value: str | int) -> None:
        """Keep a value from now on."""
        text = str(value)
        if self._values.get(key) == text:
            return
        self._values[key] = text
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="settings", daemon=True)
            self._writer.start()
        self._writes.put((key, text))

    def close(self) -> None:
        """Wait until everything is written."""
        if self._writer is not None:
            self._writes.put(None)
            self._writer.join(timeout=5)
            self._writer = None

    def _write(self) -> None:
        connection = open_database(self._database)
        try:
            while (change := self._writes.get()) is not None:
                self._store(connection, *change)
        finally:
            connection.close()

    @staticmethod
    def _store(connection: sqlite3.Connection, key: str, text: str) -> None:
        try:
            with connection:
                connection.execute(
                    "INSERT INTO settings(key, value) VALUES (?, ?) "
                    "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                    (key, text),
                )
        except sqlite3.Error:
            log.exception("the setting %s could not be saved", key)
