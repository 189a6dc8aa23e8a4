"""A trainer with what it tells, and what there is for it to learn from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from app.autoplay.train_messages import Progressed
from app.autoplay.trainer import Trainer, TrainerState
from app.library.database import open_database
from recommender.api import Song
from recommender.experts.trained import Trained
from recommender.live.parts import Choices, Material, taught_net
from recommender.live.trained_store import write_trained
from recommender.training.versions import Report, Versions
from tests.app.listening.conftest import Window
from tests.recommender.listening import plays

TINY = {"dim": 8, "hidden": 8, "softmax": "full"}
GAP_MS = 360_000
PATIENCE_S = 100.0


@dataclass
class Watched:
    """A trainer and what it has told."""

    trainer: Trainer
    window: Window
    folder: Path
    progress: list[Progressed] = field(default_factory=list)
    states: list[TrainerState] = field(default_factory=list)
    finished: list[tuple[bool, str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def begin(self) -> int:
        """Train at once; gives the process, which has told of its progress already."""
        self.trainer.start_now()
        self.until(lambda: self.progress)
        assert self.trainer.pid is not None
        return self.trainer.pid

    def until(self, done: Callable[[], object]) -> None:
        self.window.run_until(done, PATIENCE_S)


def fill(database: Path, count: int) -> None:
    """Finished plays of the same songs in turn, without a pause."""
    with closing(open_database(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO events (kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin)"
            " VALUES ('play', ?, ?, 180000, 180000, 'finished', 'manual')",
            [(turn * 7 % 20 + 1, turn * GAP_MS) for turn in range(count)],
        )


def two_versions(folder: Path) -> Versions:
    versions = Versions(folder)
    events = plays([turn * 7 % 20 + 1 for turn in range(60)])
    songs = [Song(number, f"Song {number}", "Artist") for number in range(1, 21)]
    for number in (1, 2):
        draft = versions.draft()
        history = Material(songs, events).history()
        net = taught_net(history, Choices(options=TINY)) if number == 2 else None
        write_trained(draft, Trained("", sequence=net))
        versions.publish(draft, Report(0.0, 60, 20, 60, ("map",), True, "Learnt."))
    return versions
