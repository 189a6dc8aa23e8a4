from __future__ import annotations

import queue

import pytest

from app.library.watch import FolderWatcher


@pytest.fixture
def watch(tmp_path):
    told: queue.SimpleQueue = queue.SimpleQueue()
    watchers = []

    def start(*folders, **options) -> queue.SimpleQueue:
        options = {"quiet_s": 0.1, "poll_s": 0.1} | options
        watchers.append(FolderWatcher(folders, told.put, **options))
        assert watchers[-1].ready.wait(10)
        return told

    yield start
    for watcher in watchers:
        watcher.close()


def test_a_new_song_is_told_with_its_directory(tmp_path, watch):
    (tmp_path / "album").mkdir()
    told = watch(tmp_path)
    (tmp_path / "album" / "a.mp3").write_bytes(b"x")
    assert told.get(timeout=10) == [tmp_path / "album"]


def test_many_changes_are_told_at_once(tmp_path, watch):
    told = watch(tmp_path, quiet_s=0.5)
    for number in range(30):
        (tmp_path / f"{number}.mp3").write_bytes(b"x")
    assert told.get(timeout=10) == [tmp_path]
    assert told.empty()


def test_files_that_are_no_music_are_not_told(tmp_path, watch):
    told = watch(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "a.mp3").write_bytes(b"x")
    assert told.get(timeout=10) == [tmp_path]
    (tmp_path / "notes.txt").write_text("y")
    with pytest.raises(queue.Empty):
        told.get(timeout=0.5)


def test_both_ends_of_a_move_are_told_together(tmp_path, watch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "a.mp3").write_bytes(b"x")
    told = watch(tmp_path)
    (tmp_path / "one" / "a.mp3").rename(tmp_path / "two" / "a.mp3")
    assert told.get(timeout=10) == [tmp_path / "one", tmp_path / "two"]


def test_a_folder_that_vanishes_and_returns_is_told_both_times_and_watched_again(tmp_path, watch):
    folder = tmp_path / "drive"
    folder.mkdir()
    told = watch(folder)
    folder.rename(tmp_path / "unplugged")
    assert told.get(timeout=10) == [folder]
    (tmp_path / "unplugged").rename(folder)
    assert told.get(timeout=10) == [folder]
    (folder / "sub").mkdir()
    assert told.get(timeout=10) == [folder / "sub"]


def test_a_folder_that_cannot_be_watched_is_logged_and_still_looked_at(
    tmp_path, watch, monkeypatch, caplog
):
    from watchdog.observers import Observer

    def full(*_args, **_options):
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(Observer, "schedule", full)
    folder = tmp_path / "music"
    folder.mkdir()
    told = watch(folder)
    assert "cannot be watched" in caplog.text
    folder.rmdir()
    assert told.get(timeout=10) == [folder]
