"""What the settings of learning do with the player's parts."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest

from app.autoplay.trainer import TrainerState
from app.learning import PlayerLearning
from app.library.database import open_database
from app.listening.events import EndReason, Origin, PlayEvent
from app.listening.records import from_ms, insert_play
from app.signals import Signal
from recommender.training.versions import Figures, Report, Version
from tests.app.ui import shelf


class Parts:
    """Trainer, recommender and window's thread in one, recorded."""

    def __init__(self) -> None:
        self.state: Signal[[TrainerState]] = Signal()
        self.finished: Signal[[bool, str]] = Signal()
        self.version_changed: Signal[[str]] = Signal()
        self.anew_changed: Signal[[bool]] = Signal()
        self.model_changed: Signal[[str]] = Signal()
        self.doing = TrainerState.RESTING
        self.dropped = 0
        self.is_anew, self.is_used, self.begins = False, True, True
        self.in_use = True
        self.known: tuple[Version, ...] = ()
        self.calls: list[str] = []
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def versions(self) -> tuple[Version, ...]:
        return self.known

    def current(self) -> Version | None:
        return self.known[0] if self.known and self.in_use else None

    def __getattr__(self, verb: str) -> Callable[..., None]:
        return lambda *arguments: self.calls.append(verb)

    def wait_for(self, told: list[object]) -> object:
        until_s = time.monotonic() + 20
        while not told and time.monotonic() < until_s:
            self.posted.get(timeout=20)()
        return told[-1]


@pytest.fixture
def parts() -> Parts:
    return Parts()


def learning(parts: Parts, database: Path) -> PlayerLearning:
    return PlayerLearning(
        database, parts.posted.put, parts, parts, lambda: parts.calls.append("library_changed")
    )


def library(path: Path, plays: int = 0) -> Path:
    shelf.fill(path, 20)
    with closing(open_database(path)) as connection, connection:
        for number in range(plays):
            at = from_ms(number * 1_000_000)
            play = PlayEvent(3, at, 60_000, 90_000, EndReason.FINISHED, Origin.MANUAL)
            insert_play(connection, play)
    return path


def version(number: int) -> Version:
    report = Report(
        1.7e9, 1204, 600, 1300, ("net",), True, "better",
        Figures(200, 0.168, 0.41), Figures(200, 0.171, 0.43),
    )  # fmt: skip
    return Version(number, Path(f"/trained/{number}"), report)


def test_what_was_exported_here_is_brought_in_there_and_learnt(parts, tmp_path):
    here = learning(parts, library(tmp_path / "here.db", plays=3))
    told: list[object] = []
    here.export(tmp_path / "mine.segue", told.append)
    assert parts.wait_for(told) == "3 events are in mine.segue."
    there = learning(parts, library(tmp_path / "there.db"))
    found: list[object] = []
    there.look_into(tmp_path / "mine.segue", found.append, found.append)
    assert parts.wait_for(found).new == 3
    assert parts.calls == []
    added: list[object] = []
    there.bring_in(tmp_path / "mine.segue", added.append)
    assert parts.wait_for(added) == "3 events were added; Segue learns from them now."
    assert parts.calls == ["relearn", "reconsider", "library_changed"]


def test_a_file_that_cannot_be_read_is_told_in_words(parts, tmp_path):
    (tmp_path / "odd.segue").write_bytes(b"odd")
    told: list[object] = []
    learning(parts, library(tmp_path / "a.db")).bring_in(tmp_path / "odd.segue", told.append)
    assert str(parts.wait_for(told)).startswith("odd.segue is damaged")
    assert parts.calls == []


def test_a_reset_drops_the_trained_versions_and_learns_from_the_plays(parts, tmp_path):
    learning(parts, tmp_path / "a.db").reset()
    assert parts.calls == ["forget_all", "relearn"]


def test_versions_are_told_in_words(parts, tmp_path):
    made = learning(parts, tmp_path / "a.db")
    assert not made.state.can_go_back
    parts.known = (version(2), version(1))
    state = made.state
    assert "from 1,204 plays; 43% of the latest week's songs" in state.version
    assert state.before.startswith("Before it: the version of")
    parts.known, parts.doing = (version(1),), TrainerState.RUNNING
    assert made.state.before == "Before it nothing was trained."
    assert made.state.is_training
    parts.in_use = False
    assert made.state.version.startswith("Nothing that was trained is in use.")


def test_what_was_dropped_since_it_held_the_forgotten_is_told_in_words(parts, tmp_path):
    made = learning(parts, tmp_path / "a.db")
    parts.dropped, parts.is_anew = 2, True
    assert "no version is left to go back to: it had learnt what you let" in made.state.version
    assert "It learns anew when nobody is disturbed" in made.state.version
    assert not made.state.can_go_back
    parts.begins = False
    assert "Press “Learn now” to let it learn anew" in made.state.version
    parts.known, parts.is_anew = (version(3),), False
    assert made.state.before.startswith("The versions before it are dropped")
    assert "learn anew" not in made.state.version


def test_that_another_model_makes_the_list_is_told_in_words(parts, tmp_path):
    made = learning(parts, tmp_path / "a.db")
    changes: list[str] = []
    made.changed.connect(lambda: changes.append("changed"))
    parts.is_used = False
    parts.model_changed.emit("")
    assert changes
    assert made.state.version.endswith("Another model makes your list, so nothing is trained now.")
