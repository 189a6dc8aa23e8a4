"""A library of files, and the listening to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.library.database import open_database
from app.sound.listener import SoundListener
from app.sound.state import Doing, HearingState
from recommender.audio.store import SoundStore
from tests.app.listening.conftest import Window
from tests.app.sound.stand_in import GATE, LOG

EARS = "tests.app.sound.stand_in:hear"
PATIENCE_S = 60.0


@dataclass
class Shelf:
    """A folder of files, the library that knows them, and what was heard of them.

    The files hold words for the ears of tests/app/sound/stand_in.py.
    """

    folder: Path
    database: Path
    store: Path
    _count: int = 0

    def add(self, name: str, words: str = "music", content: str = "") -> Path:
        """One more file; without a content it has one of its own, named like it."""
        path = self.folder / name
        path.write_text(words)
        self.know(path, content or name)
        return path

    def know(self, path: Path, content: str) -> None:
        """Take a file into the library as a scan would."""
        seen = path.stat()
        self._count += 1
        with closing(open_database(self.database)) as connection, connection:
            connection.execute(
                "INSERT INTO tracks (location, content_id, title, size, mtime_ns, duration_ms,"
                " added_at_ms) VALUES (?, ?, ?, ?, ?, 180000, ?)",
                (str(path), content, path.stem, seen.st_size, seen.st_mtime_ns, self._count),
            )

    def alter(self, sql: str) -> None:
        """Change the tracks by hand."""
        with closing(open_database(self.database)) as connection, connection:
            connection.execute(sql)

    def open_gate(self, name: str) -> None:
        """Let a file that says `gate` be heard to its end."""
        (self.folder / name).with_suffix(GATE).touch()

    def given(self) -> list[str]:
        """The names of the files that were given to the ears, in order."""
        log = self.folder / LOG
        return log.read_text().split() if log.exists() else []

    def heard(self) -> set[str]:
        """The contents that are kept."""
        with SoundStore(self.store) as store:
            contents = [f"{stem}.x" for stem in "abcdefghijkl"]
            return set(store.hands([*contents, "same", "new"])[0])

    def problems(self) -> dict[str, str]:
        with SoundStore(self.store) as store:
            return store.problems()


@dataclass
class Followed:
    """A listener and what it has told."""

    listener: SoundListener
    window: Window
    shelf: Shelf
    states: list[HearingState] = field(default_factory=list)
    news: list[set[str]] = field(default_factory=list)
    """What was kept at each time that new sounds were told of."""

    def until(self, done: Callable[[], object]) -> None:
        self.window.run_until(done, PATIENCE_S)

    def until_doing(self, doing: Doing) -> None:
        self.until(lambda: self.listener.state.doing is doing)

    def until_rested(self, heard: int) -> None:
        """Wait until so many tracks are heard and nothing is left to do."""

        def is_rested() -> bool:
            state = self.listener.state
            return state.doing is Doing.RESTING and state.heard == heard

        self.until(is_rested)

    def until_given(self, name: str) -> int:
        """Wait until a file is in hand; gives the process."""
        self.until(lambda: name in self.shelf.given())
        assert self.listener.pid is not None
        return self.listener.pid

    def stays_for(self, seconds: float, is_so: Callable[[], bool]) -> None:
        """Fail when something else becomes so within that time."""
        with pytest.raises(AssertionError, match="did not come"):
            self.window.run_until(lambda: not is_so(), seconds)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "music"
    folder.mkdir()
    return Shelf(folder, tmp_path / "segue.db", tmp_path / "cache" / "sounds.db")


@pytest.fixture
def follow(shelf: Shelf) -> Iterator[Callable[..., Followed]]:
    """Makes listeners to the shelf that are closed afterwards; options are of the job."""
    made: list[Followed] = []

    def make(*, start: bool = True, listens: dict[str, Any] | None = None, **options: Any):
        window = Window()
        job = {"hear": EARS, "stands_back": False, "linger_s": 2.0, "workers": 1, **options}
        listener = SoundListener(
            shelf.database, shelf.store, window.post, options=job, **(listens or {})
        )
        followed = Followed(listener, window, shelf)
        listener.changed.connect(followed.states.append)
        listener.heard.connect(lambda: followed.news.append(shelf.heard()))
        made.append(followed)
        if start:
            listener.start()
        return followed

    yield make
    for followed in made:
        followed.listener.close()
