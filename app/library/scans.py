"""Scans as the window sees them: started, followed and cancelled, in a process of their own."""

from __future__ import annotations

import atexit
import json
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.library.scan_request import ScanRequest
from app.signals import Post, Signal

log = logging.getLogger(__name__)

_CHANGED_EVERY_S = 0.5
_STOP_S = 2.0


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """Where a scan stands. `total` is 0 while the folders are still being walked."""

    current: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did. `error` is empty, or says in words why it ended early."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    problems: int = 0
    cancelled: bool = False
    error: str = ""


class ScanRunner:
    """Runs one scan at a time; what is asked for meanwhile is done next.

    Signals are emitted through `post`. `changed` says that the library's contents differ, at most
    twice a second. Call `close` before the program ends.
    """

    def __init__(self, database: Path, post: Post, request: ScanRequest | None = None) -> None:
        self.progress: Signal[[ScanProgress]] = Signal()
        self.finished: Signal[[ScanReport]] = Signal()
        self.changed: Signal[[]] = Signal()
        self._post = post
        self._plain = request or ScanRequest(str(database))
        self._next: ScanRequest | None = None
        self._active = False
        self._closed = False
        self._connection: Connection | None = None
        self._process: Any = None
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        atexit.register(self.close)

    @property
    def running(self) -> bool:
        """Whether a scan is running or waits to."""
        with self._wake:
            return self._active or self._next is not None

    def start(self, folders: Sequence[Path] | None = None) -> None:
        """Scan everything, or only these folders or directories inside them."""
        only = None if folders is None else tuple(str(folder) for folder in folders)
        self._ask(replace(self._plain, only=only))

    def add_folder(self, path: Path) -> None:
        """Take a folder into the library and scan it."""
        self._ask(replace(self._plain, add=(str(path),), only=(str(path.absolute()),)))

    def remove_folder(self, folder_id: int) -> None:
        """Take a folder out, at once: a running scan is stopped and then begun anew."""
        self._ask(replace(self._plain, remove=(folder_id,)))
        self._stop_current()

    def cancel(self) -> None:
        """Stop the running scan and forget those that wait. What was saved stays."""
        with self._wake:
            self._next = None
        self._stop_current()

    def close(self) -> None:
        """Stop everything and end the process; may take up to two seconds."""
        with self._wake:
            self._closed = True
            self._next = None
            self._wake.notify()
        self._stop_current()
        if self._thread is not None:
            self._thread.join(_STOP_S)
        process = self._process
        if process is not None and process.is_alive():
            process.kill()
        atexit.unregister(self.close)

    def _ask(self, request: ScanRequest) -> None:
        with self._wake:
            if self._closed:
                return
            self._next = request if self._next is None else self._next.joined(request)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="scans", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _stop_current(self) -> None:
        with self._wake:
            if self._connection is not None:
                try:
                    self._connection.send_bytes(b"stop")
                except OSError:
                    log.debug("the scan had ended already")

    def _run(self) -> None:
        while True:
            with self._wake:
                self._active = False
                self._wake.wait_for(lambda: self._next is not None or self._closed)
                if self._closed or self._next is None:
                    return
                request, self._next, self._active = self._next, None, True
            self._run_process(request)

    def _run_process(self, request: ScanRequest) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_scan, args=(theirs, request.to_json()), name="segue-scan")
        try:
            process.start()
        except OSError as error:
            self._finish(ScanReport(error=f"The scan could not start: {error}."))
            return
        finally:
            theirs.close()
        with self._wake:
            self._process, self._connection = process, ours
            stop_at_once = self._closed
        if stop_at_once:
            self._stop_current()
        reported = self._follow(ours)
        with self._wake:
            self._connection = None
        ours.close()
        process.join(_STOP_S)
        if process.is_alive():
            process.kill()
        if not reported:
            self._finish(ScanReport(error="The scan ended by itself. Start it again."))

    def _follow(self, connection: Connection) -> bool:
        """Pass messages on until the process ends; returns whether it reported."""
        reported, changes, told_s = False, 0, 0.0
        while True:
            try:
                message = json.loads(connection.recv_bytes())
            except (EOFError, OSError):
                return reported
            kind = message.pop("kind")
            now = time.monotonic()
            if kind == "progress":
                new_changes = message.pop("changes")
                self._emit(self.progress, ScanProgress(**message))
                if new_changes > changes and now - told_s >= _CHANGED_EVERY_S:
                    changes, told_s = new_changes, now
                    self._emit(self.changed)
            elif kind == "folders":
                self._emit(self.changed)
            else:
                reported = True
                self._finish(ScanReport(**message))

    def _finish(self, report: ScanReport) -> None:
        with self._wake:
            self._active = False
        if report.added or report.changed or report.moved or report.missing or report.problems:
            self._emit(self.changed)
        self._emit(self.finished, report)

    def _emit(self, signal: Signal[Any], *values: object) -> None:
        emit: Callable[..., None] = signal.emit
        self._post(lambda: emit(*values))


def _scan(connection: Connection, request_json: str) -> None:
    """The process's entry point; only there the tag readers are imported."""
    from app.library.scan_process import main

    main(connection, request_json)
