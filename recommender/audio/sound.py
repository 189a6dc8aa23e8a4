"""What was heard of a file: hand-made features of all of it, and its log-mel spectrogram in pieces.

Needs numpy only, so that a process without torch can read it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import FloatArray

METHOD = 2
"""Raised whenever the same file would give other numbers; what was heard before is heard again."""

RATE = 22_050
"""Samples a second, one channel."""

FRAME = 1_024
"""Samples from one frame of a spectrogram to the next."""

FRAMES_PER_S = RATE / FRAME
MELS = 64
WINDOW = 64
"""Frames that the network sees at once, about three seconds."""

FLOOR_DB, STEP_DB = -100.0, 0.5
"""A spectrogram's byte `b` stands for FLOOR_DB + STEP_DB * b decibels below full scale."""

Mel = NDArray[np.uint8]


class AudioError(Exception):
    """A file that cannot be heard; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An excerpt that begins at `start_s`: `mel` has shape (frames, MELS), in steps of STEP_DB."""

    start_s: float
    mel: Mel


@dataclass(frozen=True, slots=True)
class Sound:
    """`seconds` is how long the file is, `heard_s` how much of it was heard, `hand` its hand-made
    features, (HAND,). `damage` is empty, or says in words why the rest could not be read. `apart`
    (HAND,) is how moments of it differ in their features, None where it is too short to tell."""

    seconds: float
    heard_s: float
    hand: FloatArray
    pieces: tuple[Piece, ...]
    damage: str = ""
    apart: FloatArray | None = None


def decibels(mel: Mel) -> FloatArray:
    """The levels that a spectrogram's bytes stand for, in dB, of the same shape."""
    return np.float32(FLOOR_DB) + np.float32(STEP_DB) * mel.astype(np.float32)


def in_steps(levels_db: FloatArray) -> Mel:
    """Levels in dB as a spectrogram's bytes."""
    steps: Mel = np.clip(np.rint((levels_db - FLOOR_DB) / STEP_DB), 0, 255).astype(np.uint8)
    return steps


def packed(pieces: tuple[Piece, ...]) -> bytes:
    """Pieces as bytes, for a cache; `unpacked` takes them apart again."""
    head = json.dumps([[piece.start_s, len(piece.mel)] for piece in pieces]).encode()
    body = b"".join(np.ascontiguousarray(piece.mel).tobytes() for piece in pieces)
    return struct.pack("<I", len(head)) + head + body


def unpacked(data: bytes) -> tuple[Piece, ...]:
    """What `packed` made; raises ValueError for anything else."""
    try:
        (size,) = struct.unpack_from("<I", data)
        heads = json.loads(data[4 : 4 + size])
        mel = np.frombuffer(data, np.uint8, offset=4 + size).reshape(-1, MELS)
        ends = np.cumsum([0, *(int(frames) for _, frames in heads)])
        if ends[-1] != len(mel) or (np.diff(ends) < 0).any():
            raise ValueError("it is cut off")
        return tuple(
            Piece(float(start_s), mel[first:last])
            for (start_s, _), first, last in zip(heads, ends, ends[1:], strict=False)
        )
    except (struct.error, TypeError) as error:
        raise ValueError(str(error)) from error


def content_key(path: Path) -> str:
    """A name for a file's bytes, whatever the file is called; raises OSError."""
    digest = hashlib.blake2b(digest_size=12)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
