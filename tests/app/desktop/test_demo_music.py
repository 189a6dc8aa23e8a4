"""The demo music's process, as the window sees it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

import pytest

from app.desktop import demo_music
from app.desktop.demo_music import DemoMusic


class Window:
    """Runs what is posted to it, one after the other, as the window's thread does."""

    def __init__(self) -> None:
        self.posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.told: list[tuple[object, ...]] = []

    def watch(self, music: DemoMusic) -> None:
        music.progress.connect(lambda *facts: self.told.append(("progress", *facts)))
        music.finished.connect(lambda folder: self.told.append(("finished", folder)))
        music.failed.connect(lambda reason: self.told.append(("failed", reason)))

    def run_until(self, done: Callable[[], bool]) -> None:
        while not done():
            self.posted.get(timeout=20)()


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def make(window, tmp_path, monkeypatch) -> Callable[[str], DemoMusic]:
    def made(name: str) -> DemoMusic:
        monkeypatch.setattr(demo_music, "MODULE", "tests.app.desktop.slow_maker")
        music = DemoMusic(tmp_path / "new" / name, window.posted.put)
        window.watch(music)
        return music

    return made


def test_progress_is_told_and_then_the_folder(make, window, tmp_path):
    music = make("music")
    music.start()
    music.start()
    window.run_until(lambda: not music.running)
    assert window.told == [
        ("progress", 1, 2, "First"),
        ("progress", 2, 2, "Second"),
        ("finished", tmp_path / "new" / "music"),
    ]


def test_a_failure_comes_with_its_sentence(make, window):
    music = make("fails")
    music.start()
    window.run_until(lambda: not music.running)
    assert window.told[-1] == ("failed", "The disk is full.")


def test_a_crash_is_told_in_words(make, window):
    music = make("crashes")
    music.start()
    window.run_until(lambda: not music.running)
    assert window.told[-1] == ("failed", demo_music.NO_REASON)


def test_after_a_cancel_nothing_is_told_and_a_new_run_works(make, window):
    music = make("waits")
    music.start()
    window.run_until(lambda: bool(window.told))
    music.cancel()
    assert not music.running
    window.told.clear()
    music._folder = Path(music._folder).with_name("music")
    music.start()
    window.run_until(lambda: not music.running)
    assert [kind for kind, *_ in window.told] == ["progress", "progress", "finished"]
