"""A real database with a few tracks, and a post that runs at once or on demand."""

from __future__ import annotations

import queue
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.library.database import open_database
from app.listening.store import ListeningStore


def add_tracks(database: Path, count: int, artists: int = 5) -> None:
    """Put `count` playable tracks into the database, numbered from 1."""
    with closing(open_database(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO tracks (track_id, location, title, artist, added_at_ms)"
            " VALUES (?, ?, ?, ?, 0)",
            [
                (i, f"/music/{i}.flac", f"Song {i}", f"Artist {i % artists}")
                for i in range(1, count + 1)
            ],
        )


class Window:
    """Stands for the window's thread: what is posted runs when the test waits."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def post(self, function: Callable[[], None]) -> None:
        self._posted.put(function)

    def run_until(self, done: Callable[[], object], timeout_s: float = 10.0) -> float:
        """Run what is posted until `done()`; gives the seconds it took."""
        began = time.monotonic()
        while not done():
            left_s = began + timeout_s - time.monotonic()
            assert left_s > 0, "what the test waits for did not come"
            try:
                self._posted.get(timeout=min(left_s, 0.05))()
            except queue.Empty:
                continue
        return time.monotonic() - began


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "segue.db"
    add_tracks(path, 12)
    return path


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def store(database: Path, window: Window) -> Iterator[ListeningStore]:
    store = ListeningStore(database, window.post)
    yield store
    store.close()


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(database)) as connection:
        yield connection
