"""Onsets and tempo, by the rise of levels in bands and its autocorrelation.

See Ellis, "Beat tracking by dynamic programming" (Journal of New Music Research 2007), for the
onset strength and for the tempo that people prefer.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from recommender.audio.hand_frames import Sums
from recommender.audio.sound import MELS
from recommender.audio.spectra import FINE_PER_S, Frames, mel_filters
from recommender.data.arrays import DoubleArray, IndexArray

BANDS = 16
FAINTEST = 1e-7
"""Power, -70 dB, under which nothing is an onset."""

BLOCK = 1_024
"""Rows, about 24 s, whose rhythm is looked at together."""

NEAR, AROUND = 2, 17
"""An onset is the strongest within so many rows, and stronger than the mean within so many."""

CLEAR_DB, TIMES = 0.5, 1.3
LAGS = 96
SLOWEST, FASTEST = 30.0, 300.0
"""Beats a minute."""

TEMPI = SLOWEST * (FASTEST / SLOWEST) ** (np.arange(40) / 39)
USUAL, OCTAVES_AROUND = 120.0, 1.0
FOLLOWED = 0.8
"""A beat twice as fast, up to DOUBLED a minute, is the beat if it is as strong as this share."""

DOUBLED = 220.0

RHYTHM_NAMES = (
    "onsets a second",
    "onset strength",
    "onset strength, deviation",
    "tempo",
    "pulse",
    *(f"pulse at {tempo:.0f} a minute" for tempo in TEMPI),
    *(f"rises in band {number + 1} of {BANDS}" for number in range(BANDS)),
)


class Rhythm:
    """What is known of the rhythm of a sound that comes bit by bit."""

    def __init__(self) -> None:
        self._before: torch.Tensor | None = None
        self._waiting = np.zeros(0)
        self._sums = _nothing()

    def add(self, frames: Frames) -> Sums:
        """The next rows; the sums over these alone."""
        db = 10 * torch.log10(frames.power @ _filters(str(frames.power.device)) + FAINTEST)
        before = db[:1] if self._before is None else self._before
        self._before = db[-1:]
        rises = torch.diff(torch.cat([before, db]), dim=0).relu_()
        risen = rises.sum(0).double().cpu().numpy()
        self._sums["rises"] += risen
        strength = rises.mean(1).double().cpu().numpy()
        self._waiting = np.concatenate([self._waiting, strength])
        while len(self._waiting) >= BLOCK:
            self._sums = added(self._sums, block_sums(self._waiting[:BLOCK]))
            self._waiting = self._waiting[BLOCK:]
        return block_sums(strength) | {"rises": risen}

    def sums(self) -> Sums:
        """Sums over all rows up to now."""
        return added(self._sums, block_sums(self._waiting))


def _nothing() -> Sums:
    return {
        "rows": np.zeros(1), "onsets": np.zeros(1), "strength": np.zeros(1), "power": np.zeros(1),
        "alike": np.zeros(LAGS + 1), "pairs": np.zeros(LAGS + 1), "rises": np.zeros(BANDS),
    }  # fmt: skip


def added(one: Sums, other: Sums) -> Sums:
    """Sums of both; what is missing in one is nothing there."""
    both = one | other
    return both | {name: one[name] + other[name] for name in one.keys() & other.keys()}


def block_sums(strength: DoubleArray) -> Sums:
    """Onsets and autocorrelation of a block of onset strength, (rows,)."""
    rows = len(strength)
    if not rows:
        return _nothing()
    above = strength - strength.mean()
    size = 1 << (rows + LAGS).bit_length()
    alike = np.fft.irfft(np.abs(np.fft.rfft(above, size)) ** 2, size)[: LAGS + 1]
    return {
        "rows": np.array([float(rows)]),
        "onsets": np.array([float(len(onsets(strength)))]),
        "strength": np.array([strength.sum()]),
        "power": np.array([(strength**2).sum()]),
        "alike": alike,
        "pairs": np.maximum(rows - np.arange(LAGS + 1.0), 0),
    }


def onsets(strength: DoubleArray) -> IndexArray:
    """Rows in which something begins."""
    padded = np.pad(strength, NEAR)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEAR + 1)
    is_top = (windows.argmax(1) == NEAR) & (strength > 0)
    sums = np.cumsum(np.pad(strength, (AROUND + 1, AROUND)))
    around = (sums[2 * AROUND + 1 :] - sums[: -2 * AROUND - 1]) / (2 * AROUND + 1)
    return np.flatnonzero(is_top & (strength > TIMES * around + CLEAR_DB))


def rhythm_features(sums: Sums) -> DoubleArray:
    """The features of sums, (len(RHYTHM_NAMES),)."""
    rows = max(sums["rows"][0], 1.0)
    mean = sums["strength"][0] / rows
    deviation = np.sqrt(max(sums["power"][0] / rows - mean**2, 0.0))
    alike = autocorrelation(sums)
    beat = tempo(alike)
    lags = 60 * FINE_PER_S / TEMPI
    pulses = np.interp(lags, np.arange(LAGS + 1), alike)
    heard = [np.log(FINE_PER_S * sums["onsets"][0] / rows + 0.1), mean, np.log(deviation + 0.05),
             np.log2(beat or USUAL), pulses.max()]  # fmt: skip
    return np.concatenate([heard, pulses, np.log(sums["rises"] / rows + 0.02)])


def autocorrelation(sums: Sums) -> DoubleArray:
    """Of the onset strength, 1 at no lag, (LAGS + 1,); all 0 where nothing begins."""
    alike = sums["alike"] / np.maximum(sums["pairs"], 1)
    result: DoubleArray = alike / alike[0] if alike[0] > 1e-6 else np.zeros_like(alike)
    return result


def tempo(alike: DoubleArray) -> float:
    """Beats a minute, of an autocorrelation (LAGS + 1,); 0 where there is no beat.

    Half or double of what a listener taps is a common error: a pulse that is as strong at twice the
    tempo is taken for the beat up to DOUBLED, a faster one never is.
    """
    lags = np.arange(1, LAGS)
    tempi = 60 * FINE_PER_S / lags
    prior = np.exp(-0.5 * (np.log2(tempi / USUAL) / OCTAVES_AROUND) ** 2)
    is_top = (alike[lags] >= alike[lags - 1]) & (alike[lags] > alike[lags + 1])
    near = alike[lags - 1] + alike[lags] + alike[lags + 1]  # a lag between two rows is in both
    likely = np.where(is_top & (tempi < FASTEST), near * prior, 0)
    if likely.max() <= 0:
        return 0.0
    lag = _top(alike, int(lags[likely.argmax()]))
    half = _top(alike, round(lag / 2)) if 120 * FINE_PER_S / lag <= DOUBLED else 0.0
    if half and _at(alike, half) >= FOLLOWED * _at(alike, lag):
        lag = half
    return float(60 * FINE_PER_S / _refined(alike, lag))


def _refined(alike: DoubleArray, lag: float) -> float:
    """The lag by what is seen after as many beats as there are: the more, the finer."""
    beats = 1
    while (beats + 1) * lag < LAGS - 1:
        place = _top(alike, round((beats + 1) * lag))
        if abs(place / (beats + 1) - lag) > 0.05 * lag:
            break
        beats, lag = beats + 1, place / (beats + 1)
    return lag


def _top(alike: DoubleArray, near: int) -> float:
    """The lag of the highest place within one of `near`, between lags by a parabola."""
    at = int(np.clip(near - 1 + np.argmax(alike[near - 1 : near + 2]), 1, LAGS - 1))
    left, middle, right = alike[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return at + float(np.clip((left - right) / (2 * bend), -0.5, 0.5)) if bend < 0 else float(at)


def _at(alike: DoubleArray, lag: float) -> float:
    return float(alike[max(0, round(lag) - 1) : round(lag) + 2].max())


@cache
def _filters(device: str) -> torch.Tensor:
    grouped = mel_filters().reshape(-1, BANDS, MELS // BANDS).sum(2)
    return torch.from_numpy(grouped).to(device)
