"""A small synthesiser: a song's causes in, its sound out, the same for the same seed."""

from __future__ import annotations

import numpy as np

from recommender.audio.sound import RATE
from recommender.data.arrays import FloatArray
from recommender.evaluation.sounding.causes import Song

SECONDS = 13.0
A_HZ = 110.0
TABLE = 2_048
MOST_HARMONICS = 40
HIGHEST_HZ = 0.45 * RATE
USUAL_RMS = 0.1

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
CHORDS = ((0, 3, 4, 0), (0, 5, 3, 4), (0, 4, 5, 3), (0, 2, 3, 4))
"""Degrees of the scale, a bar each."""

BEATS_A_BAR, PARTS_A_BEAT = 4, 4


def sound_of(song: Song, seed: int, seconds: float = SECONDS) -> FloatArray:
    """One channel of `RATE` samples a second, (samples,), from -1 to 1."""
    rng = np.random.default_rng(seed)
    player = _Player(song, rng, int(seconds * RATE))
    player.chords()
    player.melody()
    player.drums()
    return player.mastered()


class _Player:
    """One song while it is being made; `out` has room for the last notes to die away."""

    def __init__(self, song: Song, rng: np.random.Generator, samples: int) -> None:
        self.song, self.rng, self.samples = song, rng, samples
        self.beat = 60 * RATE / song.bpm
        self.beats = int(samples / self.beat) + 1
        self.scale = MINOR if song.minor > 0.5 else MAJOR
        self.bars = CHORDS[int(rng.integers(len(CHORDS)))]
        self.length = int((0.35 + 0.85 * song.soft) * RATE)
        self.envelope = _envelope(self.length, song.soft)
        self.gains = _harmonics(song)
        self.phases = np.exp(2j * np.pi * rng.random(MOST_HARMONICS))
        self.notes: dict[int, FloatArray] = {}
        self.out = np.zeros(samples + 2 * self.length + RATE, np.float32)

    def _pitch(self, degree: int) -> int:
        octave, step = divmod(degree, len(self.scale))
        return self.song.tonic + 12 * octave + self.scale[step]

    def _put(self, at: float, degree: int, level: float) -> None:
        pitch = self._pitch(degree)
        if pitch not in self.notes:
            self.notes[pitch] = self._note(A_HZ * 2 ** (pitch / 12))
        start = int(at)
        self.out[start : start + self.length] += np.float32(level) * self.notes[pitch]

    def _note(self, hertz: float) -> FloatArray:
        """A note of this frequency from its harmonics, (length,)."""
        count = min(MOST_HARMONICS, int(HIGHEST_HZ / hertz))
        number = np.arange(1, count + 1)
        tilt = 10 ** (self.song.tilt_db * np.log2(number * hertz / 1_000) / 20)
        bins = np.zeros(TABLE // 2 + 1, complex)
        bins[1 : count + 1] = self.gains[:count] * tilt * self.phases[:count]
        wave = np.fft.irfft(bins, TABLE)
        wave /= wave.std()
        turns = np.arange(self.length) * (hertz / RATE * TABLE)
        note: FloatArray = wave.astype(np.float32)[turns.astype(np.int64) & (TABLE - 1)]
        return note * self.envelope

    def chords(self) -> None:
        """Three voices a bar, struck twice, and a bass that marks the beat."""
        for beat in range(self.beats):
            root = self.bars[beat // BEATS_A_BAR % len(self.bars)]
            if beat % 2 == 0:
                for third in (0, 2, 4):
                    self._put(beat * self.beat, 7 + root + third, 0.35)
            self._put(beat * self.beat, root, 0.9 if beat % BEATS_A_BAR == 0 else 0.6)

    def melody(self) -> None:
        """As many notes as the song is dense, on quarters of a beat, by small steps."""
        parts = self.beats * PARTS_A_BEAT
        struck = self.rng.random(parts) < self.song.notes_a_beat / PARTS_A_BEAT
        steps = self.rng.integers(-2, 3, parts)
        degree = 14
        for part in np.flatnonzero(struck).tolist():
            degree = min(24, max(11, degree + int(steps[part])))
            self._put(part * self.beat / PARTS_A_BEAT, degree, float(self.rng.uniform(0.5, 0.9)))

    def drums(self) -> None:
        """Bursts of noise on every half of a beat, those off the beat short and high."""
        level = 0.05 + 1.6 * self.song.noisy**1.5
        long, short = int(0.14 * RATE), int(0.05 * RATE)
        burst = self.rng.standard_normal(long).astype(np.float32)
        low = np.convolve(burst, np.full(12, 1 / 4, np.float32), "same") * _fading(long, 0.05)
        high = np.diff(burst[: short + 1]) * _fading(short, 0.015)
        for half in range(2 * self.beats):
            at = int(half * self.beat / 2)
            hit = high if half % 2 else low
            self.out[at : at + len(hit)] += np.float32(level) * hit

    def mastered(self) -> FloatArray:
        """The song at its loudness with its album's hiss, (samples,)."""
        song = self.out[: self.samples]
        song *= np.float32(USUAL_RMS * 10 ** (self.song.gain_db / 20) / (song.std() + 1e-9))
        hiss = self.rng.standard_normal(self.samples, dtype=np.float32)
        song += hiss * np.float32(10 ** (self.song.hiss_db / 20))
        return np.clip(song, -1, 1, out=song)


def _harmonics(song: Song) -> FloatArray:
    """How strong each harmonic is, (MOST_HARMONICS,)."""
    number = np.arange(1, MOST_HARMONICS + 1)
    gains = number ** -(2.4 - 1.8 * song.bright)
    gains[1::2] *= 1 - 0.95 * song.hollow
    return gains.astype(np.float32)


def _envelope(length: int, soft: float) -> FloatArray:
    """A note's loudness in time: 3 ms to 0.25 s to its top, and away the faster the harder."""
    at_s = np.arange(length) / RATE
    rise = np.minimum(at_s / (0.003 * (0.25 / 0.003) ** soft), 1)
    fall = np.exp(-at_s / (0.12 + 0.9 * soft))
    close = np.minimum((length / RATE - at_s) / 0.02, 1)
    return np.asarray(rise * fall * close, np.float32)


def _fading(length: int, after_s: float) -> FloatArray:
    return np.asarray(np.exp(-np.arange(length) / (after_s * RATE)), np.float32)
