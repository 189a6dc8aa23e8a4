"""What was heard, kept in SQLite by content, so that no file is decoded twice.

A cache: it may be deleted at any time, and one that is damaged is begun anew.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
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
GAVE_UP = "Segue stopped twice while it was listening to this file, so it is left out."

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sounds (
    content TEXT NOT NULL,          -- names the sound, whatever its file is called
    method INTEGER NOT NULL,        -- with which version of the method it was heard
    hand BLOB,                      -- float32, NULL while it is being heard or cannot be
    seconds REAL, heard_s REAL,
    problem TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    at_s REAL NOT NULL,
    PRIMARY KEY (content, method)
);
CREATE TABLE IF NOT EXISTS pieces (
    content TEXT NOT NULL, method INTEGER NOT NULL,
    data BLOB NOT NULL,             -- spectrograms, see recommender.audio.sound.packed
    PRIMARY KEY (content, method)
);
"""


class SoundStore:
    """One connection, used by one thread at a time. Raises OSError when it cannot be used."""

    def __init__(self, path: Path, method: int = METHOD) -> None:
        self.path, self._method = path, method
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError as error:
            log.warning("What was heard is damaged (%s) and is begun anew: %s", error, path)
            for end in ("", "-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            self._connection = _opened(path)

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
        hand = np.ascontiguousarray(sound.hand, np.float32).tobytes()
        data = zlib.compress(packed(sound.pieces), 1)
        with self._connection as connection:
            connection.execute(
                "INSERT OR REPLACE INTO sounds(content, method, hand, seconds, heard_s, problem,"
                " at_s) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (content, self._method, hand, sound.seconds, sound.heard_s, sound.damage,
                 time.time()),
            )  # fmt: skip
            connection.execute(
                "INSERT OR REPLACE INTO pieces(content, method, data) VALUES (?, ?, ?)",
                (content, self._method, data),
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
                "DELETE FROM sounds WHERE content = ? AND method = ? AND hand IS NULL",
                (content, self._method),
            )

    def missing(self, contents: Sequence[str]) -> list[str]:
        """Those that have neither been heard nor refused, in their order, each once."""
        done: set[str] = set()
        for some in _parts(contents):
            done.update(
                row[0]
                for row in self._connection.execute(
                    "SELECT content FROM sounds WHERE method = ? AND (hand IS NOT NULL OR"
                    " problem <> '') AND content IN (SELECT value FROM json_each(?))",
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
        found: list[str] = []
        rows: list[FloatArray] = []
        for some in _parts(contents):
            for content, hand in self._connection.execute(
                "SELECT content, hand FROM sounds WHERE method = ? AND hand IS NOT NULL"
                " AND content IN (SELECT value FROM json_each(?))",
                (self._method, json.dumps(some)),
            ):
                found.append(content)
                rows.append(np.frombuffer(hand, np.float32))
        return found, np.stack(rows) if rows else np.zeros((0, 0), np.float32)

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

    def heard(self) -> int:
        """How many sounds were heard with this method."""
        row = self._connection.execute(
            "SELECT count(*) FROM sounds WHERE method = ? AND hand IS NOT NULL", (self._method,)
        ).fetchone()
        return int(row[0])

    def forget_others(self) -> None:
        """Drop what was heard with other versions of the method."""
        with self._connection as connection:
            for table in ("sounds", "pieces"):
                connection.execute(f"DELETE FROM {table} WHERE method <> ?", (self._method,))


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_S, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
        return connection
    except sqlite3.OperationalError as error:
        connection.close()
        raise OSError(f"{path} cannot be used: {error}") from error
    except sqlite3.DatabaseError:
        connection.close()
        raise


def _parts(contents: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(contents), AT_ONCE):
        yield contents[first : first + AT_ONCE]
