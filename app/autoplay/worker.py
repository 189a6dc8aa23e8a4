"""The recommender's side of the pipe: holds the model, takes events, answers the newest request."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import time
from collections.abc import Sequence
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from app.autoplay import messages
from app.autoplay.catalogue import Catalogue, Past, read_catalogue, read_past
from app.autoplay.messages import Explain, Explained, NewList, Observe, Recommend
from app.library.database import open_database
from recommender.api import Play, Reaction, Recommendation, Recommender, Retracted, Song, Started

log = logging.getLogger(__name__)

IDLE_S = 1.0
WARM_UP_S = 120.0
RELOAD_PAUSE = 4.0
"""Between two readings of the library at least this many times as long as the last one took."""

NOTE_EMPTY = "There is no music in your library yet. Add a folder and this list fills by itself."
NOTE_AWAY = "None of your music can be reached now. Is a drive not connected?"
NOTE_NOTHING_LEFT = (
    "Nothing is left to predict: every other song is disliked, queued or was played just now."
)
NOTE_NO_HISTORY = (
    "Nothing was played yet, so this list goes by tags alone. It learns as you listen."
)


def serve(pipe: Connection, database: Path, checkpoints: Path, model: str) -> None:
    """Answer requests until Shutdown or until the other side is gone (then EOFError or OSError)."""
    module, _, name = model.partition(":")
    factory = cast(type[Recommender], getattr(importlib.import_module(module), name))
    server = Server(pipe, database, checkpoints, factory)
    server.warm_up()
    server.run()


class Server:
    """One model and the pipe it answers on."""

    def __init__(
        self, pipe: Connection, database: Path, checkpoints: Path, factory: type[Recommender]
    ) -> None:
        self._pipe = pipe
        self._database = database
        self._checkpoints = checkpoints
        self._factory = factory
        self._model = factory()
        self._version = getattr(self._model, "version", "") or factory.__name__
        self._catalogue = Catalogue((), frozenset())
        self._undone: set[int] = set()
        self._last_event_id = 0
        self._events = 0
        self._started: Started | None = None
        self._latest: Recommend | None = None
        self._reload_at: float | None = None
        self._reload_took_s = 0.0

    def warm_up(self) -> None:
        """Read library and events, then say Ready."""
        self._say(messages.Busy("The recommender reads your library and your plays.", WARM_UP_S))
        catalogue, past = self._read()
        self._fit(catalogue.songs, past)
        self._catalogue = catalogue
        songs = len(catalogue.songs)
        self._say(messages.Ready(self._version, songs, self._events, self._last_event_id))

    def run(self) -> None:
        """Take what waits in the pipe, answer, and start over."""
        while True:
            requests = self._waiting()
            if any(isinstance(request, messages.Shutdown) for request in requests):
                return
            self._take(requests)
            if self._reload_at is not None and time.monotonic() >= self._reload_at:
                self._reload()

    def _waiting(self) -> list[messages.Request]:
        """All requests that are there; an empty list after a while without any."""
        wait_s = IDLE_S
        if self._reload_at is not None:
            wait_s = min(wait_s, max(0.0, self._reload_at - time.monotonic()))
        requests: list[messages.Request] = []
        if not self._pipe.poll(wait_s):
            parent = multiprocessing.parent_process()
            if parent is not None and not parent.is_alive():
                raise EOFError
            return requests
        while self._pipe.poll(0):
            try:
                requests.append(messages.decode_request(self._pipe.recv_bytes()))
            except messages.MessageError as problem:
                self._say(messages.Failed(str(problem)))
        return requests

    def _take(self, requests: Sequence[messages.Request]) -> None:
        newest: Recommend | None = None
        for request in requests:
            if isinstance(request, Observe):
                self._observe(request)
            elif isinstance(request, Recommend):
                newest = request
            elif isinstance(request, messages.CatalogueChanged) and self._reload_at is None:
                self._reload_at = time.monotonic() + RELOAD_PAUSE * self._reload_took_s
        if newest is not None:
            self._latest = newest
            self._recommend(newest)
        for request in requests:
            if isinstance(request, Explain):
                self._explain(request)
            elif isinstance(request, messages.Ping):
                self._say(messages.Pong(request.serial))

    def _observe(self, request: Observe) -> None:
        event = request.event
        if isinstance(event, Retracted):
            if event.event_id in self._undone:
                return
            self._undone.add(event.event_id)
        elif isinstance(event, (Play, Reaction)):
            if event.event_id <= self._last_event_id:
                return
            self._last_event_id = event.event_id
            self._events += 1
        else:
            self._started = event
        self._model.observe(event)

    def _recommend(self, request: Recommend) -> None:
        exclude = self._catalogue.hidden.union(request.exclude)
        rows = tuple(self._model.recommend(request.n, exclude))
        self._say(NewList(request.serial, rows, self._note(rows), self._version))

    def _note(self, rows: Sequence[Recommendation]) -> str:
        if not self._catalogue.songs:
            return NOTE_EMPTY
        if len(self._catalogue.hidden) == len(self._catalogue.songs):
            return NOTE_AWAY
        if not rows:
            return NOTE_NOTHING_LEFT
        return "" if self._events else NOTE_NO_HISTORY

    def _explain(self, request: Explain) -> None:
        try:
            explanation = self._model.explain(request.track_id)
        except KeyError:
            explanation = None
        self._say(Explained(request.serial, explanation))

    def _reload(self) -> None:
        """Read the library again; what was learned stays."""
        began = time.monotonic()
        catalogue, past = self._read()
        if catalogue.songs != self._catalogue.songs:
            self._say(messages.Busy("The recommender reads your library again.", WARM_UP_S))
            self._fit(catalogue.songs, past)
        self._catalogue = catalogue
        if self._latest is not None:
            self._recommend(self._latest)
        now = time.monotonic()
        self._reload_at = None
        self._reload_took_s = now - began

    def _fit(self, songs: Sequence[Song], past: Past) -> None:
        self._model.fit(songs, past.events)
        self._undone = set(past.undone)
        self._last_event_id = past.last_event_id
        self._events = len(past.events)
        if self._started is not None:
            self._model.observe(self._started)

    def _read(self) -> tuple[Catalogue, Past]:
        """Library and events at one moment."""
        with closing(open_database(self._database, read_only=True)) as connection:
            connection.execute("BEGIN")
            return read_catalogue(connection), read_past(connection)

    def _say(self, answer: messages.Answer) -> None:
        self._pipe.send_bytes(messages.encode(answer))
