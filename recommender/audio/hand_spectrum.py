"""What hand-made features say of a sound as a whole: its mean spectrum, the levels between which
it moves, and how fast it moves.

The last are fluctuation patterns, see Pampalk, Rauber, Merkl, "Content-based organization and
visualization of music archives" (ACM Multimedia 2002).
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import torch

from recommender.audio.hand_frames import AROUND, Levels, Sums, standing_out
from recommender.audio.sound import FLOOR_DB, FRAMES_PER_S, MELS, RATE
from recommender.audio.spectra import BATCH, BINS, N_FFT
from recommender.data.arrays import DoubleArray

FINE = (4, 260)
"""Bins, 43 Hz to 2.8 kHz, whose mean level is told from those around: tuning, and held notes."""

COARSE = 64
"""Bands of the same width whose mean level is told: recording, mastering, and instruments."""

PARTS = 16
"""Groups of mel bands whose levels are counted."""

QUANTILES = (0.1, 0.5, 0.9)
STEP_DB, STEPS = 2.0, 60

MOVING = 8
"""Groups of mel bands whose movement is measured."""

BLOCK = BATCH // 2
RHYTHMS = (1, 2, 3, 5, 8, 12, 20, 36, BLOCK // 2 + 1)
"""Movements are summed between these frequencies, in units of one in BLOCK frames."""


def _hertz(bins: float) -> str:
    return f"{bins * RATE / N_FFT:.0f} Hz"


SPECTRUM_NAMES = (
    *(f"tone at {_hertz(number)}" for number in range(*FINE)),
    *(f"level from {_hertz(number * (BINS - 1) / COARSE)}" for number in range(COARSE)),
    *(
        f"mel bands {4 * number + 1} to {4 * number + 4}, {share:.0%} are fainter"
        for share in QUANTILES
        for number in range(PARTS)
    ),
    *(
        f"mel bands {8 * number + 1} to {8 * number + 8}, movement from "
        f"{first * FRAMES_PER_S / BLOCK:.1f} Hz"
        for number in range(MOVING)
        for first in RHYTHMS[:-1]
    ),
)


def spectrum_sums(levels: Levels) -> Sums:
    """Sums over frames of levels, counts of them, and sums over blocks of their movement."""
    parts = levels.mel_db.view(-1, PARTS, MELS // PARTS).mean(2)
    steps = ((parts - FLOOR_DB) / STEP_DB).long().clamp_(0, STEPS - 1)
    steps += STEPS * torch.arange(PARTS, device=steps.device)
    counts = torch.bincount(steps.flatten(), minlength=PARTS * STEPS)
    moved = movement(levels.mel_db.view(-1, MOVING, MELS // MOVING).mean(2))
    return {
        "db": levels.db.sum(0).double().cpu().numpy(),
        "counts": counts.double().cpu().numpy(),
        "movement": moved.double().cpu().numpy() * len(parts),
    }


def movement(rows: torch.Tensor) -> torch.Tensor:
    """How strongly levels (frames, k) move at RHYTHMS, as mean squares in dB, (k, rhythms)."""
    window = _window(len(rows), str(rows.device))
    waves = (rows - rows.mean(0)) * window[:, None]
    spectrum = torch.fft.rfft(waves, BLOCK, dim=0).abs().square() / (BLOCK * window.sum())
    return torch.stack([spectrum[first:last].sum(0) for first, last in pairwise(RHYTHMS)], 1)


@cache
def _window(frames: int, device: str) -> torch.Tensor:
    return torch.hann_window(frames + 2, periodic=False)[1:-1].to(device)


def spectrum_features(sums: Sums, frames: float) -> DoubleArray:
    """The features of sums over so many frames, (len(SPECTRUM_NAMES),)."""
    db = sums["db"] / frames
    first, last = FINE
    fine = standing_out(torch.from_numpy(db[None, : last + AROUND]))[0, first:last].numpy()
    coarse = db[: BINS - 1].reshape(COARSE, -1).mean(1)
    levels = _quantiles(sums["counts"].reshape(PARTS, STEPS))
    moved = np.log(sums["movement"] / frames + 0.01)
    return np.concatenate([fine, coarse - coarse.mean(), levels.ravel(), moved.ravel()])


def _quantiles(counts: DoubleArray) -> DoubleArray:
    """Levels in dB under which the shares of QUANTILES lie, (quantiles, PARTS)."""
    reached = np.cumsum(counts, 1) / counts.sum(1, keepdims=True)
    before = np.concatenate([np.zeros((len(counts), 1)), reached[:, :-1]], 1)
    rows = np.arange(len(counts))
    levels = []
    for share in QUANTILES:
        step = (reached < share).sum(1)
        low, high = before[rows, step], reached[rows, step]
        levels.append(FLOOR_DB + STEP_DB * (step + (share - low) / (high - low)))
    return np.stack(levels)
