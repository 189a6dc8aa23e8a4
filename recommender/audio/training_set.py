"""What a network learns from: stretches of spectrograms, hand-made features, and what is wanted.

Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.audio.sound import MELS, WINDOW, Mel, Piece, Sound
from recommender.data.arrays import BoolArray, FloatArray, IndexArray

STRETCH = 2 * WINDOW
"""Frames that are kept together, so that a window may begin anywhere in their first half."""

MOST_BYTES = 400 << 20
LEAST_STRETCHES, MOST_STRETCHES = 4, 16


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Songs that were heard. `stretches` (stretches, STRETCH, MELS) are bytes of spectrograms,
    those of song `i` from `bounds[i]` to `bounds[i + 1]`, at least one.

    `hands` is (songs, HAND), `targets` (songs, dim) with a row of zeros where nothing is known,
    `groups` (songs,) numbers artists, `tags` (songs, tags) holds 1 where a tag is the song's.
    """

    hands: FloatArray
    stretches: Mel
    bounds: IndexArray
    targets: FloatArray
    groups: IndexArray
    tags: FloatArray

    def __len__(self) -> int:
        return len(self.hands)

    @classmethod
    def of(
        cls,
        sounds: Iterable[Sound],
        targets: FloatArray,
        groups: Sequence[int] | IndexArray,
        tags: FloatArray | None = None,
        most: int = MOST_STRETCHES,
    ) -> TrainingSet:
        """A set of sounds, each with some frames, in the order of targets, groups and tags."""
        hands, parts = [], []
        for sound in sounds:
            hands.append(sound.hand)
            parts.append(stretches_of(sound.pieces, most))
        return cls.joined(np.stack(hands), parts, targets, groups, tags)

    @classmethod
    def joined(
        cls,
        hands: FloatArray,
        parts: Sequence[Mel],
        targets: FloatArray,
        groups: Sequence[int] | IndexArray,
        tags: FloatArray | None = None,
    ) -> TrainingSet:
        """A set whose songs' stretches are given one by one."""
        none = np.zeros((len(hands), 0), np.float32)
        return cls(
            np.asarray(hands, np.float32),
            np.concatenate(parts),
            np.cumsum([0, *map(len, parts)]),
            np.asarray(targets, np.float32),
            np.asarray(groups, np.int64),
            none if tags is None else np.asarray(tags, np.float32),
        )

    @property
    def known(self) -> BoolArray:
        """The songs whose target is known, (songs,)."""
        found: BoolArray = np.abs(self.targets).max(1, initial=0.0) > 0
        return found

    def select(self, places: IndexArray) -> TrainingSet:
        """These songs alone, in the given order."""
        counts = np.diff(self.bounds)[places]
        bounds = np.concatenate([[0], np.cumsum(counts)])
        rows = np.repeat(self.bounds[places] - bounds[:-1], counts) + np.arange(bounds[-1])
        return TrainingSet(
            self.hands[places], self.stretches[rows], bounds, self.targets[places],
            self.groups[places], self.tags[places],
        )  # fmt: skip


def room_for(songs: int, most_bytes: int = MOST_BYTES) -> tuple[int, int]:
    """How many of so many songs fit, and how many stretches of each."""
    fitting = most_bytes // (STRETCH * MELS)
    kept = min(songs, max(1, fitting // LEAST_STRETCHES))
    return kept, int(np.clip(fitting // max(kept, 1), 1, MOST_STRETCHES))


def stretches_of(pieces: Sequence[Piece], most: int = MOST_STRETCHES) -> Mel:
    """Evenly spread stretches, (at most `most`, STRETCH, MELS); a short piece is repeated."""
    places = [
        (piece.mel, first)
        for piece in pieces
        if len(piece.mel)
        for first in spread(len(piece.mel), STRETCH, STRETCH)
    ]
    if not places:
        return np.zeros((0, STRETCH, MELS), np.uint8)
    chosen = np.unique(np.linspace(0, len(places) - 1, most).astype(int))
    return np.stack([filled(mel, first, STRETCH) for mel, first in map(places.__getitem__, chosen)])


def spread(frames: int, size: int, hop: int) -> list[int]:
    """Where stretches of `size` frames, about `hop` apart, begin so that they cover all frames.

    >>> spread(130, 64, 64)
    [0, 33, 66]
    """
    count = 1 + max(0, -(-(frames - size) // hop))
    return [int(first) for first in np.linspace(0, max(0, frames - size), count)]


def filled(mel: Mel, first: int, size: int) -> Mel:
    """`size` frames from `first` on, (size, MELS), repeated where there are fewer."""
    part = mel[first : first + size]
    return part if len(part) == size else np.resize(part, (size, mel.shape[1]))
