"""A whole player that reacts at random and says what was saved; made to be killed."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.listening.events import Recorded
from app.main import Application
from app.paths import Paths


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


class Busy:
    """Does something every few milliseconds."""

    def __init__(self, application: Application, seed: int) -> None:
        self._rng = random.Random(seed)
        self._parts = application.parts
        self._conductor = application.parts.conductor
        self._ids = [track.track_id for track in self._parts.library.tracks(range(1, 13))]
        self._conductor.queue_changed.connect(lambda rows: say(f"shown {self._queued()}"))
        self._tell_what_is_saved()
        self._timer = QTimer(interval=15)
        self._timer.timeout.connect(self._act)
        self._timer.start()

    def _act(self) -> None:
        rng, conductor = self._rng, self._conductor
        choice = rng.randrange(6)
        track_id = rng.choice(self._ids)
        if choice == 0:
            conductor.like(track_id)
        elif choice == 1:
            conductor.dislike(track_id)
        elif choice == 2:
            conductor.skip()
        elif choice == 3:
            conductor.play([track_id])
        elif choice == 4:
            conductor.undo()
        else:
            self._queue(track_id)

    def _queue(self, track_id: int) -> None:
        self._conductor.enqueue([track_id])
        queued = self._queued()
        if self._parts.listening.flush():
            say(f"saved {queued}")

    def _queued(self) -> str:
        entries = self._conductor._queue.queue.entries
        return ",".join(str(entry.entry_id) for entry in entries)

    def _tell_what_is_saved(self) -> None:
        """The recommender hears of an event when it is saved and shown; listen there."""
        autoplay = self._parts.autoplay
        observe, retract = autoplay.observe_play, autoplay.retract

        def played(recorded: Recorded) -> None:
            say(f"event {recorded.event_id} play {recorded.event.track_id}")
            observe(recorded)

        def said(recorded: Recorded) -> None:
            say(f"event {recorded.event_id} {recorded.event.kind.value} {recorded.event.track_id}")
            observe(recorded)

        def taken_back(event_id: int) -> None:
            say(f"undone {event_id}")
            retract(event_id)

        autoplay.observe_play = played
        autoplay.observe_feedback = said
        autoplay.retract = taken_back


def main() -> None:
    qt = QApplication(sys.argv[:1])
    application = Application(qt, Paths.default(), silent=True)
    application.show()
    music, seed = Path(sys.argv[1]), int(sys.argv[2])
    busy: list[Busy] = []

    def begin() -> None:
        say("ready")
        busy.append(Busy(application, seed))

    if application.parts.library.folders():
        QTimer.singleShot(200, begin)
    else:
        application.parts.scans.finished.connect(lambda report: begin())
        application.window.scanning.add_folder(music)
    qt.exec()


if __name__ == "__main__":
    main()
