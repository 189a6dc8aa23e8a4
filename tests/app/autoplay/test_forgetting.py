"""Forgetting reaches what was trained: real databases, versions, trainings and processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.autoplay import train_process
from app.autoplay.choice import LIVE_MODEL
from app.listening.events import Scope
from app.paths import Paths
from app.player_parts import PlayerParts
from recommender.api import Forgotten
from recommender.training.versions import Reckoned, Versions
from tests.app.autoplay.conftest import Listener
from tests.app.autoplay.trainings import PATIENCE_S, Watched, fill, two_versions
from tests.app.listening.conftest import Window, add_tracks

pytestmark = pytest.mark.timeout(240)


def names(watched: Watched) -> list[str]:
    return [Path(folder).name for folder in watched.folders]


def test_versions_from_before_a_forgetting_are_dropped_and_a_training_is_due(
    database: Path, tmp_path: Path, watch: Callable[[Path], Watched],
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    two_versions(tmp_path / "trained")
    watched, listener = watch(database), listen()
    watched.until(lambda: watched.folders)
    event_id = listener.forget("Artist 0")
    watched.trainer.reconsider()
    watched.until(lambda: watched.trainer.is_anew)
    assert names(watched) == ["2", ""]
    assert watched.trainer.versions() == ()
    assert not list((watched.folder / "versions").iterdir())
    monkeypatch.setattr("app.autoplay.trainer.TICK_S", 0.05)
    monkeypatch.setattr("app.autoplay.training_times.IDLE_S", 0.0)
    watched.trainer.set_automatic(True)
    watched.trainer.reconsider()
    watched.until(lambda: watched.finished)
    watched.trainer.set_automatic(False)
    watched.until(lambda: not watched.trainer.is_anew)
    assert names(watched) == ["2", "", "3"]
    assert Versions(watched.folder).reckoned() == Reckoned(event_id, 2)


def test_an_undone_forgetting_makes_a_training_due_and_leaves_what_is_in_use(
    database: Path, tmp_path: Path, watch: Callable[[Path], Watched],
    listen: Callable[..., Listener],
) -> None:  # fmt: skip
    listener = listen()
    event_id = listener.forget("Artist 0")
    two_versions(tmp_path / "trained").reckon(event_id)
    watched = watch(database)
    watched.until(lambda: watched.folders)
    assert not watched.trainer.is_anew
    listener.undo(event_id)
    watched.trainer.reconsider()
    watched.until(lambda: watched.trainer.is_anew)
    assert names(watched) == ["2"]
    watched.trainer.start_now()
    watched.until(lambda: watched.finished)
    watched.until(lambda: not watched.trainer.is_anew)


def test_what_was_forgotten_while_nobody_looked_is_left_out_at_the_next_start(
    database: Path, tmp_path: Path, watch: Callable[[Path], Watched],
    listen: Callable[..., Listener],
) -> None:  # fmt: skip
    two_versions(tmp_path / "trained")
    listen().forget("Artist 0")
    watched = watch(database)
    watched.until(lambda: watched.trainer.is_anew)
    assert not watched.folders
    assert watched.trainer.current() is None
    assert watched.trainer.dropped == 2


def test_a_training_under_way_ends_when_something_is_forgotten(
    database: Path, watch: Callable[[Path], Watched], listen: Callable[..., Listener]
) -> None:
    fill(database, 130)
    watched, listener = watch(database), listen()
    watched.begin()
    listener.forget("Artist 0")
    watched.trainer.reconsider()
    watched.until(lambda: not watched.trainer.pid)
    assert not watched.finished
    assert Versions(watched.folder).all() == []


def test_a_training_reads_what_was_forgotten(
    database: Path, listen: Callable[..., Listener]
) -> None:
    listen().forget("Artist 0")
    _, events, _ = train_process.read_all(database)
    assert [(event.scope, event.name) for event in events if isinstance(event, Forgotten)] == [
        (Scope.ARTIST, "Artist 0")
    ]


def test_the_list_leaves_the_trained_parts_with_the_forgetting_itself(
    database: Path, tmp_path: Path, listen: Callable[..., Listener]
) -> None:
    versions = two_versions(tmp_path / "trained")
    listener = listen(LIVE_MODEL)
    adopted: list[tuple[str, str]] = []
    listener.client.adopted.connect(lambda *what: adopted.append(what))
    listener.play(1)
    listener.client.adopt(str(versions.all()[0].folder))
    listener.window.run_until(lambda: adopted, PATIENCE_S)
    assert listener.ask(5, timeout_s=PATIENCE_S).model_version.endswith("+2")
    listener.forget("Artist 0")
    assert "+" not in listener.ask(5, timeout_s=PATIENCE_S).model_version


def test_forgetting_in_the_player_reaches_what_was_trained(tmp_path: Path) -> None:
    window, paths = Window(), Paths(tmp_path / "data", tmp_path / "cache")
    paths.data.mkdir()
    add_tracks(paths.database, 20)
    two_versions(paths.data / "trained")
    parts = PlayerParts(paths, window.post, engine="silent")
    try:
        parts.trainer.set_automatic(False)
        parts.trainer.start()
        window.run_until(parts.trainer.current)
        parts.conductor.forget(Scope.ARTIST, "Artist 0")
        window.run_until(lambda: parts.trainer.is_anew)
        assert parts.trainer.current() is None
        Versions(paths.data / "trained").reckon(1)
        parts.trainer.reconsider()
        window.run_until(lambda: not parts.trainer.is_anew)
        parts.conductor.undo()
        window.run_until(lambda: parts.trainer.is_anew)
    finally:
        parts.close()
