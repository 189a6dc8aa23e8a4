"""Writing what was read from files into the table of tracks."""

from __future__ import annotations

import json
import operator
import os
import sqlite3
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field

from app.library.folding import sort_key
from app.library.rows import location_of, stored_location
from app.library.tags import FileFacts
from app.library.words import index_words_after, last_track_id

VALUE_COLUMNS = (
    "size", "mtime_ns", "content_id", "cover_key", "title", "artist", "album", "album_artist",
    "genre", "year", "track_number", "disc_number", "duration_ms", "track_gain_db", "track_peak",
    "album_gain_db", "album_peak", "title_key", "artist_key", "album_key", "owner_key",
    "genre_key",
)  # fmt: skip
CONTENT_ID, COVER_KEY, TITLE = 2, 3, 4
_TAG_VALUES = operator.attrgetter(*VALUE_COLUMNS[4:17])

Value = str | int | float | None

_INSERT = (
    f"INSERT INTO tracks(location, folder_id, removed, added_at_ms, {', '.join(VALUE_COLUMNS)})"
    f" VALUES ({', '.join('?' * (4 + len(VALUE_COLUMNS)))})"
)
_UPDATE = (
    "UPDATE tracks SET location = ?, folder_id = ?, removed = ?, available = 1, "
    + ", ".join(f"{column} = ?" for column in VALUE_COLUMNS)
    + " WHERE track_id = ?"
)


def values_of(facts: FileFacts) -> list[Value]:
    """The values of VALUE_COLUMNS for a file."""
    tags = facts.tags
    return [
        facts.size, facts.mtime_ns, facts.content_id, facts.cover_key, *_TAG_VALUES(tags),
        sort_key(tags.title), sort_key(tags.artist), sort_key(tags.album),
        sort_key(tags.album_artist or tags.artist), sort_key(tags.genre),
    ]  # fmt: skip


def now_ms() -> int:
    """The time, as it is kept in the database."""
    return time.time_ns() // 1_000_000


def insert_track(
    connection: sqlite3.Connection, facts: FileFacts, *, folder_id: int | None, removed: int
) -> int:
    """Add one file inside the caller's transaction and return its track_id."""
    before = last_track_id(connection)
    cursor = connection.execute(
        _INSERT,
        (stored_location(facts.location), folder_id, removed, now_ms(), *values_of(facts)),
    )
    index_words_after(connection, before)
    if cursor.lastrowid is None:
        raise sqlite3.IntegrityError("SQLite gave no number to a new track")
    return cursor.lastrowid


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that a worker has read: its place and the values of VALUE_COLUMNS."""

    location: str
    folder_id: int
    values: Sequence[Value]


@dataclass(slots=True)
class Counts:
    """What a scan did so far."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    problems: int = 0

    @property
    def total(self) -> int:
        """How many rows of the library differ from before."""
        return self.added + self.changed + self.moved + self.missing


@dataclass(slots=True)
class TrackWriter:
    """Puts read files into the table: as new tracks, as known ones, or as ones that moved.

    `is_present` tells whether a location holds a file now; `problems` are the locations that
    could not be read before.
    """

    connection: sqlite3.Connection
    is_present: Callable[[str], bool]
    counts: Counts
    problems: Container[str] = ()
    _claimed: set[int] = field(default_factory=set)

    def write(self, files: Sequence[ReadFile]) -> None:
        """Save the files in one transaction."""
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            known = self._known(files)
            absent = self._absent(file for file in files if file.location not in known)
            new: list[tuple[str | bytes | Value, ...]] = []
            for file in files:
                stored = stored_location(file.location)
                track_id = known.get(file.location)
                if track_id is not None:
                    self.counts.changed += 1
                elif (track_id := self._moved_from(file, absent)) is not None:
                    self.counts.moved += 1
                else:
                    new.append((stored, file.folder_id, 0, now_ms(), *file.values))
                    continue
                self.connection.execute(
                    _UPDATE, (stored, file.folder_id, 0, *file.values, track_id)
                )
            if new:
                before = last_track_id(self.connection)
                self.connection.executemany(_INSERT, new)
                index_words_after(self.connection, before)
            self.counts.added += len(new)
            self.connection.executemany(
                "DELETE FROM scan_problems WHERE location = ?",
                [(stored_location(f.location),) for f in files if f.location in self.problems],
            )

    def _known(self, files: Sequence[ReadFile]) -> dict[str, int]:
        """The numbers of the tracks that are kept under these locations already."""
        stored = [stored_location(file.location) for file in files]
        rows = self.connection.execute(
            "SELECT location, track_id FROM tracks"
            " WHERE location IN (SELECT value FROM json_each(?))",
            (json.dumps([location for location in stored if isinstance(location, str)]),),
        ).fetchall()
        for location in stored:
            if isinstance(location, bytes):
                rows += self.connection.execute(
                    "SELECT location, track_id FROM tracks WHERE location = ?", (location,)
                ).fetchall()
        return {location_of(location): track_id for location, track_id in rows}

    def _absent(self, files: Iterable[ReadFile]) -> dict[str, list[tuple[int, str, str]]]:
        """By content: number, location and title of the tracks whose file is not there now."""
        contents = [file.values[CONTENT_ID] for file in files]
        absent: dict[str, list[tuple[int, str, str]]] = {}
        for content, track_id, stored, title, removed in self.connection.execute(
            "SELECT content_id, track_id, location, title, removed FROM tracks"
            " WHERE content_id <> '' AND content_id IN (SELECT value FROM json_each(?))"
            " ORDER BY removed = 1, track_id",
            (json.dumps(contents),),
        ):
            location = location_of(stored)
            if track_id not in self._claimed and (removed == 1 or not self.is_present(location)):
                absent.setdefault(content, []).append((track_id, location, title))
        return absent

    def _moved_from(
        self, file: ReadFile, absent: dict[str, list[tuple[int, str, str]]]
    ) -> int | None:
        """The track that this file was, of several the one with the same name or title."""
        candidates = absent.get(str(file.values[CONTENT_ID]))
        if not candidates:
            return None
        name = os.path.basename(file.location)

        def likeness(candidate: tuple[int, str, str]) -> tuple[bool, bool]:
            _, location, title = candidate
            return os.path.basename(location) == name, title == file.values[TITLE]

        best = max(candidates, key=likeness)
        candidates.remove(best)
        self._claimed.add(best[0])
        return best[0]
