"""Keeps a listening process at work while there is something to hear and it is wanted."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from app.background.child import Child
from app.library.errors import LibraryError
from app.sound import messages
from app.sound.process import HearJob, main
from app.sound.state import Doing, HearingState

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
"""How far apart looks at the library are while it keeps changing."""

FIRST_TOLD_S, TOLD_EVERY_S = 4.0, 20.0
"""When new sounds are told of: the first ones soon, so that an album is there at once."""

RESTART_S = (0.5, 2.0, 10.0, 30.0)
GIVE_UP = 8
"""So many processes in a row may end by themselves with nothing done in between."""

END_S = 1.0
KEEPS_STOPPING = (
    "Listening to your music stopped by itself several times in a row; the log has more. "
    "Resume it to try again."
)


@dataclass(slots=True)
class Wishes:
    """What the user wants of the listening."""

    is_on: bool = True
    is_paused: bool = False
    only_on_mains: bool = True


@dataclass(frozen=True, slots=True)
class Tools:
    """The supervisor's surroundings. `later` puts a call, from any thread, on the supervisor's;
    `told` and `heard` take how it stands, and that new sounds are kept."""

    later: Callable[[Callable[[], None]], None]
    told: Callable[[HearingState], None]
    heard: Callable[[], None]
    on_mains: Callable[[], bool]
    power_s: float


class Supervisor:
    """All calls come from one thread; after each of them `settle` does what is due."""

    def __init__(self, job: HearJob, tools: Tools) -> None:
        self.wishes = Wishes()
        self._job, self._tools = job, tools
        self._child: Child[HearJob] | None = None
        self._reader: threading.Thread | None = None
        self._last: messages.Ended | messages.Troubled | None = None
        self._is_due = self._has_more = self._is_at_work = False
        self._is_told_to_pause, self._is_on_mains = False, True
        self._look_s = self._begin_s = self._power_s = 0.0
        self._looks = self._deaths = self._done = 0
        self._kept = self._kept_told = 0
        self._heard_s: float | None = None
        self._is_fresh = True
        self._suspects: set[str] = set()
        self._state = self._shown = HearingState()

    @property
    def pid(self) -> int | None:
        """The process, None while there is none."""
        return None if self._child is None else self._child.pid

    def look(self) -> None:
        """Other files may be there than before."""
        self._is_due = True

    def retry(self) -> None:
        """Forget what went wrong, and blame no file for it."""
        if self._state.trouble and self._child is None:
            self._release()
        self._deaths, self._begin_s, self._look_s, self._is_due = 0, 0.0, 0.0, True
        self._state = replace(self._state, trouble="")

    def set_only_on_mains(self, is_only: bool) -> None:
        """Stand still while the machine runs on its battery, which is looked at now."""
        self.wishes.only_on_mains, self._power_s = is_only, 0.0

    def set_whole(self, is_whole: bool) -> None:
        """Hear songs as a whole, or excerpts of them, from the next one on."""
        self._job = replace(self._job, is_whole=is_whole)
        self._send(messages.Whole(is_whole))

    def settle(self) -> float | None:
        """Do what is due; gives in how many seconds something will be, None for never."""
        now_s = time.monotonic()
        if self._is_due and now_s >= self._look_s:
            self._look(now_s)
        if self._is_wanted and now_s >= self._power_s:
            self._power_s = now_s + self._tools.power_s
            self._is_on_mains = not self.wishes.only_on_mains or self._tools.on_mains()
        self._steer(now_s)
        if self._heard_s is not None and now_s >= self._heard_s:
            self._tell_heard()
        self._show()
        return self._wait_s(now_s)

    def end(self) -> None:
        """End the process; what it has in hand is begun again some day, and not blamed for it."""
        child = self._child
        if child is not None:
            self._send(messages.Cancel())
            if self._drop(child):
                self._release()
            self._is_due = True

    @property
    def _is_wanted(self) -> bool:
        return self._has_more or self._is_at_work

    @property
    def _may(self) -> bool:
        wishes = self.wishes
        has_power = self._is_on_mains or not wishes.only_on_mains
        return wishes.is_on and not wishes.is_paused and has_power and not self._state.trouble

    def _wait_s(self, now_s: float) -> float | None:
        times = [] if self._heard_s is None else [self._heard_s]
        if self._is_due:
            times.append(self._look_s)
        if self._is_wanted and self.wishes.only_on_mains:
            times.append(self._power_s)
        if self._has_more and self._child is None and self._may:
            times.append(self._begin_s)
        return max(0.0, min(times) - now_s) if times else None

    def _steer(self, now_s: float) -> None:
        """Begin, pause or end the process, as is wanted now."""
        may = self._may
        if self._child is None:
            if may and self._has_more and now_s >= self._begin_s:
                self._begin()
        elif not self.wishes.is_on:
            self.end()
        elif may is self._is_told_to_pause:
            self._is_told_to_pause = not may
            self._send(messages.Resume() if may else messages.Pause())

    def _look(self, now_s: float) -> None:
        """Let the process look at the library, or see whether one is needed."""
        self._is_due, self._look_s, self._is_fresh = False, now_s + LOOK_EVERY_S, True
        if self._child is not None:
            self._looks += 1
            self._send(messages.Look(self._looks))
            return
        self._count()

    def _count(self) -> None:
        from app.sound import inventory  # it imports numpy

        try:
            with inventory.opened(self._job.database, self._job.store) as library:
                counts, self._suspects = inventory.count(library), inventory.suspects(library)
        except (LibraryError, sqlite3.Error, OSError) as problem:
            self._fail(str(problem))
            return
        self._has_more = counts.missing > 0
        self._state = replace(
            self._state, heard=counts.heard, total=counts.total, problems=counts.problems
        )

    def _release(self) -> None:
        """Acquit what a process had in hand that did not put it down in time."""
        from recommender.audio.store import SoundStore

        try:
            with SoundStore(self._job.store) as store:
                for content in store.suspects() - self._suspects:
                    store.release(content)
        except (sqlite3.Error, OSError) as problem:
            log.warning("What was in hand is not put down: %s", problem)

    def _begin(self) -> None:
        self._child = child = Child(main, self._job, "segue-listen")
        self._last, self._looks, self._kept, self._kept_told = None, 0, 0, 0
        self._is_told_to_pause, self._is_at_work, self._is_fresh = False, True, True
        try:
            child.start()
        except OSError as problem:
            self._child, self._is_at_work = None, False
            self._fail(f"Listening to your music could not be started: {problem}.")
            return
        self._reader = threading.Thread(
            target=self._read, args=(child,), name="listening-words", daemon=True
        )
        self._reader.start()

    def _read(self, child: Child[HearJob]) -> None:
        """On a thread of its own: pass on what the process says."""
        try:
            while True:
                word = messages.decode_word(child.pipe.recv_bytes())
                self._tools.later(partial(self._on_word, child, word))
        except (EOFError, OSError):
            log.debug("The listening process has ended.")
        except messages.MessageError as problem:
            log.error("The listening process said something unreadable: %s", problem)
        self._tools.later(partial(self._on_gone, child))

    def _send(self, order: object) -> None:
        if self._child is not None:
            with suppress(OSError):  # a process that is gone says so by itself
                self._child.pipe.send_bytes(messages.encode(order))

    def _on_word(self, child: Child[HearJob], word: messages.Word) -> None:
        if child is not self._child:
            return
        if isinstance(word, messages.Progressed):
            self._progress(word)
        elif isinstance(word, messages.Rested):
            self._is_at_work = self._has_more = False
            self._tell_heard()
        elif isinstance(word, messages.Ended | messages.Troubled):
            self._last = word

    def _progress(self, word: messages.Progressed) -> None:
        self._is_at_work, self._kept = True, word.kept
        self._state = replace(
            self._state,
            heard=word.heard,
            total=word.total,
            problems=word.problems,
            current=word.current,
            left_s=word.left_s,
        )
        if self._kept > self._kept_told and self._heard_s is None:
            wait_s = FIRST_TOLD_S if self._is_fresh else TOLD_EVERY_S
            self._heard_s = time.monotonic() + wait_s

    def _on_gone(self, child: Child[HearJob]) -> None:
        if child is not self._child:
            return
        self._drop(child)
        last = self._last
        if isinstance(last, messages.Troubled):
            self._release()
            self._fail(last.text)
        elif last is None:
            self._count_death()
        elif last.again or last.looked < self._looks:
            self._is_due, self._look_s = True, 0.0

    def _drop(self, child: Child[HearJob]) -> bool:
        """Let go of a process; says whether it had to be killed."""
        was_killed = child.end(END_S)
        if self._reader is not None:
            self._reader.join(END_S)
            if not self._reader.is_alive():
                child.close()
        self._child, self._is_at_work, self._has_more = None, False, False
        self._tell_heard()
        return was_killed

    def _count_death(self) -> None:
        """Begin another process soon, unless none of the last ones got anything done."""
        self._count()
        done = self._state.heard + self._state.problems
        self._deaths = self._deaths + 1 if done <= self._done else 1
        self._done = done
        if self._deaths >= GIVE_UP:
            self._fail(KEEPS_STOPPING)
            return
        wait_s = RESTART_S[min(self._deaths, len(RESTART_S)) - 1]
        log.warning("The listening process is gone; the next begins in %g s.", wait_s)
        self._begin_s = time.monotonic() + wait_s

    def _fail(self, words: str) -> None:
        log.warning("Listening stands still: %s", words)
        self._has_more = False
        self._state = replace(self._state, trouble=words)

    def _tell_heard(self) -> None:
        self._heard_s = None
        if self._kept > self._kept_told:
            self._kept_told, self._is_fresh = self._kept, False
            self._tools.heard()

    def _show(self) -> None:
        doing = self._doing()
        if doing is not Doing.LISTENING:
            self._state = replace(self._state, current="", left_s=None)
        self._state = replace(self._state, doing=doing)
        if self._state != self._shown:
            self._shown = self._state
            self._tools.told(self._state)

    def _doing(self) -> Doing:
        if not self.wishes.is_on:
            return Doing.OFF
        if self._state.trouble:
            return Doing.TROUBLE
        if self.wishes.is_paused:
            return Doing.PAUSED
        if not self._is_wanted:
            return Doing.RESTING
        return Doing.LISTENING if self._may else Doing.ON_BATTERY
