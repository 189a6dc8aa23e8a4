"""A network that listens, read with numpy alone.

The recommender's process hears a new song now and then: importing torch for that would cost it
seconds at every start, in which it could not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import as_strided

from recommender.audio.hearing import ByHand
from recommender.audio.net_options import NetShape
from recommender.audio.ridge import Ridge, standardised
from recommender.audio.sound import WINDOW, Mel, Piece, decibels
from recommender.audio.store import SoundStore
from recommender.audio.targets import directions
from recommender.audio.training_set import filled, spread
from recommender.data.arrays import FloatArray
from recommender.vectors import files

KIND = "a network"
HAND = "hand"
MOST_WINDOWS = 32
"""So many windows of a song tell how it sounds, however long it is."""

LEARNT = 0.6
"""What the learnt part of two songs' likeness weighs; the rest is how near they sound."""

STRIDE, SPREAD_FLOOR = 2, 1e-4
SEED_WIDTH, SEED_POOLS = 4, (4, 2)

SONGS_AT_ONCE = 16

Arrays = Mapping[str, FloatArray]
Read = Callable[[Mel], FloatArray]
"""Turns windows (n, WINDOW, MELS) into what is kept of each, (n, kept)."""


@dataclass(frozen=True, slots=True)
class NetSteps:
    """The arithmetic of a network: `arrays` are weights by name, the inputs of each first."""

    shape: NetShape
    arrays: Arrays

    def windows(self, mel: Mel) -> FloatArray:
        """Windows (n, WINDOW, MELS) to what is kept of each, (n, kept)."""
        held = self.arrays
        x = (decibels(mel) - held["mel_mean"]) / held["mel_spread"]
        return self._seed(x) if self.shape.kind == "seed" else self._sound(x)

    def song(self, heard: FloatArray, hands: FloatArray) -> FloatArray:
        """The mean over windows (songs, kept) and hand-made features (songs, HAND) to targets,
        (songs, dim)."""
        if self.shape.kind == "seed":
            return heard
        held = self.arrays
        rows = standardised(hands, held["hand_mean"], held["hand_spread"])
        both = np.concatenate([heard, _relu(self._dense("hand", rows))], axis=1)
        hidden = _relu(self._dense("joint", both))
        places = self.ridge.predict(hands) + held["scale"] * self._dense("correction", hidden)
        logs = held["length_mean"] + held["length_spread"] * self._dense("length", hidden)
        result: FloatArray = directions(places) * np.exp(logs)
        return result

    @property
    def ridge(self) -> Ridge:
        """What the network corrects."""
        names = ("ridge_mean", "ridge_spread", "ridge_weight", "ridge_offset")
        return Ridge(*(self.arrays[name] for name in names))

    def _sound(self, x: FloatArray) -> FloatArray:
        for number in range(len(self.shape.channels)):
            x = _relu(self._convolved(f"down{number}", x, STRIDE))
            x = _relu(x + self._convolved(f"beside{number}", x))
        deviation = np.sqrt(x.var(axis=1) + np.float32(SPREAD_FLOOR))
        pooled = np.concatenate([x.mean(axis=1), x.max(axis=1), deviation], axis=1)
        return _relu(self._dense("window", pooled))

    def _seed(self, x: FloatArray) -> FloatArray:
        for name, pool in zip(("first", "second"), SEED_POOLS, strict=True):
            x = _relu(self._convolved(name, x, padded=False))
            count = x.shape[1] // pool
            x = x[:, : count * pool].reshape(len(x), count, pool, -1).max(axis=2)
        flat = x.transpose(0, 2, 1).reshape(len(x), -1)
        return self._dense("factors", _relu(self._dense("dense", flat)))

    def _dense(self, name: str, x: FloatArray) -> FloatArray:
        result: FloatArray = x @ self.arrays[f"{name}.weight"] + self.arrays[f"{name}.bias"]
        return result

    def _convolved(
        self, name: str, x: FloatArray, stride: int = 1, *, padded: bool = True
    ) -> FloatArray:
        """(n, time, inputs) to (n, later time, outputs)."""
        weight = self.arrays[f"{name}.weight"]  # (width * inputs, outputs)
        count, _, inputs = x.shape
        width = len(weight) // inputs
        side = width // 2 if padded else 0
        x = np.ascontiguousarray(np.pad(x, ((0, 0), (side, side), (0, 0))))
        times = (x.shape[1] - width) // stride + 1
        by_song, by_time, by_input = x.strides
        seen = as_strided(
            x, (count, times, width, inputs), (by_song, by_time * stride, by_time, by_input)
        )
        flat = seen.reshape(count * times, width * inputs)
        result: FloatArray = flat @ weight + self.arrays[f"{name}.bias"]
        return result.reshape(count, times, -1)


