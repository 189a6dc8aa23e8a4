"""What the settings of learning need to know and to do, whoever answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.signals import Signal

if TYPE_CHECKING:
    from app.listening.exchange import Contents

DEVICE_KEY, AUTOMATIC_KEY = "training/device", "training/automatic"
DEVICES = (
    ("auto", "Automatic"),
    ("cpu", "Processor (CPU)"),
    ("cuda", "Nvidia graphics (CUDA)"),
    ("mps", "Apple graphics (MPS)"),
)

Told = Callable[[str], None]
"""Takes a sentence for the user."""


@dataclass(frozen=True, slots=True)
class LearningState:
    """How learning stands: a sentence on the version in use, one on the version before it (empty
    for none), and whether a training is under way."""

    version: str = "Nothing was trained yet."
    before: str = ""
    is_training: bool = False
    can_go_back: bool = False


class Learning(Protocol):
    """All calls and signals on the window's thread; every call returns at once."""

    changed: Signal[[]]
    """`state` tells something else than before."""

    @property
    def state(self) -> LearningState:
        """How it stands."""

    def devices(self) -> frozenset[str]:
        """The devices of DEVICES that are on this machine."""

    def set_device(self, device: str) -> None:
        """Train there from the next time on."""

    def set_automatic(self, is_automatic: bool) -> None:
        """Train by itself, or on request only."""

    def learn_now(self) -> None:
        """Train at once."""

    def go_back(self) -> None:
        """Put the version before in place of the one in use."""

    def reset(self) -> None:
        """Drop all that was learnt, and learn anew from the plays."""

    def export(self, target: Path, told: Told) -> None:
        """Write everything learned into a file, and say what came of it."""

    def look_into(self, source: Path, deliver: Callable[[Contents], None], told: Told) -> None:
        """Count what a file would bring, or say why it cannot be read."""

    def bring_in(self, source: Path, told: Told) -> None:
        """Take in what is new in a file, learn anew, and say what came of it."""
