"""What was heard, kept in SQLite by content, so that no file is decoded twice.

A cache: it may be deleted at any time, and one that is damaged is begun anew. Any number of
processes may read while one writes.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import numpy as np

from recommender.audio.sound import METHOD, Piece, Sound, packed, unpacked
from recommender.data.arrays import FloatArray

log = logging.getLogger(__name__)

ATTEMPTS = 2
"""How often a file may end the process that hears it."""

AT_ONCE = 500
WAIT_S = 30.0
_WAL_TRIES = 10
GAVE_UP = "Segue stopped twice while it was listening to this file, so it is left out."

LAYOUT = 3
"""Kept in `PRAGMA user_version`; what was kept in another layout is begun anew."""

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS sounds (
    content TEXT NOT NULL,          -- names the sound, whatever its file is called
    method INTEGER NOT NULL,        -- with which version of the method it was heard
    is_heard INTEGER NOT NULL DEFAULT 0,
    seconds REAL, heard_s REAL,
    problem TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    at_s REAL NOT NULL,
    PRIMARY KEY (content, method)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hands (  -- apart from the table above, which is read as a whole
    content TEXT NOT NULL, method INTEGER NOT NULL,
    hand BLOB NOT NULL,             -- float32
    apart BLOB,                     -- the same of how its moments differ, NULL if unknown
    PRIMARY KEY (content, method)
);
CREATE TABLE IF NOT EXISTS pieces (
    content TEXT NOT NULL, method INTEGER NOT NULL,
    data BLOB NOT NULL,             -- spectrograms, see recommender.audio.sound.packed
    PRIMARY KEY (content, method)
);
PRAGMA user_version = {LAYOUT};
COMMIT;
"""

DONE = f"""
    SELECT content, is_heard, problem FROM sounds.sounds
    WHERE method = {METHOD} AND (is_heard OR problem <> '')"""
"""For other databases to which this one is attached as `sounds`: what was heard or refused."""

OPEN = f"""
    SELECT content FROM sounds.sounds WHERE method = {METHOD} AND NOT is_heard AND problem = ''"""
"""The same of what was begun and is neither."""


