"""A signal without Qt: the parts below the window tell each other what happened through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")

Post = Callable[[Callable[[], None]], None]
"""Runs a function soon on the window's thread. May be called from any thread."""


class Signal(Generic[P]):
    """Calls every connected function, in the order of connection, in the emitter's thread."""

    def __init__(self) -> None:
        self._receivers: list[Callable[P, object]] = []

    def connect(self, receiver: Callable[P, object]) -> None:
        """Call `receiver` on each emission from now on."""
        self._receivers.append(receiver)

    def disconnect(self, receiver: Callable[P, object]) -> None:
        """Stop calling `receiver`; raises ValueError if it was not connected."""
        self._receivers.remove(receiver)

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Tell all receivers."""
        for receiver in tuple(self._receivers):
            receiver(*args, **kwargs)
