"""Which of the library's tracks were heard, and which are still to be.

SQLite works it out, so that a large library costs Python nothing.

Imported where it is wanted: it needs numpy, which the start of the window does not wait for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.library.database import open_database
from app.library.rows import location_of
from recommender.audio.store import DONE, OPEN, SoundStore

_THERE = "available = 1 AND removed = 0 AND content_id <> '' AND instr(location, '://') = 0"

_COUNT = f"""
    WITH done AS MATERIALIZED ({DONE})
    SELECT count(*), ifnull(sum(d.is_heard), 0), ifnull(sum(d.problem <> ''), 0),
        ifnull(sum(d.content IS NULL), 0)
    FROM tracks t LEFT JOIN done d ON d.content = t.content_id WHERE {_THERE}"""

_WANTED = f"""
    SELECT t.content_id, t.location, t.title, t.duration_ms, t.size, t.mtime_ns FROM tracks t
    WHERE {_THERE} AND t.content_id NOT IN (SELECT content FROM ({DONE}))
    ORDER BY t.added_at_ms DESC, t.track_id"""

_PROBLEMS = f"""
    SELECT t.track_id, d.problem FROM ({DONE}) d JOIN tracks t ON t.content_id = d.content
    WHERE {_THERE} AND d.problem <> '' ORDER BY t.owner_key, t.album_key, t.track_id"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Tracks that are there; a file of which only a part could be read is heard and a problem.
    `missing` are neither heard nor refused."""

    total: int = 0
    heard: int = 0
    problems: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """One file with a sound, as the scan saw it."""

    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sound that has not been heard yet, and the files that hold it; each is one track."""

    content: str
    title: str
    seconds: float
    files: tuple[File, ...]


@contextmanager
def opened(database: Path, store: Path) -> Iterator[sqlite3.Connection]:
    """The library with the store beside it as `sounds`, for reading.

    Raises LibraryError when the library cannot be used and OSError when the store cannot.
    """
    SoundStore(store).close()
    with closing(open_database(database, read_only=True)) as connection:
        connection.execute("ATTACH ? AS sounds", (str(store),))
        yield connection


def count(connection: sqlite3.Connection) -> Counts:
    """How far the listening is."""
    return Counts(*connection.execute(_COUNT).fetchone())


def suspects(connection: sqlite3.Connection) -> set[str]:
    """Contents that were begun and are still open: they may have ended the process."""
    return {row[0] for row in connection.execute(OPEN)}


def wanted(connection: sqlite3.Connection) -> list[Wanted]:
    """The sounds to be heard, the latest that came into the library first, each once."""
    found: dict[str, Wanted] = {}
    for content, location, title, duration_ms, size, mtime_ns in connection.execute(_WANTED):
        files = found[content].files if content in found else ()
        file = File(Path(location_of(location)), size, mtime_ns)
        found[content] = Wanted(content, title, (duration_ms or 0) / 1000, (*files, file))
    return list(found.values())


def problems(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Track ids and why each cannot be heard, in whole or in part, in the order of the library."""
    return connection.execute(_PROBLEMS).fetchall()
