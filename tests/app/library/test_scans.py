from __future__ import annotations

import queue
import threading
from pathlib import Path

import psutil
import pytest

from app.library.query import TrackQuery
from app.library.scan_request import ScanRequest
from app.library.scans import ScanRunner


class Window:
    """Runs what is posted to it, as the window's thread does."""

    def __init__(self) -> None:
        self.posted: queue.SimpleQueue = queue.SimpleQueue()

    def post(self, action) -> None:
        self.posted.put(action)

    def run_until(self, done, timeout_s: float = 30.0) -> None:
        while not done():
            self.posted.get(timeout=timeout_s)()


@pytest.fixture
def window():
    return Window()


@pytest.fixture
def runner(music, window):
    made = []

    def make(**options) -> ScanRunner:
        request = ScanRequest(str(music.database), workers=1, **options)
        made.append(ScanRunner(music.database, window.post, request))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_adding_a_folder_fills_the_library_and_tells_how_far_it_is(music, window, runner):
    for number in range(50):
        music.song(f"{number}.mp3", title=f"T{number}")
    scans = runner()
    progress, reports, changes = [], [], []
    scans.progress.connect(progress.append)
    scans.finished.connect(reports.append)
    scans.changed.connect(lambda: changes.append(None))
    scans.add_folder(music.folder)
    assert scans.running
    window.run_until(lambda: reports)
    assert not scans.running
    assert (reports[0].added, reports[0].error, reports[0].cancelled) == (50, "", False)
    assert changes
    assert any(Path(one.current).parent == music.folder and one.total == 50 for one in progress)
    assert len(music.titles()) == 50
    assert [folder.path for folder in music.library().folders()] == [str(music.folder)]


def test_removing_a_folder_hides_its_songs(music, window, runner):
    music.song("a.mp3")
    scans = runner()
    reports = []
    scans.finished.connect(reports.append)
    scans.add_folder(music.folder)
    window.run_until(lambda: reports)
    scans.remove_folder(music.library().folders()[0].folder_id)
    window.run_until(lambda: len(reports) == 2)
    assert music.titles() == []


def test_a_scan_can_be_cancelled_while_a_file_hangs(music, window, runner):
    music.song("hang.mp3")
    scans = runner(read="tests.app.library.readers:hanging", limit_s=60.0)
    reports = []
    scans.finished.connect(reports.append)
    reading = threading.Event()
    scans.progress.connect(lambda progress: progress.total and reading.set())
    scans.add_folder(music.folder)
    window.run_until(reading.is_set)
    scans.cancel()
    window.run_until(lambda: reports)
    assert reports[0].cancelled
    assert not scans.running


def test_a_scan_process_that_is_killed_is_reported_and_the_next_one_works(music, window, runner):
    music.song("hang.mp3")
    music.song("a.mp3", hertz=500, title="A")
    scans = runner(read="tests.app.library.readers:hanging", limit_s=60.0)
    reports = []
    scans.finished.connect(reports.append)
    reading = []
    scans.progress.connect(lambda progress: progress.total and reading.append(progress))
    scans.add_folder(music.folder)
    window.run_until(lambda: len(reading) > 2)
    (worker,) = psutil.Process(scans._process.pid).children()
    scans._process.kill()
    window.run_until(lambda: reports)
    worker.wait(10)
    assert "ended by itself" in reports[0].error
    (music.folder / "hang.mp3").unlink()
    scans.start()
    window.run_until(lambda: len(reports) == 2)
    assert reports[1].error == ""
    assert music.titles() == ["A"]


def test_a_database_that_cannot_be_used_is_reported_in_words(music, window, runner):
    music.database.parent.mkdir()
    music.database.write_bytes(b"this is no database" * 100)
    scans = runner()
    reports = []
    scans.finished.connect(reports.append)
    scans.add_folder(music.folder)
    window.run_until(lambda: reports)
    assert "damaged" in reports[0].error


def test_likes_are_saved_at_once_while_a_scan_writes(music, window, runner):
    for number in range(300):
        music.song(f"{number}.mp3", title=f"T{number}")
    music.song("first/a.mp3", hertz=700, title="First")
    music.scan(music.folder / "first")
    (track,) = music.library().page(TrackQuery(), 0, 1)
    scans = runner()
    reports, likes = [], []
    scans.finished.connect(reports.append)

    def like(progress) -> None:
        music.sql("INSERT INTO events(kind, track_id, at_ms) VALUES ('like', ?, 1)", track.track_id)
        likes.append(progress)

    scans.progress.connect(like)
    scans.add_folder(music.folder)
    window.run_until(lambda: reports)
    assert likes
    assert music.sql("SELECT count(*) FROM events") == [(len(likes),)]
    assert reports[0].error == ""