@dataclass(frozen=True, slots=True)
class HeardNet:
    """A network and the hand-made features beside it, as the recommender uses them."""

    name: str
    steps: NetSteps
    hand: ByHand

    def vectors(self, store: SoundStore, contents: Sequence[str]) -> tuple[list[str], FloatArray]:
        """What the network foretells of the songs that were heard, beside how they sound, in rows
        of length 1."""
        return self.vectors_by(self.steps.windows, store, contents)

    def vectors_by(
        self, read: Read, store: SoundStore, contents: Sequence[str]
    ) -> tuple[list[str], FloatArray]:
        """`vectors`, with the windows read by something else."""
        found, targets = self.targets(store, contents, read)
        by_hand, rows = self.hand.vectors(store, found)
        place_of = {content: place for place, content in enumerate(by_hand)}
        return found, both(targets, rows[[place_of[content] for content in found]])

    def targets(
        self, store: SoundStore, contents: Sequence[str], read: Read | None = None
    ) -> tuple[list[str], FloatArray]:
        """Where listening would put the songs that were heard, as the network foretells it,
        (found, dim); the longer a row, the more played."""
        heard = dict(heard_by(read or self.steps.windows, store, contents))
        named, hands = store.hands(list(heard))
        if not named:
            return [], np.zeros((0, self.steps.shape.dim), np.float32)
        return named, self.steps.song(np.stack([heard[content] for content in named]), hands)

    def save(self, folder: Path) -> None:
        """Write weights, shape and name, and the hand-made features' space."""
        config = {"name": self.name, "shape": self.steps.shape.as_dict()}
        files.write(folder, KIND, dict(self.steps.arrays), config)
        self.hand.save(folder / HAND)

    @classmethod
    def load(cls, folder: Path) -> HeardNet:
        """Read what `save` wrote; raises CheckpointError in words."""
        config, arrays = files.read(folder, KIND)
        with files.in_words(folder):
            shape = NetShape.of(config["shape"])
            steps = NetSteps(shape, arrays)
            kept = steps.windows(np.zeros((1, WINDOW, len(arrays["mel_mean"])), np.uint8))
            steps.song(kept, np.zeros((1, shape.hand), np.float32))
            return cls(str(config["name"]), steps, ByHand.load(folder / HAND))


def heard_by(
    read: Read, store: SoundStore, contents: Sequence[str]
) -> Iterator[tuple[str, FloatArray]]:
    """The mean over each song's windows, (kept,), a few songs at a time."""
    wanted = store.pieces(contents)
    while some := [(name, windows_of(pieces)) for name, pieces in islice(wanted, SONGS_AT_ONCE)]:
        there = [(name, windows) for name, windows in some if len(windows)]
        if not there:
            continue
        kept = read(np.concatenate([windows for _, windows in there]))
        ends = np.cumsum([len(windows) for _, windows in there])
        for (name, _), rows in zip(there, np.split(kept, ends[:-1]), strict=True):
            yield name, rows.mean(axis=0)


def both(targets: FloatArray, beside: FloatArray) -> FloatArray:
    """What is foretold and how it sounds as one row of length 1 a song, (songs, dim + dim)."""
    parts = [np.sqrt(LEARNT) * directions(targets), np.sqrt(1 - LEARNT) * beside]
    return directions(np.concatenate(parts, axis=1).astype(np.float32))


def windows_of(pieces: Sequence[Piece], most: int = MOST_WINDOWS) -> Mel:
    """Windows that cover the pieces, evenly spread, (at most `most`, WINDOW, MELS)."""
    places = placed(pieces, WINDOW)
    if not places:
        return np.zeros((0, WINDOW, 0), np.uint8)
    chosen = np.unique(np.linspace(0, len(places) - 1, most).astype(int))
    return np.stack([
        filled(pieces[piece].mel, first, WINDOW) for piece, first in map(places.__getitem__, chosen)
    ])  # fmt: skip


def placed(pieces: Sequence[Piece], hop: int) -> list[tuple[int, int]]:
    """Where windows about `hop` frames apart begin: which piece, and which frame of it."""
    return [
        (number, first)
        for number, piece in enumerate(pieces)
        if len(piece.mel)
        for first in spread(len(piece.mel), WINDOW, hop)
    ]


def _relu(x: FloatArray) -> FloatArray:
    result: FloatArray = np.maximum(x, np.float32(0))
    return result
