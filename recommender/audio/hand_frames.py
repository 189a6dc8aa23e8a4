"""What is measured in each frame of a spectrum by hand-made features, and what is said of it.

The measures are the field's usual ones, see Peeters, "A large set of audio features for sound
description" (IRCAM 2004), and for the contrast Jiang et al., "Music type classification by spectral
contrast feature" (ICME 2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch

from recommender.audio.sound import FLOOR_DB, MELS, RATE
from recommender.audio.spectra import BINS, N_FFT, Frames
from recommender.data.arrays import DoubleArray

SILENCE = 10 ** (FLOOR_DB / 10)
NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

MFCCS = 20
TOP = 340
"""The bins under it, up to 3.6 kHz, are where notes are told apart."""

AROUND = 10
"""A bin stands out from so many on either side."""

PER_NOTE = 3
"""Pitch classes in a semitone, for what is not tuned to 440 Hz."""

OCTAVES = (4, 8, 17, 35, 70, 140, 280, 560, BINS)
"""Bins between which contrast is measured."""

ENOUGH = 60
"""Bins of an octave that tell its contrast."""

SHAPE = ("centroid", "spread", "flatness", "roll-off 50 %", "roll-off 85 %", "roll-off 95 %",
         "loudness")  # fmt: skip
OCTAVE_NAMES = tuple(f"{RATE / N_FFT * first:.0f} Hz" for first in OCTAVES[:-1])
SERIES = (
    *(f"MFCC {number}" for number in range(MFCCS)),
    *SHAPE,
    *(f"chroma {note}" for note in NOTES),
    *(f"contrast from {name}" for name in OCTAVE_NAMES),
    *(f"valleys from {name}" for name in OCTAVE_NAMES),
)
"""What is measured in each frame."""

_SMALL = np.concatenate(
    [np.full(MFCCS, 0.1), np.full(len(SHAPE), 0.02), np.full(len(NOTES), 0.005),
     np.full(2 * len(OCTAVE_NAMES), 0.1)]
)  # fmt: skip
"""Deviations under these don't count."""

Sums = dict[str, DoubleArray]
"""Sums over frames, by name; those of two stretches of sound add up to those of both."""

WINDOW_GAIN = 1.5
"""A Hann window spreads a tone's power over bins that add up to so much."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Frames in the forms that measures need: `power` and `db` are (frames, BINS), `mel_db`
    (frames, MELS), `sharp` (frames, TOP) says by how many dB a bin stands out from those around."""

    power: torch.Tensor
    db: torch.Tensor
    mel_db: torch.Tensor
    sharp: torch.Tensor

    @classmethod
    def of(cls, frames: Frames) -> Levels:
        """The rows of the power two by two, as the spectrogram has them."""
        whole = len(frames.power) // 2 * 2
        power = (frames.power[0:whole:2] + frames.power[1:whole:2]) / 2
        if whole < len(frames.power):
            power = torch.cat([power, frames.power[-1:]])
        db = 10 * torch.log10(power + SILENCE)
        return cls(power, db, frames.mel_db, standing_out(db[:, :TOP]).relu_())


def standing_out(db: torch.Tensor) -> torch.Tensor:
    """Levels less the mean of those around, (rows, bins)."""
    bins = db.shape[1]
    reached = torch.nn.functional.pad(db.cumsum(1), (1, 0))
    places = torch.arange(bins, device=db.device)
    first, last = (places - AROUND).clamp_(min=0), (places + AROUND + 1).clamp_(max=bins)
    around = (reached[:, last] - reached[:, first]) / (last - first)
    return db - around


def series(levels: Levels, pitches: torch.Tensor) -> torch.Tensor:
    """The measures of SERIES in each frame, (frames, len(SERIES))."""
    places = _constants(str(levels.db.device))
    mfcc = levels.mel_db @ places.cosines
    chroma = pitches.view(len(pitches), len(NOTES), PER_NOTE).sum(2)
    return torch.cat([mfcc, _shape(levels, places), chroma, *_contrast(levels.db)], 1)


def pitch_classes(levels: Levels) -> torch.Tensor:
    """How what stands out is shared among pitch classes, PER_NOTE a semitone, from C on; rows add
    up to 1, or to 0 where nothing stands out, (frames, 12 * PER_NOTE)."""
    classes = levels.sharp @ _constants(str(levels.db.device)).classes
    return classes / (classes.sum(1, keepdim=True) + 1e-3)


