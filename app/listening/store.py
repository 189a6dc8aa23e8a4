"""The write side: one thread that puts plays, reactions and the session into SQLite, in order."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.library.database import begin, open_database
from app.library.errors import LibraryError
from app.listening import impressions, session
from app.listening.events import (
    Correction,
    Forgotten,
    Impression,
    PlayEvent,
    Recorded,
    Said,
    SessionState,
    Undone,
)
from app.listening.records import (
    find,
    insert_play,
    insert_said,
    insert_undo,
    refresh_opinion,
    to_ms,
    to_the_millisecond,
)
from app.signals import Post, Signal

log = logging.getLogger(__name__)

MAX_BATCH = 500
"""Events in one transaction at most."""

MOST_WAITING = 20
"""So many lists shown are written although nothing else is to be saved."""

RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Waits after failures in a row; the last one repeats."""

_REFUSED = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, OverflowError)

_Deliver = Callable[[], None]
_Job = Callable[[sqlite3.Connection], _Deliver]
"""Does its part of a transaction; what it returns runs on the window's thread once it is saved."""


class ListeningStore:
    """Appends what the user did. Calls return at once; `saved` runs through `post` afterwards.

    What cannot be written (full disk, locked database) stays in memory in order and is tried
    again; `failed` says so once, in words, and `recovered` tells when all is written.
    """

    def __init__(self, database: Path, post: Post) -> None:
        self.failed: Signal[[str]] = Signal()
        self.recovered: Signal[[]] = Signal()
        self._database = database
        self._post = post
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._session: SessionState | None = None
        self._session_saved: list[_Deliver] = []
        self._lists_shown = 0
        self._closing = False
        self._writer = _Writer(database)
        self._thread = threading.Thread(target=self._run, name="listening-store", daemon=True)
        self._thread.start()

    def record_play(self, play: PlayEvent, saved: Callable[[Recorded], None] | None = None) -> None:
        """Append a play. The same track with the same start is one play, however often it comes."""
        play = replace(play, started_at=to_the_millisecond(play.started_at))
        self._push(partial(_save_play, play, saved))

    def record_feedback(self, said: Said, saved: Callable[[Recorded], None] | None = None) -> None:
        """Append a reaction, a correction or a forgetting; a track's opinion follows a like, a
        dislike or their removal."""
        said = replace(said, at=to_the_millisecond(said.at))
        self._push(partial(_save_said, said, saved))

    def record_impressions(self, shown: Sequence[Impression]) -> None:
        """Append the rows of one list that was shown; they wait for the next thing to be saved."""
        is_first = self._lists_shown % impressions.PRUNE_EVERY == 0
        self._lists_shown += 1
        self._push(partial(_save_impressions, tuple(shown), is_first), hurry=False)

    def undo(
        self,
        event_id: int,
        saved: Callable[[Undone], None] | None = None,
        refused: Callable[[str], None] | None = None,
    ) -> None:
        """Take back an event by appending a row; `refused` gets the reason in words."""
        self._push(partial(_save_undo, event_id, saved, refused))

    def save_session(self, state: SessionState, saved: Callable[[], None] | None = None) -> None:
        """Keep the newest session; older ones still waiting are left out.

        A changed queue, track or setting survives a power cut, a position alone a crash.
        """
        with self._changed:
            self._refuse_when_closed()
            self._session = state
            if saved is not None:
                self._session_saved.append(saved)
            self._changed.notify_all()

    def load_session(self) -> SessionState | None:
        """The session saved last, or None; a damaged one is set aside, never overwritten. Quick."""
        with closing(open_database(self._database)) as connection:
            values = dict(connection.execute("SELECT key, value FROM session").fetchall())
        text = values.get(session.STATE_KEY)
        if text is None:
            return None
        try:
            return session.decode(text, values.get(session.TICK_KEY))
        except session.UnreadableSessionError as problem:
            log.warning("The last session could not be restored: %s", problem)
            self._push(_set_aside)
            return None

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until all is written; False if that took too long."""
        with self._changed:
            self._changed.notify_all()
            return self._changed.wait_for(self._is_idle, timeout_s)

    def close(self, timeout_s: float = 5.0) -> bool:
        """Write what is left and stop; False if something could not be written in time."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        with self._changed:
            return self._is_idle()

    def _push(self, job: _Job, hurry: bool = True) -> None:
        with self._changed:
            self._refuse_when_closed()
            self._jobs.append(job)
            if hurry or len(self._jobs) >= MOST_WAITING:
                self._changed.notify_all()

    def _refuse_when_closed(self) -> None:
        if self._closing:
            raise RuntimeError("The listening store is closed; nothing more can be recorded.")

    def _is_idle(self) -> bool:
        return not self._jobs and self._session is None

    def _run(self) -> None:
        failures = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or not self._is_idle())
                if self._is_idle():
                    break
                jobs = [self._jobs[i] for i in range(min(MAX_BATCH, len(self._jobs)))]
                state, heard = self._session, list(self._session_saved)
            try:
                deliveries = self._writer.write(jobs, state)
            except (sqlite3.Error, LibraryError) as problem:
                failures += 1
                self._tell_failure(problem, failures)
                self._writer.close()
                if not self._wait_to_retry(RETRY_S[min(failures, len(RETRY_S)) - 1]):
                    break
                continue
            if failures:
                self._post(self.recovered.emit)
            failures = 0
            for deliver in deliveries + (heard if state is not None else []):
                self._post(deliver)
            self._done(len(jobs), state, len(heard))
        self._writer.close()

    def _done(self, job_count: int, state: SessionState | None, heard_count: int) -> None:
        with self._changed:
            for _ in range(job_count):
                self._jobs.popleft()
            if state is not None:
                del self._session_saved[:heard_count]
                if self._session is state:
                    self._session = None
            self._changed.notify_all()

    def _wait_to_retry(self, wait_s: float) -> bool:
        """Wait, not longer than until the store is closed; False if this was the last try."""
        with self._changed:
            if self._closing:
                return False
            self._changed.wait_for(lambda: self._closing, wait_s)
            return True

    def _tell_failure(self, problem: sqlite3.Error | LibraryError, failures: int) -> None:
        log.warning("Saving failed (%d in a row): %s", failures, problem)
        if failures == 1:
            self._post(partial(self.failed.emit, _in_words(problem)))


