"""A whole player without a window: real SQLite, the silent engine, the plain list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.autoplay.client import AutoplayClient
from app.conductor.conductor import PlayerConductor
from app.conductor.up_next import Notice, PredictedView, QueueRow
from app.library.database import open_database
from app.library.library import Library
from app.library.track import Track
from app.listening.store import ListeningStore
from app.player.silent_engine import SilentEngine
from tests.app.listening.conftest import Window, add_tracks

MINUTE_MS = 60_000


class DirectOpener:
    """Stands for the opener where a test opens nothing."""

    def open(self, text: str, deliver: Callable, fail: Callable) -> None:
        fail(f"{text} cannot be opened.")

    def open_files(self, paths: Sequence[Path], deliver: Callable, fail: Callable) -> None:
        fail("Nothing can be opened.")


@dataclass
class Seen:
    """What the window was told last."""

    now: Track | None = None
    queue: tuple[QueueRow, ...] = ()
    played: tuple[Track, ...] = ()
    predicted: PredictedView = field(default_factory=PredictedView)
    notices: list[Notice] = field(default_factory=list)
    opinions: dict[int, tuple[bool, bool]] = field(default_factory=dict)
    saved_plays: int = 0


class Studio:
    """One run of the player on a database; another one may follow on the same file."""

    def __init__(self, database: Path, rate: float = 1.0) -> None:
        self.database = database
        self.window = Window()
        post = self.window.post
        self.connection = open_database(database, read_only=True)
        self.library = Library(self.connection)
        self.listening = ListeningStore(database, post)
        self.autoplay = AutoplayClient(database, post, spawn=False)
        self.engine = SilentEngine(post, rate=rate, check_files=False)
        self.conductor = PlayerConductor(
            self.library,
            self.listening,
            self.autoplay,
            self.engine,
            DirectOpener(),
            lambda track: 0.0,
            clock=lambda: time.monotonic() * rate,
        )
        self.seen = Seen()
        self._watch()
        self.conductor.restore()
        self.conductor.announce()

    def _watch(self) -> None:
        seen, conductor = self.seen, self.conductor
        conductor.now_playing_changed.connect(lambda track: setattr(seen, "now", track))
        conductor.queue_changed.connect(lambda rows: setattr(seen, "queue", rows))
        conductor.played_changed.connect(lambda tracks: setattr(seen, "played", tracks))
        conductor.predicted_changed.connect(lambda view: setattr(seen, "predicted", view))
        conductor.noticed.connect(seen.notices.append)
        conductor.opinion_changed.connect(
            lambda track_id, liked, disliked: seen.opinions.update({track_id: (liked, disliked)})
        )
        conductor.history_changed.connect(
            lambda: setattr(seen, "saved_plays", seen.saved_plays + 1)
        )

    def until(self, done: Callable[[], object]) -> None:
        self.window.run_until(done)

    def settle(self) -> None:
        """Until all is saved and the list answers the latest request."""
        self.listening.flush()
        done: list[bool] = []
        self.window.post(lambda: done.append(True))
        self.until(lambda: done)
        latest = self.conductor._list.request()
        self.until(lambda: self.seen.predicted.answers >= latest)

    def predicted_ids(self) -> list[int]:
        return [row.track.track_id for row in self.seen.predicted.rows]

    def queue_ids(self) -> list[int]:
        return [row.track.track_id for row in self.seen.queue]

    def listen_ms(self, heard_ms: int) -> None:
        """Wait until so much of the present track was heard."""
        self.until(lambda: self.conductor._deck.heard_ms >= heard_ms)

    def events(self) -> list[tuple]:
        """All events in the database: kind, track, end reason, origin."""
        with closing(open_database(self.database, read_only=True)) as connection:
            return connection.execute(
                "SELECT kind, track_id, end_reason, origin FROM events ORDER BY event_id"
            ).fetchall()

    def close(self) -> None:
        self.conductor.save()
        self.engine.close()
        self.autoplay.close()
        self.listening.close()
        self.connection.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "segue.db"
    add_tracks(path, 40, artists=8)
    with closing(open_database(path)) as connection, connection:
        connection.execute("UPDATE tracks SET duration_ms = ?", (MINUTE_MS,))
    return path


@pytest.fixture
def studio_of(database: Path) -> Iterator[Callable[..., Studio]]:
    """Makes runs of the player on one database, and closes them."""
    open_ones: list[Studio] = []

    def make(rate: float = 1.0) -> Studio:
        open_ones.append(Studio(database, rate))
        return open_ones[-1]

    yield make
    for studio in open_ones:
        studio.close()


@pytest.fixture
def studio(studio_of: Callable[..., Studio]) -> Studio:
    """A run in which a second sounds like twenty."""
    return studio_of(rate=20.0)
