"""What the listening process does: one file after the other, each kept as soon as it was heard."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from app.background.wire import Wire
from app.library.errors import explain
from app.sound import inventory, messages
from app.sound.inventory import Counts, Wanted
from app.sound.process import Asked, HearJob
from app.sound.workers import Outcome, Workers
from recommender.audio.sound import Sound
from recommender.audio.store import SoundStore

log = logging.getLogger(__name__)

POLL_S = 0.1
PROGRESS_S = 0.2
PAUSE_S = 3.0
"""How long what is in hand may go on after a pause was asked for."""

FIRST_GUESS = 3
"""So many sounds tell how long the rest takes."""

SONG_S = 60.0
TOO_LONG = "Listening to this file takes too long, so it is left out."


class Listening:
    """Runs on the process's main thread, which alone writes what was heard.

    What ended the process before is heard last, with nothing beside it.
    """

    def __init__(self, job: HearJob, wire: Wire, asked: Asked, workers: Workers) -> None:
        """Raises OSError when the store cannot be used."""
        self._job, self._wire, self._asked, self._workers = job, wire, asked, workers
        self._store = SoundStore(job.store)
        self._queue: deque[Wanted] = deque()
        self._suspects: deque[Wanted] = deque()
        self._is_suspect_in_hand = self._was_mended = False
        self._looked = -1
        self._counts = Counts()
        self._kept, self._current = 0, ""
        self._done_work, self._left_work = 0.0, 0.0
        self._spent_s, self._next_s = 0.0, 0.0

    def run(self) -> messages.Ended:
        """Listen until nothing is left; raises CancelledError, LibraryError, sqlite3.Error or
        OSError."""
        try:
            while True:
                try:
                    if (end := self._turn()) is not None:
                        return end
                except sqlite3.OperationalError:
                    self._tell(at_once=True)
                    raise
                except sqlite3.DatabaseError as damage:
                    self._mend(damage)
        finally:
            with suppress(sqlite3.Error):
                self._release(self._workers.in_hand())
            self._store.close()

    def _turn(self) -> messages.Ended | None:
        """Do the next thing; the last word when it is the last."""
        orders = self._wire.orders
        if self._wire.is_paused and not self._pause():
            return messages.Ended(self._looked, again=True)
        if self._asked.look != self._looked or self._store.is_gone:
            self._look()
        self._begin_some()
        if not self._workers.in_hand():
            return None if self._rest(orders) else messages.Ended(self._looked)
        self._tell()
        self._take()
        return messages.Ended(self._looked, again=True) if self._has_stuck() else None

    def _has_stuck(self) -> bool:
        """Whether a thread is lost to a file. One that has merely waited is tried once more."""
        if (stuck := self._workers.spinning()) is not None:
            self._store.refuse(stuck.content, TOO_LONG)
        else:
            stuck = self._workers.hanging()
        if stuck is not None:
            self._workers.put_down(stuck)
        return stuck is not None

    def _mend(self, damage: sqlite3.DatabaseError) -> None:
        """What is kept is damaged: begin it anew, once."""
        if self._was_mended:
            raise damage
        log.warning("What was heard is damaged (%s) and is begun anew.", damage)
        self._was_mended, self._looked = True, -1
        self._store.start_anew()

    def _look(self) -> None:
        """See what there is to hear."""
        looked = self._asked.look
        if self._store.is_gone:
            self._store.close()
            self._store = SoundStore(self._job.store)
        suspects, in_hand = self._store.suspects(), self._workers.in_hand()
        try:
            with inventory.opened(self._job.database, self._job.store) as library:
                self._counts = inventory.count(library)
                found = [each for each in inventory.wanted(library) if each.content not in in_hand]
        except sqlite3.Error as problem:
            raise explain(problem, self._job.database) from problem
        self._queue = deque(each for each in found if each.content not in suspects)
        self._suspects = deque(each for each in found if each.content in suspects)
        self._looked, self._left_work = looked, sum(map(self._work, found))
        self._next_s = 0.0

    def _begin_some(self) -> None:
        while self._queue and not self._is_suspect_in_hand and not self._workers.is_busy:
            self._begin(self._queue.popleft())
        while self._suspects and not self._workers.in_hand():
            self._is_suspect_in_hand = self._begin(self._suspects.popleft())

    def _begin(self, wanted: Wanted) -> bool:
        self._left_work -= self._work(wanted)
        if not self._store.begin(wanted.content):
            self._count(wanted, heard=False, has_problem=True)
            return False
        self._current = wanted.title
        self._workers.give(wanted, whole=self._asked.is_whole)
        return True

    def _take(self) -> bool:
        """Keep what came of the next one, if it comes soon."""
        began_s = time.monotonic()
        done = self._workers.take(POLL_S)
        if done is not None:
            self._keep(*done)
        self._spent_s += time.monotonic() - began_s
        return done is not None

    def _keep(self, wanted: Wanted, outcome: Outcome) -> None:
        content = wanted.content
        if isinstance(outcome, Sound):
            self._store.put(content, outcome)
            self._kept += 1
            self._count(wanted, heard=True, has_problem=bool(outcome.damage))
        elif outcome is not None:
            self._store.refuse(content, outcome)
            self._count(wanted, heard=False, has_problem=True)
        else:
            self._store.release(content)
        self._workers.put_down(wanted)
        self._is_suspect_in_hand = False
        self._done_work += self._work(wanted)

    def _count(self, wanted: Wanted, *, heard: bool, has_problem: bool) -> None:
        tracks, counts = len(wanted.files), self._counts
        self._counts = Counts(
            counts.total, counts.heard + heard * tracks, counts.problems + has_problem * tracks
        )

    def _pause(self) -> bool:
        """Put down what is in hand and stand still; False when the process had better end, as one
        of the two takes long."""
        until_s = time.monotonic() + PAUSE_S
        while self._workers.in_hand():
            if not self._take() and time.monotonic() > until_s:
                return False
        self._tell(at_once=True)
        self._wire.obey(messages.Paused(), self._job.linger_s)
        return not self._wire.is_paused

    def _rest(self, orders: int) -> bool:
        """Wait a while for more to hear; says whether the player asked for something."""
        self._store.forget_others()
        self._tell(at_once=True)
        self._wire.say(messages.Rested())
        return self._wire.wait(self._job.linger_s, orders)

    def _release(self, contents: Iterable[str]) -> None:
        for content in contents:
            self._store.release(content)

    def _work(self, wanted: Wanted) -> float:
        """About how much there is to do for a sound, beside other sounds."""
        return 1.0 + self._asked.is_whole * wanted.seconds / SONG_S

    def _tell(self, *, at_once: bool = False) -> None:
        """Tell how far it is, a few times a second."""
        now_s = time.monotonic()
        if now_s < self._next_s and not at_once:
            return
        self._next_s = now_s + PROGRESS_S
        left_s = None
        if self._kept >= FIRST_GUESS:
            left_s = self._spent_s / self._done_work * max(0.0, self._left_work)
        counts = self._counts
        current = self._current if self._workers.in_hand() else ""
        self._wire.say(
            messages.Progressed(
                counts.heard, counts.total, counts.problems, self._kept, current, left_s
            )
        )