class _Writer:
    """The connection of the writing thread, opened when first needed."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._connection: sqlite3.Connection | None = None
        self._written: SessionState | None = None

    def write(self, jobs: list[_Job], state: SessionState | None) -> list[_Deliver]:
        """Commit jobs and session in one transaction; raises and changes nothing if it can't."""
        connection = self._open()
        is_tick = not jobs and state is not None and session.same_state(state, self._written)
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if is_tick else 'FULL'}")
        begin(connection)
        try:
            deliveries = [_guarded(connection, job) for job in jobs]
            if state is not None:
                if not session.same_state(state, self._written):
                    _put(connection, session.STATE_KEY, session.encode_state(state))
                _put(connection, session.TICK_KEY, session.encode_tick(state))
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if state is not None:
            self._written = state
        return deliveries

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_database(self._database)
            self._connection.isolation_level = None
        return self._connection


def _guarded(connection: sqlite3.Connection, job: _Job) -> _Deliver:
    """Do one job; one that the schema refuses (an unknown track) must not hold up the others."""
    connection.execute("SAVEPOINT job")
    try:
        deliver = job(connection)
    except _REFUSED as problem:
        connection.execute("ROLLBACK TO job")
        log.error("An event could not be kept, the database does not take it: %s", problem)
        deliver = _nothing
    connection.execute("RELEASE job")
    return deliver


def _save_play(
    play: PlayEvent, saved: Callable[[Recorded], None] | None, connection: sqlite3.Connection
) -> _Deliver:
    recorded = Recorded(insert_play(connection, play), play)
    return partial(saved, recorded) if saved is not None else _nothing


def _save_said(
    said: Said, saved: Callable[[Recorded], None] | None, connection: sqlite3.Connection
) -> _Deliver:
    recorded = Recorded(insert_said(connection, said), said)
    return partial(saved, recorded) if saved is not None else _nothing


def _save_impressions(
    shown: Sequence[Impression], prune: bool, connection: sqlite3.Connection
) -> _Deliver:
    impressions.insert(connection, shown)
    if prune:
        impressions.prune(connection)
    return _nothing


def _save_undo(
    event_id: int,
    saved: Callable[[Undone], None] | None,
    refused: Callable[[str], None] | None,
    connection: sqlite3.Connection,
) -> _Deliver:
    recorded, is_undone = find(connection, event_id)
    if recorded is None or is_undone:
        text = "That was undone before." if is_undone else "There is nothing to undo."
        return partial(refused, text) if refused is not None else _nothing
    event = recorded.event
    track_id = None if isinstance(event, Correction | Forgotten) else event.track_id
    undo_id = insert_undo(connection, event_id, track_id, to_ms(datetime.now(UTC)))
    opinion = None if track_id is None else refresh_opinion(connection, track_id)
    return partial(saved, Undone(undo_id, recorded, opinion)) if saved is not None else _nothing


def _set_aside(connection: sqlite3.Connection) -> _Deliver:
    connection.execute(
        "INSERT OR REPLACE INTO session (key, value) SELECT ?, value FROM session WHERE key = ?",
        (f"{session.UNREADABLE_KEY}-{time.time_ns()}", session.STATE_KEY),
    )
    return _nothing


def _put(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute(
        "INSERT INTO session (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def _nothing() -> None:
    pass


def _in_words(problem: sqlite3.Error | LibraryError) -> str:
    name = getattr(problem, "sqlite_errorname", "") or ""
    kept = "Plays and likes are kept in memory meanwhile and saved as soon as it works again."
    if name.startswith("SQLITE_FULL"):
        return f"The disk is full; please free some space. {kept}"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"Another program holds Segue's database. {kept}"
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"Segue may not write to its data folder; please check its permissions. {kept}"
    return f"Saving to Segue's database failed ({problem}). {kept}"
