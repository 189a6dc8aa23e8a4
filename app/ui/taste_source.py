"""What the Taste page needs to know and to do, whoever answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.signals import Signal
from recommender.api import Scope, Taste

DeliverTaste = Callable[[Taste | None], None]


class TasteSource(Protocol):
    """All calls and signals on the window's thread; every call returns at once."""

    changed: Signal[[]]
    """A play, a word of the listener or a training changed what is believed."""

    def ask_taste(self, deliver: DeliverTaste) -> None:
        """Ask what the model believes; None while it is away or where it holds no beliefs."""

    def map_folder(self) -> Path | None:
        """Where the map of the version in use is kept, None when there is none."""

    def correct(self, scope: Scope, name: str, value: float) -> None:
        """Say more (to 1) or less (to -1) of something for good; 0 takes the word back."""

    def forget(self, scope: Scope, name: str) -> None:
        """Let the model learn as if this had never been played; can be undone."""

    def learn_now(self) -> None:
        """Train on what there is, beside the music."""


class NoTaste:
    """The source of a window without a recommender."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()

    def ask_taste(self, deliver: DeliverTaste) -> None:
        """There is nothing to tell."""
        deliver(None)

    def map_folder(self) -> Path | None:
        """There is no map."""
        return None

    def correct(self, scope: Scope, name: str, value: float) -> None:
        """Nobody listens."""

    def forget(self, scope: Scope, name: str) -> None:
        """Nobody listens."""

    def learn_now(self) -> None:
        """Nobody learns."""
