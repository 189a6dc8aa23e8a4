"""Watches the music folders and tells which directories changed, once it is quiet again."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.library.walk import SUFFIXES

log = logging.getLogger(__name__)

QUIET_S = 1.0
LONGEST_WAIT_S = 10.0
POLL_S = 3.0

_IMAGES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_KINDS = frozenset({"created", "modified", "moved", "deleted"})
_MANY = 50


class FolderWatcher:
    """Calls `on_change` with the directories that changed, from a thread of its own.

    A folder that vanishes or returns is noticed by looking every few seconds. Where the system
    can't watch (network drives, too many directories) a log line says so, and changes are found
    by the next scan. More than 50 directories are told as their whole folders.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        on_change: Callable[[Sequence[Path]], object],
        *,
        quiet_s: float = QUIET_S,
        poll_s: float = POLL_S,
    ) -> None:
        self._folders = [folder.absolute() for folder in folders]
        self._on_change = on_change
        self._quiet_s = quiet_s
        self._poll_s = poll_s
        self._changed: set[Path] = set()
        self._first_s = self._last_s = 0.0
        self._wake = threading.Condition()
        self._closed = False
        self._watches: dict[Path, Any] = {}
        self._identities: dict[Path, tuple[int, int] | None] = {}
        self.ready = threading.Event()
        """Set once every folder that can be watched is."""
        self._thread = threading.Thread(target=self._run, name="folder-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join(timeout=5.0)

    def dispatch(self, event: Any) -> None:
        """Take one event of watchdog."""
        if event.event_type not in _KINDS:
            return
        if event.is_directory and event.event_type == "modified":
            return
        touched = set()
        for name in (event.src_path, getattr(event, "dest_path", "")):
            if not name:
                continue
            path = Path(os.fsdecode(name))
            if event.is_directory:
                touched.add(path)
            elif path.suffix.lower() in SUFFIXES or path.suffix.lower() in _IMAGES:
                touched.add(path.parent)
        if touched:
            self._note(touched)

    def _note(self, touched: set[Path]) -> None:
        with self._wake:
            now = time.monotonic()
            if not self._changed:
                self._first_s = now
            self._last_s = now
            self._changed |= touched
            self._wake.notify()

    def _run(self) -> None:
        from watchdog.observers import Observer

        observer = Observer()
        observer.start()
        try:
            for folder in self._folders:
                self._identities[folder] = _identity(folder)
                self._watch(observer, folder)
            self.ready.set()
            while not self._closed:
                self._tell_when_quiet()
                self._look_at_roots(observer)
        finally:
            observer.stop()
            observer.join(5.0)

    def _tell_when_quiet(self) -> None:
        """Wait for changes, at most until the roots are due, and tell them once they are over."""
        with self._wake:
            self._wake.wait_for(lambda: self._closed or self._changed, self._poll_s)
            while self._changed and not self._closed:
                now = time.monotonic()
                rest = min(self._last_s + self._quiet_s - now, self._first_s + LONGEST_WAIT_S - now)
                if rest <= 0:
                    break
                self._wake.wait(rest)
            if self._closed or not self._changed:
                return
            touched, self._changed = self._changed, set()
        self._on_change(self._summed_up(touched))

    def _summed_up(self, touched: set[Path]) -> list[Path]:
        """Without directories that lie in others of the set; whole folders when there are many."""
        if len(touched) > _MANY:
            touched = {
                folder
                for folder in self._folders
                if any(path.is_relative_to(folder) for path in touched)
            }
        return sorted(path for path in touched if touched.isdisjoint(path.parents))

    def _look_at_roots(self, observer: Any) -> None:
        """Notice drives that come and go, which no event tells."""
        for folder in self._folders:
            identity = _identity(folder)
            if identity != self._identities[folder]:
                self._identities[folder] = identity
                log.info("the folder %r is %s", str(folder), "there" if identity else "away")
                self._watch(observer, folder)
                self._note({folder})

    def _watch(self, observer: Any, folder: Path) -> None:
        old = self._watches.pop(folder, None)
        if old is not None:
            observer.unschedule(old)
        if self._identities[folder] is None:
            return
        try:
            self._watches[folder] = observer.schedule(self, str(folder), recursive=True)
        except OSError as error:
            log.warning(
                "changes in %s are seen at the next scan only, it cannot be watched: %s",
                folder,
                error.strerror or error,
            )


def _identity(folder: Path) -> tuple[int, int] | None:
    """What lies at a path now: another drive in its place is another identity."""
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino
