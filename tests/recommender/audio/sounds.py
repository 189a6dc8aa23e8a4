"""Sounds with known causes, made in no time: spectrograms without the music."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.audio.sound import MELS, Piece, Sound, in_steps
from recommender.data.arrays import FloatArray

FRAMES = 160
CAUSES = 3


def causes(songs: int, artists: int, seed: int = 0) -> tuple[FloatArray, np.ndarray]:
    """Brightness, density and loudness of each song, from -1 to 1, (songs, CAUSES), and who it is
    by, (songs,)."""
    chance = np.random.default_rng(seed)
    by = np.arange(songs) % artists
    own = chance.uniform(-1, 1, (artists, CAUSES))[by]
    return np.clip(own + chance.normal(0, 0.3, (songs, CAUSES)), -1, 1).astype(np.float32), by


def sound(cause: FloatArray, seed: int, frames: int = FRAMES) -> Sound:
    """What a song with these causes sounds like."""
    bright, dense, loud = (float(each) for each in cause)
    chance = np.random.default_rng(seed)
    bands = np.arange(MELS)
    beats = np.arange(frames) % round(14 - 8 * dense)
    levels = (
        -50 + 8 * loud + 12 * np.exp(-(((bands - 32 - 20 * bright) / 8) ** 2))
        + 14 * np.exp(-beats / 2.0)[:, None] + chance.normal(0, 2, (frames, MELS))
    )  # fmt: skip
    mel = in_steps(levels.astype(np.float32))
    hand = np.concatenate([levels.mean(0)[::8], [levels.std()], [np.diff(levels, axis=0).std()]])
    pieces = (Piece(5.0, mel[: frames // 2]), Piece(60.0, mel[frames // 2 :]))
    return Sound(180.0, frames * 1024 / 22_050, hand.astype(np.float32), pieces)


def sounds(all_causes: FloatArray) -> list[Sound]:
    """A sound for each row."""
    return [sound(cause, number) for number, cause in enumerate(all_causes)]


def places(all_causes: FloatArray, dim: int = 8) -> FloatArray:
    """Where listeners put songs, (songs, dim): it takes what two causes are together."""
    bright, dense, loud = all_causes.T
    turn = np.random.default_rng(1).normal(size=(4, dim))
    terms = np.stack([bright, 0.5 * loud, 2.5 * bright * dense, np.ones_like(loud)], axis=1)
    return (terms @ turn).astype(np.float32)


def named(numbers: Sequence[int]) -> dict[int, str]:
    """Names of the sounds of songs with these ids."""
    return {number: f"sound {number}" for number in numbers}
