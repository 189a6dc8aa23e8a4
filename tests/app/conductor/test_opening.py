"""What the user opens by hand plays, and what cannot be read does no harm."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from app.conductor.opening import LazyStreams, LocationOpener
from app.library.database import open_database
from app.library.library import Library
from app.library.reader import Reader
from tests.app.listening.conftest import Window


class Desk:
    """An opener, and what came of what it was given."""

    def __init__(self, database: Path) -> None:
        self.window = Window()
        self.reader = Reader(database, self.window.post)
        self.opener = LocationOpener(self.reader, LazyStreams(self.window.post))
        self.found: list[str] = []
        self.problems: list[str] = []
        self._connection = open_database(database)
        self._library = Library(self._connection)

    def deliver(self, track_ids) -> None:
        tracks = (self._library.track(track_id) for track_id in track_ids)
        self.found = [Path(track.location).name for track in tracks]

    def open(self, path: Path) -> None:
        self._await(lambda: self.opener.open(str(path), self.deliver, self.problems.append))

    def open_files(self, *paths: Path) -> None:
        self._await(lambda: self.opener.open_files(paths, self.deliver, self.problems.append))

    def _await(self, ask) -> None:
        self.found.clear()
        self.problems.clear()
        ask()
        self.window.run_until(lambda: self.found or self.problems)

    def close(self) -> None:
        self.reader.close()
        self._connection.close()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path / "segue.db")
    yield desk
    desk.close()


@pytest.fixture
def song(tmp_path) -> Path:
    path = tmp_path / "song.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(16_000))
    return path


@pytest.fixture
def text(tmp_path) -> Path:
    path = tmp_path / "shopping.mp3"
    path.write_text("eggs, milk and a pound of flour\n" * 100)
    return path


def test_a_file_that_is_no_sound_is_told_and_the_next_one_opens(desk, song, text):
    desk.open(text)
    assert desk.problems[0].startswith("“shopping.mp3” cannot be read.")
    desk.open(song)
    assert desk.found == ["song.wav"]


def test_of_a_list_plays_what_can_be_played(desk, song, text, tmp_path):
    pipe = tmp_path / "pipe.mp3"
    os.mkfifo(pipe)
    names = "\n".join(("gone.flac", text.name, pipe.name, song.name))
    (tmp_path / "list.m3u").write_text(names)
    desk.open(tmp_path / "list.m3u")
    assert desk.found == ["song.wav"]
    assert len(desk.problems) == 1
    assert "gone.flac" in desk.problems[0]
    assert "2 more of this list" in desk.problems[0]


def test_several_files_are_one_list_without_those_that_cannot_be_read(desk, song, text):
    desk.open_files(text, song)
    desk.window.run_until(lambda: desk.found)
    assert desk.found == ["song.wav"]
    assert len(desk.problems) == 1
