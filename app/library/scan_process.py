"""The scan process: it walks, reads and saves, and tells the window how far it is."""

from __future__ import annotations

import json
import logging
import signal
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path

from app.library.backup import back_up_if_due
from app.library.database import open_database
from app.library.errors import LibraryError, explain
from app.library.folders import add_folder, remove_folder
from app.library.scan_request import ScanRequest
from app.library.scanner import Scan, ScanCancelledError
from app.library.store import Counts
from app.library.workers import WorkerPool, WorkersFailedError

log = logging.getLogger(__name__)

_PROGRESS_S = 0.05
_MERGE_ABOVE = 500
_MERGE_PAGES = 64
_MAX_MERGES = 500
_LOG_PAGES = 50_000
"""How long the write-ahead log may grow during a scan, 200 MB: copying it back slows likes."""

_SETTINGS = ("PRAGMA cache_size = -64000", f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")


class Telling:
    """The way to the window: messages out, a wish to stop in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next_s = 0.0

    def send(self, kind: str, **values: object) -> None:
        """Send one message; a window that is gone stops the scan."""
        try:
            self._connection.send_bytes(json.dumps({"kind": kind, **values}).encode())
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ScanCancelledError from error

    def progress(self, current: str, done: int, total: int, counts: Counts) -> None:
        """Tell the progress a few times a second, and see whether to stop."""
        if self._connection.poll(0):
            raise ScanCancelledError
        now = time.monotonic()
        if now >= self._next_s:
            self._next_s = now + _PROGRESS_S
            self.send("progress", current=current, done=done, total=total, changes=counts.total)


def main(connection: Connection, request_json: str) -> None:
    """Do what the request asks; the entry point of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    request = ScanRequest.from_json(request_json)
    telling = Telling(connection)
    with suppress(ScanCancelledError):
        if _scan(request, telling) and request.backups:
            _back_up(Path(request.database))


def _scan(request: ScanRequest, telling: Telling) -> bool:
    """Scan and report, then tidy; returns whether nothing went wrong."""
    counts, reported = Counts(), False
    path = Path(request.database)

    def report(words: str = "", *, cancelled: bool = False) -> None:
        nonlocal reported
        if reported:
            log.error("after the scan: %s", words)
            return
        reported = True
        telling.send("report", cancelled=cancelled, error=words, **asdict(counts))

    try:
        with closing(open_database(path, durable=False)) as database:
            for setting in _SETTINGS:
                database.execute(setting)
            for folder in request.add:
                add_folder(database, folder)
            for folder_id in request.remove:
                remove_folder(database, folder_id)
            if request.add or request.remove:
                telling.send("folders")
            scan = Scan(database, telling.progress, lambda: _pool(request))
            counts = scan.counts
            scan.run(request.only)
            # All is saved and found by now; merging and copying the log can follow.
            report()
            if counts.added + counts.changed > _MERGE_ABOVE:
                _tidy(database)
    except ScanCancelledError:
        if reported:
            raise
        report(cancelled=True)
        return True
    except LibraryError as error:
        report(str(error))
    except (sqlite3.Error, OSError) as error:
        report(str(explain(error, path)))
    except WorkersFailedError as error:
        report(f"The scan stopped: {error}. Start Segue again.")
    else:
        return True
    return False


def _pool(request: ScanRequest) -> WorkerPool:
    return WorkerPool(request.workers, read=request.read, limit_s=request.limit_s)


def _tidy(database: sqlite3.Connection) -> None:
    """Merge the search index in small steps and copy the log back; no other writer waits."""
    for _ in range(_MAX_MERGES):
        before = database.total_changes
        with database:
            database.execute(
                "INSERT INTO track_words(track_words, rank) VALUES ('merge', ?)", (_MERGE_PAGES,)
            )
        if database.total_changes - before < 2:
            break
    database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _back_up(path: Path) -> None:
    try:
        back_up_if_due(path)
    except (sqlite3.Error, OSError) as error:
        log.error("the daily backup was not made: %s", error)
