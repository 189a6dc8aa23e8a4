"""The recommender's side of the pipe: takes events, answers the newest request, saves when idle."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, cast

from app.autoplay import checkpoints, messages
from app.autoplay.adoption import TAKES_NONE, Reading
from app.autoplay.choice import LIVE
from app.autoplay.messages import Explain, Explained, NewList, Observe, Recommend
from app.autoplay.model import Factory, KeptModel, ModelBrokenError
from app.autoplay.process import Job
from app.autoplay.sounds import Sounds
from app.autoplay.study import Study
from recommender.api import AgentStanding, CheckpointError
from recommender.audio.hearing import Hearing
from recommender.models.registry import UnknownModelError
from recommender.training.settings import TrainingError

log = logging.getLogger(__name__)

IDLE_S = 1.0
READING_S = 0.1
BUSY_S = 120.0
LEARNING_S = 600.0
"""The longest that a model other than Segue's own may take to learn from all plays."""

MAX_TAKEN = 1_000

RELOAD_PAUSE = 10.0
"""Between two readings of the library at least this many times as long as the last one took."""

SAVE_AFTER_IDLE_S = 5.0
SAVE_AFTER_EVENTS = 20
SAVE_AT_EXIT_S = 1.5
"""Saving that takes longer is left out at exit: the next start catches up from the events."""


def serve(pipe: Connection, job: Job) -> None:
    """Answer requests until Shutdown or until the other side is gone (then EOFError or OSError)."""
    words, at_most_s = "The recommender reads your library and your plays.", BUSY_S
    if job.choice.name != LIVE:
        words, at_most_s = f"{job.choice.title} learns from your plays.", LEARNING_S
    pipe.send_bytes(messages.encode(messages.Busy(words, at_most_s)))
    if job.anew:
        checkpoints.forget(job.checkpoints)
    try:
        model = KeptModel(factory_of(job), job.database, job.checkpoints)
    except (CheckpointError, UnknownModelError) as problem:
        pipe.send_bytes(messages.encode(messages.Refused(str(problem))))
        return
    server = Server(pipe, model, at_most_s, Sounds(job.sounds, job.database))
    server.warm_up()
    server.run()


def factory_of(job: Job) -> Factory:
    """What makes the job's model; its module is imported here."""
    module, _, name = job.model.partition(":")
    found = getattr(importlib.import_module(module), name)
    if job.choice.name != LIVE:
        found = found(job.choice.name, job.choice.folder)
    return cast(Factory, found)


