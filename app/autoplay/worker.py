"""The recommender's side of the pipe: takes events, answers the newest request, saves when idle."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import cast

from app.autoplay import checkpoints, messages
from app.autoplay.messages import Explain, Explained, NewList, Observe, Recommend
from app.autoplay.model import KeptModel, LiveRecommender, ModelBrokenError
from app.autoplay.process import Job

log = logging.getLogger(__name__)

IDLE_S = 1.0
BUSY_S = 120.0
MAX_TAKEN = 1_000

RELOAD_PAUSE = 10.0
"""Between two readings of the library at least this many times as long as the last one took."""

SAVE_AFTER_IDLE_S = 5.0
SAVE_AFTER_EVENTS = 20
SAVE_AT_EXIT_S = 1.5
"""Saving that takes longer is left out at exit: the next start catches up from the events."""


def serve(pipe: Connection, job: Job) -> None:
    """Answer requests until Shutdown or until the other side is gone (then EOFError or OSError)."""
    module, _, name = job.model.partition(":")
    factory = cast(type[LiveRecommender], getattr(importlib.import_module(module), name))
    if job.anew:
        checkpoints.forget(job.checkpoints)
    server = Server(pipe, KeptModel(factory, job.database, job.checkpoints))
    server.warm_up()
    server.run()


class Server:
    """One model and the pipe it answers on."""

    def __init__(self, pipe: Connection, model: KeptModel) -> None:
        self._pipe = pipe
        self._model = model
        self._latest: Recommend | None = None
        self._reload_at_s: float | None = None
        self._reload_not_before_s = 0.0
        self._asked_at_s = time.monotonic()
        self._is_first_save = True
        self._save_took_s = 0.0

    def warm_up(self) -> None:
        """Read library and events, then say Ready."""
        self._say(messages.Busy("The recommender reads your library and your plays.", BUSY_S))
        model = self._model
        model.make()
        self._say(messages.Ready(model.version, model.songs, model.events, model.last_event_id))

    def run(self) -> None:
        """Take what waits in the pipe, answer, and start over; ends at Shutdown."""
        while True:
            requests = self._waiting()
            self._take(requests)
            if any(isinstance(request, messages.Shutdown) for request in requests):
                if self._model.unsaved and self._save_took_s < SAVE_AT_EXIT_S:
                    self._save()
                return
            now_s = time.monotonic()
            if self._reload_at_s is not None and now_s >= self._reload_at_s:
                self._reload()
            elif self._should_save(now_s):
                self._save()

    def _waiting(self) -> list[messages.Request]:
        """All requests that are there; an empty list after a while without any."""
        wait_s = IDLE_S
        if self._reload_at_s is not None:
            wait_s = min(wait_s, max(0.0, self._reload_at_s - time.monotonic()))
        requests: list[messages.Request] = []
        if not self._pipe.poll(wait_s):
            parent = multiprocessing.parent_process()
            if parent is not None and not parent.is_alive():
                raise EOFError
            return requests
        while len(requests) < MAX_TAKEN and self._pipe.poll(0):
            try:
                requests.append(messages.decode_request(self._pipe.recv_bytes()))
            except messages.MessageError as problem:
                self._say(messages.Failed(str(problem)))
        return requests

    def _take(self, requests: Sequence[messages.Request]) -> None:
        newest: Recommend | None = None
        for request in requests:
            if not isinstance(request, messages.Ping):
                self._asked_at_s = time.monotonic()
            if isinstance(request, Observe):
                self._model.observe(request.event)
            elif isinstance(request, Recommend):
                newest = request
            elif isinstance(request, messages.CatalogueChanged) and self._reload_at_s is None:
                self._reload_at_s = max(time.monotonic(), self._reload_not_before_s)
        if newest is not None:
            self._latest = newest
            self._recommend(newest)
        for request in requests:
            if isinstance(request, Explain):
                explanation = self._model.explain(request.track_id)
                self._say(Explained(request.serial, explanation))
            elif isinstance(request, messages.Ping):
                self._say(messages.Pong(request.serial))

    def _recommend(self, request: Recommend) -> None:
        exclude = frozenset(request.exclude)
        try:
            rows = self._model.recommend(request.n, exclude)
        except ModelBrokenError as problem:
            log.warning("%s It learns from all events again.", problem)
            self._say(messages.Busy("The recommender learns from all your plays again.", BUSY_S))
            self._model.learn_anew()
            rows = self._model.recommend(request.n, exclude)
        self._say(NewList(request.serial, rows, self._model.note, self._model.version))

    def _reload(self) -> None:
        """Read the library again, and send the list that fits it."""
        began_s = time.monotonic()
        self._say(messages.Busy("", BUSY_S))
        self._model.refresh_catalogue()
        if self._latest is not None:
            self._recommend(self._latest)
        now_s = time.monotonic()
        self._reload_at_s = None
        self._reload_not_before_s = now_s + RELOAD_PAUSE * (now_s - began_s)

    def _should_save(self, now_s: float) -> bool:
        """When nobody waits: soon after a long learning, later once enough is new."""
        enough = 1 if self._is_first_save else SAVE_AFTER_EVENTS
        idle_s = now_s - self._asked_at_s
        return self._model.unsaved >= enough and idle_s >= SAVE_AFTER_IDLE_S

    def _save(self) -> None:
        began_s = time.monotonic()
        self._say(messages.Busy("", BUSY_S))
        self._model.save()
        self._is_first_save = False
        self._save_took_s = time.monotonic() - began_s

    def _say(self, answer: messages.Answer) -> None:
        self._pipe.send_bytes(messages.encode(answer))