class SoundStore:
    """One connection, used by one thread at a time. Raises OSError when it cannot be opened, and
    sqlite3.Error when it cannot be read or written later."""

    def __init__(self, path: Path, method: int = METHOD) -> None:
        self.path, self._method = path, method
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError as error:
            log.warning("What was heard cannot be used (%s) and is begun anew: %s", error, path)
            _remove(path)
            self._connection = _opened(path)
        self._file = _identity(path)

    @property
    def is_gone(self) -> bool:
        """Whether the file was deleted or replaced since: what is written now would be lost."""
        return _identity(self.path) != self._file

    def start_anew(self) -> None:
        """Drop everything, since the file is damaged; raises OSError."""
        self.close()
        _remove(self.path)
        self._connection = _opened(self.path)
        self._file = _identity(self.path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, content: str) -> bool:
        """Note that a sound is being heard now; False for one that has ended the process too often,
        which is a problem from then on."""
        with self._connection as connection:
            connection.execute(
                "INSERT INTO sounds(content, method, attempts, at_s) VALUES (?, ?, 1, ?)"
                " ON CONFLICT DO UPDATE SET attempts = attempts + 1",
                (content, self._method, time.time()),
            )
            row = connection.execute(
                "SELECT attempts FROM sounds WHERE content = ? AND method = ?",
                (content, self._method),
            ).fetchone()
        if row[0] <= ATTEMPTS:
            return True
        self.refuse(content, GAVE_UP)
        return False

    def put(self, content: str, sound: Sound) -> None:
        """Keep what was heard, as a whole or not at all."""
        hand = _bytes(sound.hand)
        apart = None if sound.apart is None else _bytes(sound.apart)
        data = zlib.compress(packed(sound.pieces), 1)
        with self._connection as connection:
            connection.execute(
                "INSERT OR REPLACE INTO sounds(content, method, is_heard, seconds, heard_s,"
                " problem, at_s) VALUES (?, ?, 1, ?, ?, ?, ?)",
                (content, self._method, sound.seconds, sound.heard_s, sound.damage, time.time()),
            )
            connection.execute(
                "INSERT OR REPLACE INTO hands VALUES (?, ?, ?, ?)",
                (content, self._method, hand, apart),
            )
            connection.execute(
                "INSERT OR REPLACE INTO pieces VALUES (?, ?, ?)", (content, self._method, data)
            )

    def refuse(self, content: str, problem: str) -> None:
        """Keep that a sound cannot be heard, and why, in words."""
        with self._connection as connection:
            connection.execute(
                "INSERT OR REPLACE INTO sounds(content, method, problem, at_s) VALUES (?, ?, ?, ?)",
                (content, self._method, problem, time.time()),
            )

    def release(self, content: str) -> None:
        """A hearing was broken off by no fault of the sound: it counts as never begun."""
        with self._connection as connection:
            connection.execute(
                "DELETE FROM sounds WHERE content = ? AND method = ? AND NOT is_heard"
                " AND problem = ''",
                (content, self._method),
            )

    def suspects(self) -> set[str]:
        """What was begun and neither heard, refused nor released: with these in hand the process
        that heard them has ended."""
        rows = self._connection.execute(
            "SELECT content FROM sounds WHERE method = ? AND NOT is_heard AND problem = ''",
            (self._method,),
        )
        return {row[0] for row in rows}

    def missing(self, contents: Sequence[str]) -> list[str]:
        """Those that have neither been heard nor refused, in their order, each once."""
        done: set[str] = set()
        for some in _parts(contents):
            done.update(
                row[0]
                for row in self._connection.execute(
                    "SELECT content FROM sounds WHERE method = ? AND (is_heard OR problem <> '')"
                    " AND content IN (SELECT value FROM json_each(?))",
                    (self._method, json.dumps(some)),
                )
            )
        return [content for content in dict.fromkeys(contents) if content not in done]

    def problems(self) -> dict[str, str]:
        """Why sounds could not be heard, in whole or in part, by content."""
        rows = self._connection.execute(
            "SELECT content, problem FROM sounds WHERE method = ? AND problem <> ''",
            (self._method,),
        )
        return dict(rows.fetchall())

    def hands(self, contents: Sequence[str]) -> tuple[list[str], FloatArray]:
        """The hand-made features of those that were heard: their names and (found, HAND)."""
        return self._rows("hand", contents)

    def aparts(self, contents: Sequence[str]) -> FloatArray:
        """How moments differ in those of which it is known, (found, HAND)."""
        return self._rows("apart", contents)[1]

    def pieces(self, contents: Sequence[str]) -> Iterator[tuple[str, tuple[Piece, ...]]]:
        """The spectrograms of those that were heard; one that is damaged is left out."""
        for content in contents:
            row = self._connection.execute(
                "SELECT data FROM pieces WHERE content = ? AND method = ?",
                (content, self._method),
            ).fetchone()
            if row is None:
                continue
            try:
                yield content, unpacked(zlib.decompress(row[0]))
            except (zlib.error, ValueError) as error:
                log.warning("What was heard of %s is damaged: %s", content, error)

    def _rows(self, column: str, contents: Sequence[str]) -> tuple[list[str], FloatArray]:
        found: list[str] = []
        rows: list[FloatArray] = []
        for some in _parts(contents):
            for content, row in self._connection.execute(
                f"SELECT content, {column} FROM hands WHERE method = ? AND {column} IS NOT NULL"
                " AND content IN (SELECT value FROM json_each(?))",
                (self._method, json.dumps(some)),
            ):
                found.append(content)
                rows.append(np.frombuffer(row, np.float32))
        return found, np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def heard(self) -> int:
        """How many sounds were heard with this method."""
        row = self._connection.execute(
            "SELECT count(*) FROM sounds WHERE method = ? AND is_heard", (self._method,)
        ).fetchone()
        return int(row[0])

    def contents(self) -> list[str]:
        """What was heard with this method, in order of name."""
        rows = self._connection.execute(
            "SELECT content FROM sounds WHERE method = ? AND is_heard ORDER BY content",
            (self._method,),
        )
        return [row[0] for row in rows]

    def forget_others(self) -> None:
        """Drop what was heard with other versions of the method."""
        with self._connection as connection:
            for table in ("sounds", "hands", "pieces"):
                connection.execute(f"DELETE FROM {table} WHERE method <> ?", (self._method,))


def _opened(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, timeout=WAIT_S, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise OSError(f"{path} cannot be used: {error}") from error
    try:
        layout, is_filled = connection.execute(
            "SELECT user_version, EXISTS (SELECT 1 FROM sqlite_master) FROM pragma_user_version"
        ).fetchone()
        if layout != LAYOUT:
            if is_filled:
                raise sqlite3.DatabaseError(f"its layout is {layout}, not {LAYOUT}")
            _switch_to_wal(connection)
            connection.executescript(_SCHEMA)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection
    except sqlite3.OperationalError as error:
        connection.close()
        raise OSError(f"{path} cannot be used: {error}") from error
    except sqlite3.DatabaseError:
        connection.close()
        raise


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait when two switch at once; to wait, take the lock that the other has."""
    for _ in range(_WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def _bytes(row: FloatArray) -> bytes:
    return np.ascontiguousarray(row, np.float32).tobytes()


def _parts(contents: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(contents), AT_ONCE):
        yield contents[first : first + AT_ONCE]