class Server:
    """One model and the pipe it answers on; it learns from all plays within `learning_s`."""

    def __init__(
        self,
        pipe: Connection,
        model: KeptModel,
        learning_s: float = BUSY_S,
        sounds: Sounds | None = None,
    ) -> None:
        self._pipe = pipe
        self._model = model
        self._sounds = sounds
        self._latest: Recommend | None = None
        self._standing: AgentStanding | None = None
        self._study: Study | None = None
        self._reading: Study | None = None
        self._learning_s = learning_s
        self._reload_at_s: float | None = None
        self._reload_not_before_s = 0.0
        self._asked_at_s = time.monotonic()
        self._is_first_save = True
        self._save_took_s = 0.0

    def warm_up(self) -> None:
        """Read library and events, then say Ready."""
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
            elif self._reading is not None and self._reading.is_over:
                self._adopt(self._reading.learnt)
            elif self._reading is None and self._sounds is not None and self._sounds.step(now_s):
                self._hear(self._sounds.hearing)
            elif self._should_save(now_s):
                self._save()
            elif now_s - self._asked_at_s >= SAVE_AFTER_IDLE_S:
                self._learn()

    def _waiting(self) -> list[messages.Request]:
        """All requests that are there; an empty list after a while without any."""
        wait_s = IDLE_S
        if self._reload_at_s is not None:
            wait_s = min(wait_s, max(0.0, self._reload_at_s - time.monotonic()))
        if self._sounds is not None and self._sounds.is_reading:
            wait_s = min(wait_s, READING_S)
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
            elif isinstance(request, messages.Tune):
                self._model.tune(request.tuning)
                newest = newest or self._latest
            elif isinstance(request, messages.Adopt):
                self._reading = Study(Reading(request.folder)) if request.folder else None
                if not request.folder:
                    self._adopt(None)
            elif isinstance(request, messages.Relearn):
                self._model.must_learn = True
            elif isinstance(request, messages.SoundsChanged) and self._sounds is not None:
                self._sounds.changed()
            elif isinstance(request, messages.CatalogueChanged) and self._reload_at_s is None:
                self._reload_at_s = max(time.monotonic(), self._reload_not_before_s)
        if self._model.must_learn:
            self._learn_anew()
            newest = newest or self._latest
        if newest is not None:
            self._latest = newest
            self._recommend(newest)
        for request in requests:
            if isinstance(request, Explain):
                explanation = self._model.explain(request.track_id)
                self._say(Explained(request.serial, explanation))
            elif isinstance(request, messages.AskTaste):
                self._say(messages.TasteIs(request.serial, self._model.taste()))
            elif isinstance(request, messages.AskNear):
                near = self._model.near(request.track_id, request.n)
                self._say(messages.Near(request.serial, *near))
            elif isinstance(request, messages.Relearn):
                self._say(messages.Relearnt(request.serial))
            elif isinstance(request, messages.Ping):
                self._say(messages.Pong(request.serial))

    def _recommend(self, request: Recommend) -> None:
        exclude = frozenset(request.exclude)
        try:
            rows = self._model.recommend(request.n, exclude)
        except ModelBrokenError as problem:
            log.warning("%s It learns from all events again.", problem)
            self._learn_anew()
            rows = self._model.recommend(request.n, exclude)
        self._say(NewList(request.serial, rows, self._model.note, self._model.version))
        standing = self._model.standing()
        if standing != self._standing:
            self._standing = standing
            self._say(messages.AgentIs(standing))

    def _learn_anew(self) -> None:
        words = "The recommender learns from all your plays again."
        self._say(messages.Busy(words, self._learning_s))
        self._model.learn_anew()
        self._go_by_learnt()

    def _reload(self) -> None:
        """Read the library again, and send the list that fits it."""
        began_s = time.monotonic()
        self._say(messages.Busy("", BUSY_S))
        self._model.refresh_catalogue()
        if self._sounds is not None:
            self._sounds.changed()
        if self._latest is not None:
            self._recommend(self._latest)
        now_s = time.monotonic()
        self._reload_at_s = None
        self._reload_not_before_s = now_s + RELOAD_PAUSE * (now_s - began_s)

    def _learn(self) -> None:
        """When nobody waits: begin the lesson that is due, or take over what one gave."""
        if self._study is None:
            lesson = self._model.lesson()
            self._study = Study(lesson) if lesson is not None else None
        elif self._study.is_over:
            self._model.adopt(self._study.lesson, self._study.learnt)
            self._study = None
            if self._latest is not None:
                self._recommend(self._latest)

    def _adopt(self, trained: Any) -> None:
        """Go on with what a training gave; after an error with what there was."""
        self._reading = None
        if isinstance(trained, TrainingError):
            self._say(messages.Adopted("", str(trained)))
            return
        takes = self._model.adopt_trained(trained)
        self._go_by_learnt()
        version = "" if trained is None else str(trained.version)
        self._say(messages.Adopted(version) if takes else messages.Adopted("", TAKES_NONE))
        if self._latest is not None:
            self._recommend(self._latest)

    def _go_by_learnt(self) -> None:
        if self._sounds is not None:
            self._sounds.go_by(self._model.learnt_hearing)

    def _hear(self, hearing: Hearing | None) -> None:
        """Go on with how the songs are known to sound now, and say what compares them."""
        words, songs = (hearing.model.name, len(hearing.songs)) if hearing else ("", 0)
        if hearing is not self._model.hearing:
            self._model.hear(hearing)
            if self._latest is not None:
                self._recommend(self._latest)
        self._say(messages.HearingIs(words, songs))

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
