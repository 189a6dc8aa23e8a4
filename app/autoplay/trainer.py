"""Lets the list learn from many plays at once, when nobody is disturbed, and keeps what came."""

from __future__ import annotations

import logging
import queue
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from app.autoplay import train_messages as messages
from app.autoplay import training_times
from app.autoplay.forgetting import Forgettings
from app.autoplay.train_process import TrainJob
from app.autoplay.training_run import TrainingRun
from app.library.errors import LibraryError
from app.signals import Post, Signal
from recommender.training.versions import Report, Version, Versions

log = logging.getLogger(__name__)

TICK_S = 30.0
DAMAGED = "What was learnt last is damaged, so the version before it is in use."
UNUSED = (
    "Nothing was learnt: another model makes your list, and would not use it. "
    "Choose Segue's own model in the settings, then learn."
)


class TrainerState(Enum):
    """What the trainer does now."""

    RESTING = "resting"
    RUNNING = "running"
    PAUSED = "paused"


class Trainer:
    """Used on the window's thread; every call returns at once, every signal comes through `post`.

    Files and processes are looked after by a thread of its own. A training that is killed, fails
    or is cancelled changes nothing; it is tried again at the next start, or on request.
    """

    def __init__(
        self, database: Path, folder: Path, post: Post, *,
        options: dict[str, Any] | None = None, stands_back: bool = True,
        sounds: Path | None = None,
    ) -> None:  # fmt: skip
        """`folder` is for the versions; `options` are the net's, beside its usual ones; `sounds`
        is what was heard of the library's files."""
        self.progress: Signal[[messages.Progressed]] = Signal()
        self.state: Signal[[TrainerState]] = Signal()
        self.finished: Signal[[bool, str]] = Signal()
        """Whether a new version is in use, and in words what came of the training."""
        self.version_changed: Signal[[str]] = Signal()
        """The folder of the version that is in use from now on, empty for none."""
        self.anew_changed: Signal[[bool]] = Signal()
        """What `is_anew` says from now on."""
        self._versions = Versions(folder)
        self._forgettings = Forgettings(database, self._versions)
        self._database, self._post = database, post
        self._job = TrainJob(database, folder, "auto", options or {}, stands_back, sounds)
        self._is_automatic = self._is_used = True
        self._dropped, self._is_anew = 0, False
        self._now = TrainerState.RESTING
        self._known: tuple[Version, ...] = ()
        self._current: Version | None = None
        self._touched_s = time.monotonic()
        self._has_tried = self._is_closed = False
        self._run: TrainingRun | None = None
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="trainer", daemon=True)

    @property
    def doing(self) -> TrainerState:
        """What it does now."""
        return self._now

    @property
    def pid(self) -> int | None:
        """The training's process, None while there is none."""
        return None if self._run is None else self._run.pid

    def start(self) -> None:
        """Tell the version in use, and train by itself from now on whenever that is due."""
        self._thread.start()
        self._tasks.put(self._look)

    def set_device(self, device: str) -> None:
        """Train on `auto`, `cpu`, `cuda` or `mps` from the next time on."""
        self._job = replace(self._job, device=device)

    def set_automatic(self, is_automatic: bool) -> None:
        """Train by itself, or on request only."""
        self._is_automatic = is_automatic

    def set_used(self, is_used: bool) -> None:
        """Whether the model that makes the list takes over what is trained; if not, none is
        begun."""
        self._is_used = is_used

    @property
    def begins(self) -> bool:
        """Whether it trains by itself whenever that is due."""
        return self._is_automatic and self._is_used

    @property
    def is_used(self) -> bool:
        """Whether the model that makes the list takes over what is trained."""
        return self._is_used

    @property
    def is_anew(self) -> bool:
        """Whether a training is due because something was forgotten, or came back, since the last
        one."""
        return self._is_anew

    def start_now(self) -> None:
        """Train at once, whether it is due or not; a training under way goes on."""
        if not self._is_used:
            self.finished.emit(False, UNUSED)
        elif self._now is TrainerState.RESTING:
            self._tasks.put(self._train)
        else:
            self.resume()

    def pause(self) -> None:
        """Stand still until `resume`, or until the player ends."""
        self._order(messages.Pause())

    def resume(self) -> None:
        """Go on after a pause."""
        self._order(messages.Resume())
        if self._now is TrainerState.PAUSED:
            self._set_state(TrainerState.RUNNING)

    def cancel(self) -> None:
        """End the training under way; what was in use stays."""
        self._order(messages.Cancel())

    def touched(self) -> None:
        """Somebody did something, or the list changed: wait a while before training."""
        self._touched_s = time.monotonic()

    def versions(self) -> tuple[Version, ...]:
        """What was kept of trainings, the newest first."""
        return self._known

    def current(self) -> Version | None:
        """The version in use, None for none."""
        return self._current

    @property
    def dropped(self) -> int:
        """The number of the latest version that is gone since it held what was forgotten, or 0."""
        return self._dropped

    def reconsider(self) -> None:
        """Something was forgotten, or came back: what was trained without knowing that is dropped,
        a training under way ends, and a new one is due."""
        self.cancel()
        self._tasks.put(self._reconsider)

    def go_back(self) -> None:
        """Put the version before the one in use in its place, or none before the first."""
        self._tasks.put(lambda: self._change(self._versions.back))

    def use(self, version: Version | None) -> None:
        """Put one of `versions` in use, or none."""
        self._tasks.put(lambda: self._change(partial(self._versions.use, version)))

    def forget_all(self) -> None:
        """Delete all that trainings have learnt."""
        self.cancel()
        self._tasks.put(lambda: self._change(self._delete))

    def reject(self, trouble: str) -> None:
        """The version in use cannot be read: go back to the one before it."""
        log.warning("%s", trouble)
        self._tasks.put(lambda: self._change(self._versions.back))
        self.finished.emit(False, DAMAGED)

    def close(self) -> None:
        """End at once."""
        self._is_closed = True
        run = self._run
        if run is not None:
            run.kill()
        self._tasks.put(None)
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _order(self, order: messages.Order) -> None:
        run = self._run
        if run is not None:
            run.order(order)

    # From here on the trainer's own thread, but for what goes through `_tell`.

    def _work(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=TICK_S)
            except queue.Empty:
                task = self._train_if_due
            if task is None:
                return
            task()

    def _tell(self, call: Callable[[], None]) -> None:
        """Call on the window's thread."""
        self._post(lambda: None if self._is_closed else call())

    def _look(self) -> None:
        """See which versions there are and may be used, and tell the one in use."""
        is_anew = self._forgettings.leave_out()
        known, current = tuple(self._versions.all()), self._versions.current()
        dropped = self._versions.reckoned().dropped

        def show() -> None:
            has_changed, turned = current != self._current, is_anew != self._is_anew
            self._known, self._current = known, current
            self._dropped, self._is_anew = dropped, is_anew
            if has_changed:
                self.version_changed.emit("" if current is None else str(current.folder))
            if turned:
                self.anew_changed.emit(is_anew)

        self._tell(show)

    def _reconsider(self) -> None:
        self._has_tried = False
        self._look()

    def _change(self, change: Callable[[], object]) -> None:
        try:
            change()
        except OSError as problem:
            words = f"The version could not be changed: {problem.strerror or problem}."
            self._tell(lambda: self.finished.emit(False, words))
        self._look()

    def _delete(self) -> None:
        if self._versions.folder.exists():
            shutil.rmtree(self._versions.folder)

    def _train_if_due(self) -> None:
        is_idle = time.monotonic() - self._touched_s >= training_times.IDLE_S
        if not is_idle or self._has_tried or not self.begins or self._is_closed:
            return
        latest = self._versions.latest()
        try:
            read_to = latest.read_to if latest else 0
            counted = training_times.count(self._database, read_to, self._job.sounds)
        except (sqlite3.Error, LibraryError) as problem:
            log.warning("Whether a training is due could not be found out: %s", problem)
            return
        if training_times.is_due(counted, latest, time.time(), self._forgettings.leave_out()):
            self._train()

    def _train(self) -> None:
        """Run a training to its end; one that gives nothing is not tried again by itself."""
        if self._is_closed:
            return
        self._has_tried = True
        self._run = run = TrainingRun(self._job)
        if self._is_closed:
            return
        self._tell(partial(self._set_state, TrainerState.RUNNING))
        last = self._follow(run)
        self._run = None
        self._look()
        self._tell(partial(self._set_state, TrainerState.RESTING))
        if isinstance(last, messages.Done):
            self._has_tried = False
            self._tell(partial(self.finished.emit, last.taken, last.text))
        elif isinstance(last, messages.Failed):
            log.warning("The training: %s", last.text)
            self._tell(partial(self.finished.emit, False, last.text))

    def _follow(self, run: TrainingRun) -> messages.Word | None:
        """Run a training; one that is done knows of all that was forgotten before it began."""
        forgotten = self._forgettings.latest()
        try:
            last = run.follow(self._heard)
        except OSError as problem:
            return messages.Failed(f"The training could not be started: {problem}.")
        if isinstance(last, messages.Done):
            self._forgettings.reckon(forgotten)
        return last

    def _heard(self, word: messages.Word) -> None:
        if isinstance(word, messages.Paused):
            self._tell(partial(self._set_state, TrainerState.PAUSED))
        elif isinstance(word, messages.Progressed):
            self._tell(partial(self._show, word))

    def _show(self, progress: messages.Progressed) -> None:
        if self._now is not TrainerState.PAUSED:
            self.progress.emit(progress)

    def _set_state(self, state: TrainerState) -> None:
        if state is not self._now:
            self._now = state
            self.state.emit(state)


def words_of(report: Report) -> str:
    """`1,204 plays, 0.171 in the last week (0.168 before)`: what a version is, but for its time."""
    plays = f"{report.plays:,} {'play' if report.plays == 1 else 'plays'}"
    if not report.after.plays:
        return plays
    return f"{plays}, {report.after.mrr:.3f} in the last week ({report.before.mrr:.3f} before)"
