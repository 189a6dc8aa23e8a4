"""A music folder with real files, and a scan of it as the scan process does it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from app.library.database import open_database
from app.library.folders import add_folder
from app.library.library import Library
from app.library.query import TrackQuery
from app.library.scanner import Scan
from app.library.store import Counts
from app.library.workers import WorkerPool
from tests.making import make_audio, retag


@pytest.fixture(scope="session")
def tones(tmp_path_factory):
    """Makes tones, each of them only once."""
    folder = tmp_path_factory.mktemp("tones")

    def tone(format: str, hertz: float, seconds: float) -> Path:
        path = folder / f"{hertz}-{seconds}.{format}"
        if not path.exists():
            make_audio(path, format, seconds, hertz=hertz)
        return path

    return tone


class Music:
    """A folder of songs, the database beside it, and scans."""

    def __init__(self, base: Path, tone) -> None:
        self.folder = base / "music"
        self.folder.mkdir()
        self.database = base / "data" / "segue.db"
        self._tone = tone

    def song(self, name: str, hertz: float = 440, seconds: float = 0.5, **tags: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        format = path.suffix.lstrip(".")
        shutil.copyfile(self._tone(format, hertz, seconds), path)
        if tags:
            retag(path, format, tags)
        return path

    def scan(self, *folders: Path, only=None, report=None, **pool) -> Counts:
        with closing(open_database(self.database)) as database:
            for folder in folders or (() if only else (self.folder,)):
                add_folder(database, str(folder))
            scan = Scan(database, report or (lambda *_: None), lambda: WorkerPool(1, **pool))
            return scan.run(only)

    def library(self) -> Library:
        return Library(open_database(self.database))

    def titles(self, **query) -> list[str]:
        return [track.title for track in self.library().page(TrackQuery(**query), 0, 1_000)]

    def sql(self, sql: str, *parameters):
        with closing(open_database(self.database)) as database, database:
            return database.execute(sql, parameters).fetchall()

    def like(self, track_id: int) -> None:
        self.sql("INSERT INTO events(kind, track_id, at_ms) VALUES ('like', ?, 1)", track_id)
        self.sql("INSERT INTO opinions VALUES (?, 'like', 1)", track_id)


@pytest.fixture
def music(tmp_path, tones):
    return Music(tmp_path, tones)
