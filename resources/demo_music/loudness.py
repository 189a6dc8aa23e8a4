"""How loud a track sounds, after ITU-R BS.1770, and the ReplayGain that follows from it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resources.demo_music.dsp import RATE, Sound

REFERENCE_LUFS = -18.0
BLOCK = round(0.4 * RATE)


@dataclass(frozen=True, slots=True)
class Gain:
    """A ReplayGain pair: what to add in dB, and the highest sample."""

    gain_db: float
    peak: float


@dataclass(frozen=True, slots=True)
class Loudness:
    """The energy of each 0.4 s block of a track, weighted as the ear does, and its peak."""

    blocks: NDArray[np.float64]
    peak: float

    @classmethod
    def of(cls, sound: Sound) -> Loudness:
        """Measure a stereo track."""
        count = sound.shape[1] // BLOCK
        blocks = sound[:, : count * BLOCK].reshape(2, count, BLOCK)
        power = np.abs(np.fft.rfft(blocks, axis=2)) ** 2 @ _ear()
        return cls(power.sum(axis=0).astype(np.float64), float(np.abs(sound).max()))

    @property
    def lufs(self) -> float:
        """The integrated loudness, with both gates."""
        return _gated(self.blocks)

    @property
    def gain(self) -> Gain:
        """The track's ReplayGain."""
        return Gain(REFERENCE_LUFS - self.lufs, self.peak)


def album_gain(tracks: Sequence[Loudness]) -> Gain:
    """The ReplayGain of an album as a whole."""
    blocks = np.concatenate([track.blocks for track in tracks])
    return Gain(REFERENCE_LUFS - _gated(blocks), max(track.peak for track in tracks))


def _gated(blocks: NDArray[np.float64]) -> float:
    level = -0.691 + 10 * np.log10(np.maximum(blocks, 1e-12))
    kept = blocks[level > -70]
    if not kept.size:
        return -70.0
    relative = -0.691 + 10 * np.log10(kept.mean()) - 10
    kept = blocks[level > max(-70.0, relative)]
    return float(-0.691 + 10 * np.log10(kept.mean()))


@functools.cache
def _ear() -> NDArray[np.float32]:
    """The weight of each bin of a block's power: a shelf for the head, a cut for the lows."""
    hz = np.fft.rfftfreq(BLOCK, 1 / RATE)
    s = 1j * np.maximum(hz, 1e-3)
    shelf_hz, cut_hz = 1682.0, 38.135
    height = 10 ** (4.0 / 20)
    shelf = (height * s**2 + np.sqrt(height) / 0.7072 * shelf_hz * s + shelf_hz**2) / (
        s**2 + shelf_hz / 0.7072 * s + shelf_hz**2
    )
    cut = s**2 / (s**2 + cut_hz / 0.5003 * s + cut_hz**2)
    weight = np.abs(shelf * cut) ** 2 * 2 / BLOCK**2
    weight[0] = 0
    return np.asarray(weight, np.float32)
