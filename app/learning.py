"""What the window shows and settles of learning, answered by the parts of the player.

The exchange of files is imported when it is wanted: the start of the window does not wait for it.
"""

from __future__ import annotations

import platform
import shutil
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.autoplay.client import AutoplayClient
from app.autoplay.trainer import Trainer, TrainerState
from app.conductor.interface import Conductor
from app.library.errors import LibraryError
from app.signals import Post, Signal
from app.ui.learning_source import LearningState, Told
from app.ui.taste_source import DeliverTaste
from recommender.api import Scope
from recommender.training.versions import Version

if TYPE_CHECKING:
    from app.listening.exchange import Contents


DROPPED = (
    "What was trained is dropped, and no version is left to go back to: it had learnt what you "
    "let Segue forget."
)
NONE_BEFORE = "The versions before it are dropped: they had learnt what you let Segue forget."
NOT_USED = "Nothing that was trained is in use. Press “Learn now” to train anew."
UNUSED = "Another model makes your list, so nothing is trained now."


class PlayerTaste:
    """The Taste page's source."""

    def __init__(self, autoplay: AutoplayClient, conductor: Conductor, trainer: Trainer) -> None:
        self.changed: Signal[[]] = Signal()
        self._autoplay, self._conductor, self._trainer = autoplay, conductor, trainer
        conductor.history_changed.connect(self.changed.emit)
        conductor.undo_changed.connect(self.changed.emit)
        autoplay.status_changed.connect(lambda status: self.changed.emit())
        autoplay.adopted.connect(lambda version, trouble: self.changed.emit())
        trainer.version_changed.connect(lambda folder: self.changed.emit())

    def ask_taste(self, deliver: DeliverTaste) -> None:
        """Ask what the model believes."""
        self._autoplay.ask_taste(deliver)

    def map_folder(self) -> Path | None:
        """The folder of the version in use, which holds the map."""
        version = self._trainer.current()
        return version.folder if version is not None else None

    def correct(self, scope: Scope, name: str, value: float) -> None:
        """Say more or less of something for good."""
        self._conductor.correct(scope, name, value)
        self.changed.emit()

    def forget(self, scope: Scope, name: str) -> None:
        """Let it count no longer."""
        self._conductor.forget(scope, name)
        self.changed.emit()

    def learn_now(self) -> None:
        """Train at once."""
        self._trainer.start_now()


class PlayerLearning:
    """The source of the settings of learning. Files are read and written on threads of their own,
    one at a time."""

    def __init__(
        self,
        database: Path,
        post: Post,
        autoplay: AutoplayClient,
        trainer: Trainer,
        library_changed: Callable[[], object],
    ) -> None:
        """`library_changed` is called when other plays and likes are there than before."""
        self.changed: Signal[[]] = Signal()
        self._database, self._post = database, post
        self._autoplay, self._trainer = autoplay, trainer
        self._library_changed = library_changed
        self._at_work = threading.Lock()
        trainer.state.connect(lambda state: self.changed.emit())
        trainer.finished.connect(lambda taken, words: self.changed.emit())
        trainer.version_changed.connect(lambda folder: self.changed.emit())
        trainer.anew_changed.connect(lambda is_anew: self.changed.emit())
        autoplay.model_changed.connect(lambda words: self.changed.emit())

    @property
    def state(self) -> LearningState:
        """How learning stands."""
        trainer = self._trainer
        now, known = trainer.current(), trainer.versions()
        training = trainer.doing is not TrainerState.RESTING
        if now is None:
            version = NOT_USED if known else LearningState().version
            if trainer.dropped and not known:
                version = DROPPED
            return LearningState(self._with_next(version), is_training=training)
        before = next((each for each in known if each.number < now.number), None)
        words = f"Before it: {_words(before)}" if before else "Before it nothing was trained."
        if before is None and trainer.dropped and now.number == trainer.dropped + 1:
            words = NONE_BEFORE
        return LearningState(
            self._with_next(f"In use: {_words(now)}"), words, training, can_go_back=True
        )

    def _with_next(self, words: str) -> str:
        """The words, and when it learns the next time if there is something to say of it."""
        trainer = self._trainer
        if not trainer.is_used:
            return f"{words} {UNUSED}"
        if not trainer.is_anew or trainer.doing is not TrainerState.RESTING:
            return words
        why = "since what you let it forget has changed"
        if trainer.begins:
            return f"{words} It learns anew when nobody is disturbed, {why}."
        return f"{words} Press “Learn now” to let it learn anew, {why}."

    def devices(self) -> frozenset[str]:
        """What this machine seems to have; whether torch can use it shows when it trains."""
        here = {"auto", "cpu"}
        if shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists():
            here.add("cuda")
        if sys.platform == "darwin" and platform.machine() == "arm64":
            here.add("mps")
        return frozenset(here)

    def set_device(self, device: str) -> None:
        """Train there from the next time on."""
        self._trainer.set_device(device)

    def set_automatic(self, is_automatic: bool) -> None:
        """Train by itself, or on request only."""
        self._trainer.set_automatic(is_automatic)

    def learn_now(self) -> None:
        """Train at once."""
        self._trainer.start_now()

    def go_back(self) -> None:
        """Put the version before in use."""
        self._trainer.go_back()

    def reset(self) -> None:
        """Drop trained versions and checkpoints, and learn anew from the events."""
        self._trainer.forget_all()
        self._autoplay.relearn()

    def export(self, target: Path, told: Told) -> None:
        """Write everything learned into a file."""

        def write() -> Callable[[], None]:
            from app.listening import exchange

            number = exchange.export(self._database, target, datetime.now(UTC))
            return lambda: told(f"{number:,} events are in {target.name}.")

        self._beside(write, told)

    def look_into(self, source: Path, deliver: Callable[[Contents], None], told: Told) -> None:
        """Count what a file would bring."""

        def read() -> Callable[[], None]:
            from app.listening import exchange

            contents = exchange.look_into(self._database, source)
            return lambda: deliver(contents)

        self._beside(read, told)

    def bring_in(self, source: Path, told: Told) -> None:
        """Take in what is new in a file, and learn anew."""

        def take() -> Callable[[], None]:
            from app.listening import exchange

            contents = exchange.bring_in(self._database, source)
            return lambda: self._brought_in(contents, told)

        self._beside(take, told)

    def _brought_in(self, contents: Contents, told: Told) -> None:
        self._autoplay.relearn()
        self._trainer.reconsider()
        self._library_changed()
        told(f"{contents.new:,} events were added; Segue learns from them now.")

    def _beside(self, work: Callable[[], Callable[[], None]], told: Told) -> None:
        """Do slow work on a thread; what it gives, or what went wrong in words, comes back."""

        def run() -> None:
            from app.listening.exchange import ExchangeError

            with self._at_work:
                try:
                    done = work()
                except (ExchangeError, LibraryError) as problem:
                    words = str(problem)
                    self._post(lambda: told(words))
                    return
            self._post(done)

        threading.Thread(target=run, name="exchange", daemon=True).start()


def _words(version: Version) -> str:
    """`the version of 12 March, from 1,204 plays; 43 % in the first ten (41 % before).`"""
    report = version.report
    made = datetime.fromtimestamp(report.at_s, UTC).astimezone()
    words = f"the version of {made.day} {made:%B %H:%M}, from {report.plays:,} plays"
    if not report.after.plays:
        return f"{words}."
    return (
        f"{words}; {report.after.hr_10:.0%} of the latest week's songs were in its first ten"
        f" ({report.before.hr_10:.0%} before)."
    )
