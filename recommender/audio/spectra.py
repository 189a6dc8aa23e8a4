"""Samples to spectra: the power at each frequency, and the log-mel spectrogram, by torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from recommender.audio.sound import FLOOR_DB, FRAME, MELS, RATE
from recommender.data.arrays import FloatArray

N_FFT = 2_048
BINS = N_FFT // 2 + 1
HOP = FRAME // 2
"""Samples from one row of `Frames.power` to the next; two make a frame of the spectrogram."""

FINE_PER_S = RATE / HOP
BATCH = 256
"""Rows computed at once. Always the same number, so that no split of the samples changes a bit of
the result; small enough for the processor's cache."""


@dataclass(frozen=True, slots=True)
class Frames:
    """A stretch of a sound. `power`, (rows, BINS) every HOP samples, is 1 at a full-scale sine;
    `mel_db`, (rows / 2 rounded up, MELS) every FRAME samples, is in dB of that, FLOOR_DB at least.
    """

    power: torch.Tensor
    mel_db: torch.Tensor


class Spectra:
    """The spectra of one unbroken stretch of sound, given in blocks of any size."""

    def __init__(self, device: str = "cpu") -> None:
        window = torch.hann_window(N_FFT)
        self._window = (window * (2 / window.sum())).to(device)
        self._mel = torch.from_numpy(mel_filters()).to(device)
        self._kept = np.zeros(N_FFT - HOP + BATCH * HOP, np.float32)
        self._filled, self._nothing_yet = 0, True

    def frames(self, samples: FloatArray) -> Iterator[Frames]:
        """What is complete after these samples, (n,) at RATE, each stretch of BATCH rows."""
        at = 0
        while at < len(samples):
            some = samples[at : at + len(self._kept) - self._filled]
            self._kept[self._filled : self._filled + len(some)] = some
            self._filled, at = self._filled + len(some), at + len(some)
            if self._filled == len(self._kept):
                yield self._computed(self._kept)
                self._carry()

    def rest(self) -> Iterator[Frames]:
        """What is left at the end; a sound shorter than one row is one row. Begins anew after."""
        rows = (self._filled - N_FFT) // HOP + 1
        if rows < 1 and self._nothing_yet and self._filled:
            self._kept[self._filled :] = 0
            rows = 1
        if rows > 0:
            yield self._computed(self._kept[: N_FFT + (rows - 1) * HOP])
        self._filled, self._nothing_yet = 0, True

    def _carry(self) -> None:
        self._filled, self._nothing_yet = N_FFT - HOP, False
        self._kept[: self._filled] = self._kept[-self._filled :].copy()

    def _computed(self, samples: FloatArray) -> Frames:
        wave = torch.from_numpy(samples.copy()).to(self._window.device)
        spectrum = torch.fft.rfft(wave.unfold(0, N_FFT, HOP) * self._window)
        real, imaginary = spectrum.real, spectrum.imag
        power = real.square().addcmul_(imaginary, imaginary)
        even = len(power) // 2 * 2
        pairs = (power[:even:2] + power[1:even:2]) / 2
        if len(power) % 2:
            pairs = torch.cat([pairs, power[-1:]])
        mel = (pairs @ self._mel).clamp_(min=10 ** (FLOOR_DB / 10))
        return Frames(power, mel.log10_().mul_(10))


def mel_filters() -> FloatArray:
    """Triangles evenly spaced in mel (O'Shaughnessy 1987), each 1 at its top, (BINS, MELS)."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, MELS + 2) / 2595) - 1)
    bins = np.linspace(0, RATE / 2, BINS)[:, None]
    rising = (bins - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins) / np.diff(edges)[1:]
    filters: FloatArray = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return filters
