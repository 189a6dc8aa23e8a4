"""One training in a process of its own, from its start to its end, followed by one thread."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable

from app.autoplay import train_messages as messages
from app.autoplay.train_process import TrainJob, main
from app.background.child import Child

log = logging.getLogger(__name__)

POLL_S = 0.1
EXIT_S = 5.0
"""How long a process that has said its last word may take to end."""

BROKE_OFF = "The training stopped before its end. Nothing is lost; the next one begins anew."


class TrainingRun:
    """`follow` runs the process and returns its last word; the other calls may come from any
    thread."""

    def __init__(self, job: TrainJob) -> None:
        self._orders: queue.SimpleQueue[messages.Order | None] = queue.SimpleQueue()
        self._child = Child(main, job, "segue-train")
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The process, None before it runs."""
        return self._child.pid

    def order(self, order: messages.Order) -> None:
        """Tell the process something, soon."""
        self._orders.put(order)

    def kill(self) -> None:
        """End the process at once; what was in use stays."""
        self._orders.put(None)

    def follow(self, heard: Callable[[messages.Word], None]) -> messages.Word | None:
        """Run the process; `heard` gets each word but the last. None for one that was cancelled.

        Raises OSError when no process can be started.
        """
        self._child.start()
        try:
            return self._listen(heard)
        except (EOFError, OSError, messages.MessageError) as problem:
            log.warning("The training's process is gone: %s", problem)
            return None if self._is_closed else messages.Failed(BROKE_OFF)
        finally:
            self._child.end(0 if self._is_closed else EXIT_S)
            self._child.close()

    def _listen(self, heard: Callable[[messages.Word], None]) -> messages.Word | None:
        while True:
            while not self._orders.empty():
                order = self._orders.get()
                if order is None or isinstance(order, messages.Cancel):
                    self._is_closed = True
                    return None
                self._child.pipe.send_bytes(messages.encode(order))
            if not self._child.pipe.poll(POLL_S):
                continue
            word = messages.decode_word(self._child.pipe.recv_bytes())
            if isinstance(word, messages.Done | messages.Failed):
                return word
            heard(word)
