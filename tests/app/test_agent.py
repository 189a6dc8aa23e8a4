"""The agent in the whole program: its window, and the recommender's own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.autoplay.client import AutoplayClient
from app.library.database import open_database
from app.main import Application
from app.paths import Paths
from app.ui.settings_dialog import SettingsDialog
from recommender.api import AgentState
from recommender.live.trained_store import write_trained
from recommender.training.versions import Report, Versions
from tests.app.listening.conftest import add_tracks
from tests.recommender.live.agents import leaning

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TRACKS, PLAYED = 40, 8
PATIENCE_MS = 90_000


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path) -> Iterator[Application]:
    """A library with a few plays and a training whose agent likes even songs."""
    paths = Paths(tmp_path / "data", tmp_path / "cache")
    paths.database.parent.mkdir(parents=True)
    add_tracks(paths.database, TRACKS)
    with closing(open_database(paths.database)) as connection, connection:
        connection.executemany(
            "INSERT INTO events (kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin)"
            " VALUES ('play', ?, ?, 180000, 180000, 'finished', 'manual')",
            [(turn + 1, 1_000 + turn * 200_000) for turn in range(PLAYED)],
        )
    versions = Versions(paths.data / "trained")
    draft = versions.draft()
    write_trained(draft, leaning(range(1, TRACKS + 1), lambda song: -0.9 if song % 2 else 0.9))
    versions.publish(draft, Report(0.0, PLAYED, TRACKS, PLAYED, ("agent",), True, "Learnt."))
    made = Application(qapp, paths, silent=True)
    made.parts.trainer.set_automatic(False)
    made.parts.conductor.announce()
    made.parts.autoplay.start()
    made.parts.trainer.start()
    yield made
    made.close()


def open_settings(program: Application) -> SettingsDialog:
    program.window.scanning.show_settings()
    (dialog,) = program.window.findChildren(SettingsDialog)
    return dialog


def give_last_word(dialog: SettingsDialog, title: str) -> None:
    box = dialog.list.last_word
    box.setCurrentText(title)
    box.activated.emit(box.currentIndex())


def test_the_agent_is_chosen_a_reaction_shows_and_undo_brings_the_list_back(
    program: Application, qtbot: QtBot
) -> None:
    conductor, autoplay = program.parts.conductor, program.parts.autoplay
    lists: list[list[int]] = []
    conductor.predicted_changed.connect(
        lambda view: lists.append([] if view.is_fallback else [r.track.track_id for r in view.rows])
    )
    conductor.refresh()
    qtbot.waitUntil(
        lambda: _state(autoplay) is AgentState.FEW and any(lists[-1:]), timeout=PATIENCE_MS
    )
    usual = lists[-1]
    dialog = open_settings(program)
    assert dialog.list.agent_words.text().endswith(
        "that takes 60 plays, and so far it was tried on 0."
    )
    give_last_word(dialog, "The agent")
    qtbot.waitUntil(lambda: lists[-1] != usual, timeout=PATIENCE_MS)
    by_agent = lists[-1]
    assert sum(song % 2 for song in by_agent[:8]) < sum(song % 2 for song in usual[:8])
    assert program.settings.text("list/agent") == "1"
    conductor.dislike(by_agent[0])
    qtbot.waitUntil(lambda: by_agent[0] not in lists[-1], timeout=PATIENCE_MS)
    conductor.undo()
    qtbot.waitUntil(lambda: lists[-1] == by_agent, timeout=PATIENCE_MS)
    conductor.like(by_agent[5])
    qtbot.waitUntil(lambda: lists[-1] != by_agent, timeout=PATIENCE_MS)
    conductor.undo()
    qtbot.waitUntil(lambda: lists[-1] == by_agent, timeout=PATIENCE_MS)
    give_last_word(dialog, "Segue's ranking")
    qtbot.waitUntil(lambda: lists[-1] == usual, timeout=PATIENCE_MS)
    dialog.close()


def _state(autoplay: AutoplayClient) -> AgentState | None:
    return None if autoplay.agent is None else autoplay.agent.state
