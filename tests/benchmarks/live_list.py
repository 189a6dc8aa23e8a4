"""The live list's budgets: a reaction to its new list, the recommender's memory, back after a kill.

Painting is measured with the window; here the clock runs from the call that records a reaction,
through the commit, the pipe and the model, to the list in the window's process.
"""

from __future__ import annotations

import os
import queue
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from app.autoplay.client import AutoplayClient
from app.autoplay.prediction import PredictedList
from app.library.database import open_database
from app.listening.events import (
    EndReason,
    Feedback,
    FeedbackKind,
    Origin,
    PlayEvent,
    Recorded,
)
from app.listening.records import to_ms
from app.listening.store import ListeningStore
from tests.benchmarks.library import make_library
from tests.benchmarks.table import Row, at_most

SIZES = ((10_000, 5_000, 100.0), (100_000, 50_000, 150.0))
"""Tracks, plays before, and the budget in ms."""

REACTIONS = 120
KILLS = 3
BACK_S = 5.0
MEMORY_MB = 500.0


def rows() -> list[Row]:
    """All figures, each with its budget."""
    measured: list[Row] = []
    for tracks, plays, budget_ms in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "segue.db"
            make_library(database, tracks)
            add_plays(database, tracks, plays)
            with listening(database) as listener:
                measured += _measured(listener, tracks, plays, budget_ms)
    return measured


def add_plays(database: Path, tracks: int, plays: int) -> None:
    """A past with favourites, sessions and skips, always the same, that ends now."""
    chance = random.Random(7)
    at_ms = 0
    events = []
    for _ in range(plays):
        at_ms += chance.choices((200_000, 30_000_000), (14, 1))[0]
        track_id = 1 + int(chance.paretovariate(0.6)) % tracks
        reason = chance.choices(("finished", "skipped"), (4, 1))[0]
        heard_ms = 200_000 if reason == "finished" else 20_000
        events.append((track_id, at_ms, heard_ms, reason))
    shift_ms = to_ms(datetime.now(UTC)) - at_ms - 400_000
    events = [(track_id, at + shift_ms, *rest) for track_id, at, *rest in events]
    with closing(open_database(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO events (kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin)"
            " VALUES ('play', ?, ?, ?, 200000, ?, 'predicted')",
            events,
        )


class Listener:
    """A player without a window: reacts, and waits for the list that answers."""

    def __init__(self, database: Path) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.store = ListeningStore(database, self._posted.put)
        self.client = AutoplayClient(database, self._posted.put)
        self.latest = PredictedList(())
        self.client.list_changed.connect(self._take)
        self._minutes = 0

    def wait(self, done: Callable[[], bool], timeout_s: float = 120.0) -> float:
        """Seconds until `done`."""
        began = time.perf_counter()
        while not done():
            left_s = began + timeout_s - time.perf_counter()
            self._posted.get(timeout=max(0.001, left_s))()
        return time.perf_counter() - began

    def react(self, deed: str) -> float:
        """Milliseconds from one reaction to its list."""
        self._minutes += 4
        now = datetime.now(UTC) + timedelta(minutes=self._minutes)
        track_id = self.latest.rows[3].track_id
        asked: list[int] = []

        def saved(recorded: Recorded) -> None:
            self.client.observe_play(recorded)
            asked.append(self.client.request(20))

        began = time.perf_counter()
        if deed == "skip":
            play = PlayEvent(track_id, now, 9_000, 200_000, EndReason.SKIPPED, Origin.PREDICTED)
            self.store.record_play(play, saved)
        else:
            self.store.record_feedback(Feedback(track_id, FeedbackKind(deed), now), saved)
        self.wait(lambda: bool(asked) and self.latest.answers >= asked[0])
        return 1000 * (time.perf_counter() - began)

    def ready(self) -> float:
        """Seconds until the model, not the plain list, answers a request."""
        serial = self.client.request(20)
        return self.wait(lambda: self.latest.answers >= serial and not self.latest.is_fallback)

    def _take(self, shown: PredictedList) -> None:
        self.latest = shown


@contextmanager
def listening(database: Path) -> Iterator[Listener]:
    """A listener whose recommender is ready, closed afterwards."""
    listener = Listener(database)
    listener.client.start()
    try:
        listener.ready()
        yield listener
    finally:
        listener.client.close()
        listener.store.close()


def _measured(listener: Listener, tracks: int, plays: int, budget_ms: float) -> list[Row]:
    deeds = ("like", "skip", "dislike")
    for deed in deeds:
        listener.react(deed)
    times_ms = [listener.react(deeds[i % 3]) for i in range(REACTIONS)]
    p95_ms = statistics.quantiles(times_ms, n=20)[18]
    of = f"{tracks:,} tracks"
    how = f"{REACTIONS} likes, skips and dislikes, saved, {plays:,} plays before; no painting"
    found = [at_most(f"reaction to new list received, {of}, p95", p95_ms, "ms", budget_ms, how)]
    if tracks < SIZES[-1][0]:
        return found
    return [*found, *_memory(listener, of), *_after_kills(listener, of)]


def _memory(listener: Listener, of: str) -> list[Row]:
    process = psutil.Process(listener.client.pid)
    process.memory_info()
    time.sleep(8)
    memory = process.memory_full_info()
    name = f"recommender's memory, {of}"
    return [
        at_most(name, memory.rss / 1e6, "MB", MEMORY_MB, "RSS after the reactions and a save"),
        at_most(f"{name}, its own", memory.uss / 1e6, "MB", MEMORY_MB, "USS at the same moment"),
    ]


def _after_kills(listener: Listener, of: str) -> list[Row]:
    times_s = []
    for _ in range(KILLS):
        pid = listener.client.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        listener.wait(lambda: listener.latest.is_fallback)
        times_s.append(listener.wait(lambda: not listener.latest.is_fallback))
        listener.react("like")
    how = f"slowest of {KILLS} kill -9 to the model's list"
    return [at_most(f"recommender back after a kill, {of}", max(times_s), "s", BACK_S, how)]
