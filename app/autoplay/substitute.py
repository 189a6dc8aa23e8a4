"""Computes the plain list on a thread of its own, so that no query runs on the window's thread."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from app.autoplay.fallback import fallback_rows
from app.autoplay.messages import Recommend
from app.autoplay.prediction import Prediction
from app.library.database import open_database
from app.library.errors import LibraryError
from app.signals import Post

log = logging.getLogger(__name__)


class Substitute:
    """Answers the newest request; a thread lives only while there is something to compute."""

    def __init__(
        self,
        database: Path,
        post: Post,
        deliver: Callable[[Recommend, tuple[Prediction, ...]], None],
    ) -> None:
        self._database = database
        self._post = post
        self._deliver = deliver
        self._lock = threading.Lock()
        self._pending: Recommend | None = None
        self._running = False

    def ask(self, request: Recommend) -> None:
        """Compute a list soon; of several requests waiting only the newest is answered."""
        with self._lock:
            self._pending = request
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="fallback-list", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                request, self._pending = self._pending, None
                if request is None:
                    self._running = False
                    return
            self._post(partial(self._deliver, request, self._rows(request)))

    def _rows(self, request: Recommend) -> tuple[Prediction, ...]:
        now_ms = int(time.time() * 1000)
        try:
            with closing(open_database(self._database, read_only=True)) as connection:
                return fallback_rows(connection, request.n, frozenset(request.exclude), now_ms)
        except (sqlite3.Error, LibraryError) as problem:
            log.warning("The plain list could not be made: %s", problem)
            return ()