def _shape(levels: Levels, places: _Constants) -> torch.Tensor:
    size = levels.power.sqrt()
    total, first, second = (size @ places.moments).T
    total = total + SILENCE
    centroid = first / total
    spread = (second / total - centroid.square()).clamp(min=1.0).sqrt()
    power = levels.power.sum(1)
    flatness = levels.db.mean(1) - 10 * torch.log10(power / BINS + SILENCE)
    reached = levels.power.cumsum(1)
    rolls = [(reached < share * power[:, None]).sum(1) + 1.0 for share in (0.5, 0.85, 0.95)]
    loudness = 10 * torch.log10(power / WINDOW_GAIN + SILENCE)
    logs = [torch.log(centroid + 50), torch.log(spread + 50), flatness, *map(torch.log, rolls)]
    return torch.stack([*logs, loudness], 1)


def _contrast(db: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """By how much the loudest fifth of each octave is above the faintest, and the faintest."""
    contrasts, valleys = [], []
    for first, last in pairwise(OCTAVES):
        step = max(1, (last - first) // ENOUGH)
        some = db[:, first:last:step].sort(1).values
        fifth = max(1, some.shape[1] // 5)
        valley = some[:, :fifth].mean(1)
        contrasts.append(some[:, -fifth:].mean(1) - valley)
        valleys.append(valley)
    return torch.stack(contrasts, 1), torch.stack(valleys, 1)


@dataclass(frozen=True, slots=True)
class _Constants:
    """`cosines` (MELS, MFCCS), `classes` (TOP, 12 * PER_NOTE), `moments` (BINS, 3)."""

    cosines: torch.Tensor
    classes: torch.Tensor
    moments: torch.Tensor


@cache
def _constants(device: str) -> _Constants:
    hertz = np.arange(BINS) * RATE / N_FFT
    cosines = np.cos(np.pi / MELS * np.outer(np.arange(MELS) + 0.5, np.arange(MFCCS)))
    moments = np.stack([np.ones(BINS), hertz, hertz**2], 1)
    made = (cosines * np.sqrt(2 / MELS), _class_filters(hertz[:TOP]), moments)
    return _Constants(*(torch.from_numpy(one.astype(np.float32)).to(device) for one in made))


def _class_filters(hertz: DoubleArray) -> DoubleArray:
    """To which pitch classes a bin belongs: none under 100 Hz, where bins are wider than notes."""
    pitch = 69 + 12 * np.log2(np.maximum(hertz, 1) / 440)
    classes = (np.arange(len(NOTES) * PER_NOTE) - PER_NOTE // 2) / PER_NOTE
    away = (pitch[:, None] - classes + 6) % 12 - 6
    filters: DoubleArray = np.exp(-0.5 * (away / 0.3) ** 2) * (hertz[:, None] > 100)
    filters /= np.maximum(filters.sum(1, keepdims=True), 1e-9)
    return filters


FRAME_NAMES = (
    *SERIES,
    *(f"{name}, deviation" for name in SERIES),
    *(f"{name}, change" for name in SERIES),
    *(
        f"pitch class {note} {cents:+.0f} cents"
        for note in NOTES
        for cents in 100 / PER_NOTE * (np.arange(PER_NOTE) - PER_NOTE // 2)
    ),
)


def frame_sums(levels: Levels) -> Sums:
    """Sums over frames of what is measured, of its square, and of the square of its change."""
    pitches = pitch_classes(levels)
    rows = series(levels, pitches).double()
    change = rows[1:] - rows[:-1]
    return {
        "frames": np.array([len(rows)], np.float64),
        "changes": np.array([len(change)], np.float64),
        "sum": rows.sum(0).cpu().numpy(),
        "squares": rows.square().sum(0).cpu().numpy(),
        "change": change.square().sum(0).cpu().numpy(),
        "pitches": pitches.sum(0).double().cpu().numpy(),
    }


def frame_features(sums: Sums) -> DoubleArray:
    """The means, and deviations and changes as logarithms, (len(FRAME_NAMES),)."""
    mean = sums["sum"] / sums["frames"]
    variance = np.maximum(sums["squares"] / sums["frames"] - mean**2, 0)
    change = sums["change"] / np.maximum(sums["changes"], 1)
    small = _SMALL**2
    return np.concatenate(
        [mean, np.log(variance + small) / 2, np.log(change + small) / 2,
         sums["pitches"] / sums["frames"]]
    )  # fmt: skip
