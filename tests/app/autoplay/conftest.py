"""A library, its store, and clients of the recommender's process that are closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.autoplay.client import AutoplayClient
from app.autoplay.prediction import PredictedList
from app.autoplay.trainer import Trainer
from app.listening.events import (
    EndReason,
    Feedback,
    FeedbackKind,
    Forgotten,
    Origin,
    PlayEvent,
    Recorded,
    Scope,
)
from app.listening.store import ListeningStore
from tests.app.autoplay.trainings import TINY, Watched
from tests.app.listening.conftest import Window, add_tracks

STAND_IN = "tests.app.autoplay.stand_in:StandIn"
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Listener:
    """A user with a player: records, tells the recommender once it is saved, sees lists.

    `followers` are recommenders that are told the same.
    """

    window: Window
    store: ListeningStore
    client: AutoplayClient
    checkpoints: Path
    followers: list[Listener] = field(default_factory=list)
    lists: list[PredictedList] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    minutes: int = 0

    def tell(self, call: str, *arguments: object) -> None:
        """Call a method of the client and of those of all followers."""
        for listener in (self, *self.followers):
            getattr(listener.client, call)(*arguments)

    def start_and_play(self, track_id: int, reason: EndReason) -> int:
        """The same as `play`, with the track sounding before and the next one after."""
        self.tell("started", track_id, START + timedelta(minutes=self.minutes + 4))
        return self.play(track_id, reason)

    def play(self, track_id: int, reason: EndReason = EndReason.FINISHED) -> int:
        """Play a track and wait until it is saved and told."""
        self.minutes += 4
        at = START + timedelta(minutes=self.minutes)
        heard_ms = 180_000 if reason is EndReason.FINISHED else 20_000
        event = PlayEvent(track_id, at, heard_ms, 180_000, reason, Origin.PREDICTED)
        return self._save(self.store.record_play, event, "observe_play")

    def react(self, track_id: int, kind: FeedbackKind) -> int:
        event = Feedback(track_id, kind, START + timedelta(minutes=self.minutes))
        return self._save(self.store.record_feedback, event, "observe_feedback")

    def forget(self, artist: str) -> int:
        event = Forgotten(Scope.ARTIST, artist, START + timedelta(minutes=self.minutes + 4))
        return self._save(self.store.record_feedback, event, "observe_feedback")

    def undo(self, event_id: int) -> None:
        undone: list[int] = []
        self.store.undo(event_id, lambda _: undone.append(event_id))
        self.window.run_until(lambda: undone)
        self.tell("retract", event_id)

    def ask(self, n: int = 5, *, model: bool = True, timeout_s: float = 10.0) -> PredictedList:
        """Ask for a list and wait for it; with `model` a plain one does not count."""
        serial = self.client.request(n)

        def answered() -> bool:
            return any(
                shown.answers == serial and not (model and shown.is_fallback)
                for shown in self.lists
            )

        self.window.run_until(answered, timeout_s)
        return self.lists[-1]

    def _save(self, record: Callable, event: object, call: str) -> int:
        saved: list[Recorded] = []
        record(event, saved.append)
        self.window.run_until(lambda: saved)
        self.tell(call, saved[0])
        return saved[0].event_id


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "segue.db"
    add_tracks(path, 20)
    return path


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def listen(database: Path, window: Window, tmp_path: Path) -> Iterator[Callable[..., Listener]]:
    """Makes listeners of one library; each has a recommender's process of its own."""
    made: list[Listener] = []

    store = ListeningStore(database, window.post)

    def make(model: str = STAND_IN, checkpoints: Path | None = None, **options) -> Listener:
        folder = checkpoints or tmp_path / f"checkpoints-{len(made)}"
        client = AutoplayClient(database, window.post, model=model, checkpoints=folder, **options)
        listener = Listener(window, store, client, folder)
        client.list_changed.connect(listener.lists.append)
        client.status_changed.connect(listener.statuses.append)
        client.start()
        made.append(listener)
        return listener

    yield make
    for listener in made:
        listener.client.close()
    store.close()


@pytest.fixture
def watch(tmp_path: Path, window: Window) -> Iterator[Callable[[Path], Watched]]:
    made: list[Watched] = []

    def make(database: Path, stands_back: bool = False) -> Watched:
        folder = tmp_path / "trained"
        trainer = Trainer(
            database, folder, window.post, options=TINY, stands_back=stands_back,
            sounds=tmp_path / "sounds.db",
        )  # fmt: skip
        trainer.set_device("cpu")
        trainer.set_automatic(False)
        watched = Watched(trainer, window, folder)
        trainer.progress.connect(watched.progress.append)
        trainer.state.connect(watched.states.append)
        trainer.finished.connect(lambda *what: watched.finished.append(what))
        trainer.version_changed.connect(watched.folders.append)
        trainer.start()
        made.append(watched)
        return watched

    yield make
    for watched in made:
        watched.trainer.close()
