"""A ledger of changes, so that what an event did can be taken back to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Ledger:
    """Writes into arrays and remembers what stood there before."""

    def __init__(self, keep: bool = True) -> None:
        """With `keep` false nothing is remembered, which is right for history read in bulk."""
        self._keep = keep
        self._undo: list[tuple[object, str, Any, Any]] = []
        self._calls: dict[int, Callable[[], None]] = {}

    def put(self, owner: object, name: str, index: Any, value: Any) -> None:
        """Set `owner.name[index] = value`; the array is looked up by name since it may grow."""
        array = getattr(owner, name)
        if self._keep:
            self._undo.append((owner, name, index, np.copy(array[index])))
        array[index] = value

    def assign(self, owner: object, name: str, value: Any) -> None:
        """Set the attribute `owner.name = value`; the old value must not be changed in place."""
        if self._keep:
            self._undo.append((owner, name, None, getattr(owner, name)))
        setattr(owner, name, value)

    def on_undo(self, call: Callable[[], None]) -> None:
        """Run `call` at this place of the order when the changes are taken back."""
        if self._keep:
            self._calls[len(self._undo)] = call
            self._undo.append((self, "", None, None))

    def undo(self) -> None:
        """Take every change back, latest first."""
        for number in range(len(self._undo) - 1, -1, -1):
            owner, name, index, old = self._undo[number]
            if number in self._calls:
                self._calls[number]()
            elif index is None:
                setattr(owner, name, old)
            else:
                getattr(owner, name)[index] = old
        self._undo.clear()
        self._calls.clear()
