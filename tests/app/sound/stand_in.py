"""Ears that do what the text in a file says, and write down which files they were given."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import numpy as np

from recommender.audio.sound import MELS, AudioError, Piece, Sound

GATE = ".open"
LOG = "heard.log"


def hear(path: Path, *, whole: bool = False, device: str = "cpu") -> Sound:
    with (path.parent / LOG).open("a") as log:
        log.write(f"{path.name}\n")
    words = path.read_text()
    if "gate" in words:
        wait_for(path.with_suffix(GATE))
    if "full" in words and not path.with_suffix(GATE).exists():
        let_nothing_be_written()
    if "kill" in words:
        os.kill(os.getpid(), signal.SIGKILL)
    if "vanish" in words:
        path.unlink()
    if "bug" in words:
        raise TypeError("nobody foresaw this")
    if "damaged" in words:
        raise AudioError(f"{path.name} cannot be heard: it is damaged.")
    if "odd" in words:
        raise ValueError("a frame of no samples")
    while "spin" in words:
        pass
    damage = "The end of it is missing." if "part" in words else ""
    heard_s = 180.0 if whole else 45.0
    hand = np.full(4, float(len(words)), np.float32)
    return Sound(180.0, heard_s, hand, (Piece(0.0, np.zeros((2, MELS), np.uint8)),), damage)


def let_nothing_be_written() -> None:
    """Let this process find every drive full from now on."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def wait_for(gate: Path) -> None:
    pause = threading.Event()
    while not gate.exists():
        pause.wait(0.01)
