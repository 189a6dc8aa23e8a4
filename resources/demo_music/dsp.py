"""Oscillators, envelopes, filters, reverb and the mixing desk. Mono is `(n,)`, stereo `(2, n)`."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE = 44100
"""Samples a second, everywhere in this package."""

Sound = NDArray[np.float32]
Gain = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A filter: from frequencies in Hz to the gain at each."""

TABLE = 4096
PEAK = 0.84
"""The highest sample of a finished track, with room for what lossy formats overshoot."""


def samples(seconds: float) -> int:
    """How many samples a time takes."""
    return round(seconds * RATE)


def table(partials: NDArray[np.float64]) -> Sound:
    """One cycle of a wave from the amplitudes of its partials, 1 at its peak."""
    spectrum = np.zeros(TABLE // 2 + 1, np.complex128)
    count = min(len(partials), TABLE // 4)
    spectrum[1 : count + 1] = -1j * partials[:count]
    wave = np.fft.irfft(spectrum)
    return np.asarray(wave / np.abs(wave).max(), np.float32)


def saw(frequency_hz: float, cutoff_hz: float, resonance: float = 0.0) -> Sound:
    """A saw wave for this pitch behind a low-pass filter with an optional peak at its cutoff."""
    number = np.arange(1, max(2, int(min(16000, RATE * 0.45) / frequency_hz)) + 1)
    place = number * frequency_hz / cutoff_hz
    gain = 1 / np.sqrt(1 + place**6) + resonance * np.exp(-((np.log2(place)) ** 2) * 6)
    return table(np.asarray(gain / number, np.float64))


def pulse(frequency_hz: float, duty: float) -> Sound:
    """A pulse wave of a console's sound chip, without aliases."""
    number = np.arange(1, max(2, int(15000 / frequency_hz)) + 1)
    return table(np.sin(np.pi * number * duty) / number)


def triangle() -> Sound:
    """A stepped triangle, the bass of an old console."""
    ramp = np.abs(np.linspace(-2, 2, TABLE, endpoint=False)) - 1
    return np.asarray(np.round(ramp * 7.5) / 7.5, np.float32)


def tone(
    wave: Sound,
    frequency_hz: float,
    seconds: float,
    vibrato: tuple[float, float, float] = (0.0, 0.0, 0.0),
    phase: float = 0.0,
) -> Sound:
    """A wave at a pitch. `vibrato` is its rate in Hz, its depth as a ratio, and its delay in s."""
    time = np.arange(samples(seconds), dtype=np.float64) / RATE
    cycles = time * frequency_hz + phase
    rate_hz, depth, delay_s = vibrato
    if depth:
        grow = np.clip((time - delay_s) * 3, 0, 1)
        cycles -= (
            grow * np.cos(2 * np.pi * rate_hz * time) * (frequency_hz * depth / rate_hz / 6.283)
        )
    return np.take(wave, (cycles * TABLE).astype(np.int64) & (TABLE - 1))


def envelope(
    count: int, attack_s: float, release_s: float, decay_s: float = 0.0, sustain: float = 1.0
) -> Sound:
    """A rise, a fall to the sustained level, and a release that ends on silence."""
    shape = np.ones(count, np.float32)
    if decay_s:
        time = np.arange(count, dtype=np.float32) / np.float32(RATE * decay_s)
        shape = np.float32(sustain) + np.float32(1 - sustain) * np.exp(-time)
    rise, fall = min(count, samples(attack_s)), min(count, samples(release_s))
    if rise:
        shape[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    if fall:
        shape[count - fall :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall, dtype=np.float32))
    return shape


def noise(rng: np.random.Generator, seconds: float) -> Sound:
    """White noise."""
    return rng.standard_normal(samples(seconds), dtype=np.float32)


def filtered(sound: Sound, gain: Gain) -> Sound:
    """The sound through a filter given as a function from frequency in Hz to gain."""
    size = _smooth(sound.shape[-1])
    spectrum = np.fft.rfft(sound, size)
    hz = np.asarray(np.fft.rfftfreq(size, 1 / RATE), np.float64)
    spectrum *= gain(hz).astype(np.float32)
    return np.asarray(np.fft.irfft(spectrum, size)[..., : sound.shape[-1]], np.float32)


def low_pass(cutoff_hz: float) -> Gain:
    """A gain for `filtered` that keeps what lies below."""
    return lambda hz: 1 / np.sqrt(1 + (hz / cutoff_hz) ** 6)


def high_pass(cutoff_hz: float) -> Gain:
    """A gain for `filtered` that keeps what lies above."""
    return lambda hz: 1 / np.sqrt(1 + (cutoff_hz / np.maximum(hz, 1)) ** 6)


def band(low_hz: float, high_hz: float) -> Gain:
    """A gain for `filtered` that keeps what lies between."""
    return lambda hz: low_pass(high_hz)(hz) * high_pass(low_hz)(hz)


def pluck(
    rng: np.random.Generator, frequency_hz: float, seconds: float, bright: float, ring_s: float
) -> Sound:
    """A plucked string: a burst of noise that goes round a delay line and loses its edge.

    All rounds are computed at once, as powers of what one round does to the spectrum.
    """
    exact = RATE / frequency_hz
    period = int(exact)
    burst = rng.uniform(-1, 1, period).astype(np.float32)
    for _ in range(round(6 * (1 - bright)) + 1):
        burst = np.float32(0.5) * (burst + np.roll(burst, 1))
    burst -= 0.8 * np.roll(burst, max(1, round(period * 0.13)))
    rounds = samples(seconds) // period + 2
    number = np.arange(period // 2 + 1)
    wood = 1 / (1 + (number * frequency_hz / (350 + 1500 * bright)) ** 2)
    loss = np.cos(np.pi * number / period * 0.6) * 10 ** (-3 / (ring_s * frequency_hz))
    spectra = np.fft.rfft(burst) * wood * loss ** np.arange(rounds)[:, None]
    string = np.fft.irfft(spectra, period, axis=1).reshape(-1)
    wanted = np.arange(samples(seconds)) * (period / exact)
    wanted = wanted[wanted < len(string) - 2]
    whole = wanted.astype(np.int64)
    part = wanted - whole
    plucked = string[whole] * (1 - part) + string[whole + 1] * part
    return np.asarray(plucked / np.abs(plucked).max(), np.float32)


class Desk:
    """Places sounds in time and between the ears, and sends some of each into a room."""

    def __init__(self, seconds: float) -> None:
        self.dry: Sound = np.zeros((2, samples(seconds)), np.float32)
        self.send: Sound = np.zeros(samples(seconds), np.float32)

    def add(
        self, sound: Sound, at_s: float, gain: float = 1.0, pan: float = 0.0, send: float = 0.0
    ) -> None:
        """Add a mono sound. `pan` goes from -1 (left) to 1 (right)."""
        start = samples(at_s)
        sound = sound[: max(0, self.send.size - start)]
        if start < 0 or not sound.size:
            return
        angle = (pan + 1) * np.pi / 4
        place = slice(start, start + sound.size)
        self.dry[0, place] += sound * np.float32(gain * np.cos(angle) * 1.4142)
        self.dry[1, place] += sound * np.float32(gain * np.sin(angle) * 1.4142)
        if send:
            self.send[place] += sound * np.float32(gain * send)

    def duck(self, at_s: list[float], depth: float, release_s: float) -> None:
        """Press down what is mixed so far at each of these moments, as a side chain does."""
        dip = 1 - depth * np.exp(-np.arange(samples(release_s * 3)) / samples(release_s))
        for moment in at_s:
            place = slice(samples(moment), samples(moment) + dip.size)
            shape = dip[: self.send[place].size].astype(np.float32)
            self.dry[:, place] *= shape
            self.send[place] *= shape

    def echo(self, delay_s: float, feedback: float, times: int = 4) -> None:
        """Repeat what was sent to the room, left and right in turn, ever softer."""
        source = self.send.copy()
        for turn in range(1, times + 1):
            level = np.float32(feedback**turn)
            shift = samples(delay_s * turn)
            if shift < source.size:
                self.dry[turn % 2, shift:] += source[: source.size - shift] * level

    def finished(self, room_s: float, wet: float, drive: float, fade_s: float = 1.6) -> Sound:
        """The mix with its room, gently limited, faded at both ends, without clipping."""
        mix = self.dry + np.float32(wet) * reverb(self.send, room_s)
        mix -= mix.mean(axis=1, keepdims=True)
        loud = float(np.sqrt(np.mean(mix**2))) or 1.0
        mix = np.tanh(mix * np.float32(drive / loud))
        mix *= envelope(mix.shape[1], 0.02, fade_s)
        mix *= np.float32(PEAK / max(float(np.abs(mix).max()), PEAK))
        return mix


def reverb(sound: Sound, room_s: float) -> Sound:
    """The stereo echo of a room that dies away in `room_s`, by block-wise FFT convolution."""
    spectrum, size, length = _room(room_s)
    block = size - length
    wet = np.zeros((2, sound.size + size), np.float32)
    for start in range(0, sound.size, block):
        piece = np.fft.rfft(sound[start : start + block], size)
        wet[:, start : start + size] += np.fft.irfft(piece * spectrum, size)
    return wet[:, : sound.size]


@functools.lru_cache(maxsize=8)
def _room(room_s: float) -> tuple[NDArray[np.complex64], int, int]:
    rng = np.random.default_rng(20)
    length = samples(room_s)
    time = np.arange(length, dtype=np.float32) / np.float32(RATE)
    tail = rng.standard_normal((2, length), dtype=np.float32)
    dark = filtered(tail, low_pass(2600.0))
    tail = dark + (filtered(tail, low_pass(9000.0)) - dark) * np.exp(-time * (14 / room_s))
    tail *= np.exp(-time * (6.9 / room_s)) * np.clip(time / 0.012, 0, 1)
    tail /= np.sqrt((tail**2).sum(axis=1, keepdims=True))
    size = _smooth(length * 2)
    return np.asarray(np.fft.rfft(tail, size), np.complex64), size, length


def _smooth(count: int) -> int:
    """The next size whose FFT is fast."""
    size = 1 << max(0, (count - 1).bit_length())
    for factor in (5 / 8, 3 / 4, 25 / 32, 15 / 16):
        if size * factor >= count and size >= 64:
            return int(size * factor)
    return size
