"""Opening the one SQLite file: made, brought up to date, or refused in words."""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from app.library.errors import DamagedDatabaseError, LibraryError, NewerDatabaseError, explain
from app.library.migrations import SCHEMA_VERSION, STEPS

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5_000
LOCK_RETRY_S = 0.002
_WAL_TRIES = 10


def open_database(
    path: Path, *, read_only: bool = False, durable: bool = True
) -> sqlite3.Connection:
    """A connection for the calling thread to the database at `path`, in the newest schema.

    The folder and the file are made when missing. `with connection:` is a transaction that takes
    the write lock at its first change. `durable` commits survive a power cut; without it the last
    ones may be lost, never the file. Raises LibraryError with words for the user.
    """
    try:
        _refuse_what_must_not_be_touched(path)
        if not read_only or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connect(path)
            _bring_up_to_date(connection, path)
        else:
            connection = _connect(path)
        if read_only:
            connection.execute("PRAGMA query_only = 1")
        elif not durable:
            connection.execute("PRAGMA synchronous = NORMAL")
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from error
    return connection


def stored_version(path: Path) -> int | None:
    """The schema version in the file's header, None for a file that isn't there or is empty.

    SQLite reads it: if this process opened and closed the file by itself, the system would drop
    the locks of its other connections, and a process that leaves would take their log away.
    """
    try:
        if path.stat().st_size == 0:
            return None
    except FileNotFoundError:
        return None
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        return _version_at(f"{address}&immutable=1")
    except sqlite3.DatabaseError as error:
        # Without locks the file may be seen while a scan copies its log back. Ask once more.
        log.info("the version of %s is read again: %s", path, error)
    try:
        return _version_at(address)
    except sqlite3.DatabaseError as error:
        raise explain(error, path) from error


def _version_at(address: str) -> int:
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_what_must_not_be_touched(path: Path) -> None:
    """Look at the version without opening the file for writing, which could alter it."""
    version = stored_version(path)
    wal = path.with_name(path.name + "-wal")
    if version is not None and version <= SCHEMA_VERSION and wal.exists() and wal.stat().st_size:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        finally:
            connection.close()
    if version is not None and version > SCHEMA_VERSION:
        raise NewerDatabaseError(
            f"The library at {path} was written by a newer Segue (version {version} of the file; "
            f"this program knows {SCHEMA_VERSION}). It was not changed. Install the newer Segue, "
            "or set SEGUE_HOME to another folder to start a separate library."
        )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level="IMMEDIATE", cached_statements=256
    )
    connection.execute("PRAGMA foreign_keys = 1")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -8000")
    # The reader's thread and the scan copy the log back; a like must not wait for that.
    connection.execute("PRAGMA wal_autocheckpoint = 100000")
    connection.execute("PRAGMA journal_size_limit = 33554432")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def begin(connection: sqlite3.Connection) -> None:
    """Take the write lock as soon as it is free; raises sqlite3.OperationalError after 5 s.

    SQLite's own waits grow to 100 ms between two tries, which a person waiting for a like sees.
    """
    pause, until_s = threading.Event(), time.monotonic() + BUSY_TIMEOUT_MS / 1000
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until_s:
                    raise
            pause.wait(LOCK_RETRY_S)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the missing steps in one transaction, after a backup of an older file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    if version > 0:
        from app.library.backup import back_up

        if back_up(path, label=f"version-{version}") is None:
            raise DamagedDatabaseError(str(explain(sqlite3.DatabaseError("malformed"), path)))
    _switch_to_wal(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version < SCHEMA_VERSION:
            _apply_steps(connection, version)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
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


def _apply_steps(connection: sqlite3.Connection, version: int) -> None:
    # Imported here: an up-to-date database must not pay 0.3 s for it at each start.
    from sqlite_utils import Database, Migrations

    migrations = Migrations("segue")
    for number in sorted(STEPS):
        if number <= version:
            continue

        def apply(db: Database, script: str = STEPS[number]) -> None:
            for statement in statements(script):
                db.execute(statement)

        migrations(name=f"step-{number}")(apply)
    migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    log.info("database brought from version %d to %d", version, SCHEMA_VERSION)


def statements(script: str) -> Iterator[str]:
    """The single statements of an SQL script; triggers stay whole."""
    statement = ""
    for piece in re.split("(?<=;)", script):
        statement += piece
        if piece.endswith(";") and sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        raise LibraryError(f"unfinished SQL statement: {statement.strip()[:80]}")
