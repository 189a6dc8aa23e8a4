"""The way from a process in the background to the player: words out, orders in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from app.background.orders import Cancel, Pause, Resume


class CancelledError(Exception):
    """The player wants the work to end, or is gone."""


class Wire:
    """Orders are read by a thread of their own; without a player the process ends at once, or
    after `grace_s`, for what it has in hand, whatever it is doing."""

    def __init__(
        self,
        pipe: Connection,
        encode: Callable[[object], bytes],
        decode: Callable[[bytes], object],
        *,
        other: Callable[[object], None] | None = None,
        grace_s: float = 0.0,
    ) -> None:
        """`other` is told, on that thread, of every order but Pause, Resume and Cancel."""
        self._pipe, self._encode, self._decode = pipe, encode, decode
        self._other, self._grace_s = other, grace_s
        self._change = threading.Condition()
        self._is_paused = self._is_cancelled = False
        self._number = 0
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    @property
    def is_paused(self) -> bool:
        """Whether the work is to stand still; raises CancelledError when it is to end."""
        with self._change:
            if self._is_cancelled:
                raise CancelledError
            return self._is_paused

    def say(self, word: object) -> None:
        """Send one word; raises CancelledError when nobody is there."""
        try:
            self._pipe.send_bytes(self._encode(word))
        except (BrokenPipeError, ConnectionResetError) as gone:
            raise CancelledError from gone

    def obey(self, paused: object, limit_s: float | None = None) -> bool:
        """Say `paused` and stand still during a pause, or so long of it; False when there is none.
        Raises CancelledError."""
        if not self.is_paused:
            return False
        self.say(paused)
        with self._change:
            self._change.wait_for(lambda: self._is_cancelled or not self._is_paused, limit_s)
            if self._is_cancelled:
                raise CancelledError
        return True

    @property
    def orders(self) -> int:
        """How many orders have come."""
        with self._change:
            return self._number

    def wait(self, limit_s: float, orders: int) -> bool:
        """Stand still until other than so many `orders` have come, or so long; says whether any
        came."""
        with self._change:
            return self._change.wait_for(lambda: self._number != orders, limit_s)

    def _read(self) -> None:
        while True:
            try:
                order = self._decode(self._pipe.recv_bytes())
            except (EOFError, OSError):
                self._leave()
            with self._change:
                if isinstance(order, Cancel):
                    self._is_cancelled = True
                elif isinstance(order, Pause | Resume):
                    self._is_paused = isinstance(order, Pause)
                elif self._other is not None:
                    self._other(order)
                self._number += 1
                self._change.notify_all()

    def _leave(self) -> None:
        with self._change:
            self._is_cancelled = True
            self._number += 1
            self._change.notify_all()
        threading.Event().wait(self._grace_s)
        os._exit(1)
