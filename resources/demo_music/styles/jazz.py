"""Jazz: brushes in swing, a walking bass, a piano that comps, and vibraphone or muted trumpet."""

from __future__ import annotations

import numpy as np

from resources.demo_music import dsp
from resources.demo_music.dsp import Desk, Sound
from resources.demo_music.song import Song
from resources.demo_music.theory import Motif, frequency, phrase, voiced

PROGRESSIONS = [[1, 4, 0, 5], [0, 5, 1, 4], [2, 5, 1, 4], [0, 3, 1, 4], [5, 1, 4, 0]]
RHYTHMS = [[0.67, 0.33], [0.67, 0.33, 1.0], [1.0], [-0.67, 0.33], [-1.0], [1.67, 0.33]]
COMPING = [(0.0, 1.67), (0.67, 2.67), (1.67,), (0.0, 2.67)]


def compose(song: Song) -> Sound:
    """A small band late at night."""
    desk = Desk(song.seconds)
    bars = song.bars(tail_s=2.4)
    tune = phrase(song.rng, RHYTHMS, bars)
    degrees = song.progression(PROGRESSIONS, bars)
    keys = _Keys()
    before: tuple[int, ...] = ()
    for bar, degree in enumerate(degrees):
        at_s = bar * 4 * song.beat_s
        before = voiced(song.key.chord(degree, 5)[1:], 55, before)
        last = bar == bars - 1
        _comp(desk, song, keys, before, at_s, last)
        _walk(desk, song, degree, degrees[min(bar + 1, bars - 1)], at_s, last)
        if not last:
            _brushes(desk, song, at_s)
            if bar >= 2:
                _solo(desk, song, tune[bar], degree, at_s)
    return desk.finished(room_s=1.6, wet=0.4, drive=0.15, fade_s=1.8)


class _Keys:
    """Piano notes, each pitch computed once."""

    def __init__(self) -> None:
        self._struck: dict[int, Sound] = {}

    def __call__(self, pitch: int) -> Sound:
        sound = self._struck.get(pitch)
        if sound is None:
            hz, seconds = frequency(pitch), 1.8
            sound = np.zeros(dsp.samples(seconds), np.float32)
            sine = dsp.table(np.array([1.0]))
            for number in range(1, 9):
                stretched = hz * number * (1 + 0.0004 * number**2) ** 0.5
                if stretched < 9000:
                    partial = dsp.tone(sine, stretched, seconds, phase=0.13 * number)
                    decay_s = 0.9 / (1 + 0.45 * number)
                    shape = dsp.envelope(partial.size, 0.003, 0.2, decay_s, 0.0)
                    sound += partial * shape * np.float32(number**-1.3)
            self._struck[pitch] = sound
        return sound


def _comp(
    desk: Desk, song: Song, keys: _Keys, chord: tuple[int, ...], at_s: float, last: bool
) -> None:
    hits = (0.0,) if last else COMPING[int(song.rng.integers(len(COMPING)))]
    for hit in hits:
        strength = 0.15 * float(song.rng.uniform(0.75, 1.1))
        for number, pitch in enumerate(chord):
            moment = at_s + hit * song.beat_s + 0.006 * number
            desk.add(keys(pitch), moment, strength, -0.45 + 0.1 * number, 0.4)


def _walk(desk: Desk, song: Song, degree: int, following: int, at_s: float, last: bool) -> None:
    target = song.key.pitch(following)
    steps = [song.key.pitch(degree + up) for up in (0, 2, 4)]
    steps.append(target + (1 if song.rng.random() < 0.5 else -1))
    wave = dsp.table(np.array([0.8, 0.6, 0.34, 0.16, 0.08]))
    for beat, pitch in enumerate(steps[:1] if last else steps):
        low = 31 + (pitch - 31) % 12
        sound = dsp.tone(wave, frequency(low), song.beat_s * (3.0 if last else 1.02))
        sound = sound * dsp.envelope(sound.size, 0.006, 0.05, decay_s=0.35, sustain=0.1)
        desk.add(sound, at_s + beat * song.beat_s, 0.36, 0.05, 0.1)


def _brushes(desk: Desk, song: Song, at_s: float) -> None:
    hiss = dsp.filtered(dsp.noise(song.rng, song.beat_s * 0.95), dsp.band(2500, 9000))
    swish = hiss * np.sin(np.linspace(0, np.pi, hiss.size, dtype=np.float32)) ** 2
    ring = dsp.filtered(dsp.noise(song.rng, 0.5), dsp.band(5500, 12000))
    ride = ring * dsp.envelope(ring.size, 0.001, 0.2, decay_s=0.1, sustain=0.0)
    for beat in range(4):
        desk.add(swish, at_s + beat * song.beat_s, 0.045, 0.4 if beat % 2 else 0.1, 0.2)
        desk.add(ride, at_s + beat * song.beat_s, 0.1, 0.45, 0.2)
        if beat % 2:
            swung = at_s + (beat + 0.67) * song.beat_s
            desk.add(ride, swung, 0.07, 0.45, 0.2)
            desk.add(ride[:4000] * dsp.envelope(4000, 0, 0.03), at_s + beat * song.beat_s, 0.1, 0.2)


def _solo(desk: Desk, song: Song, tune: Motif, degree: int, at_s: float) -> None:
    for step in tune:
        pitch = song.key.pitch(degree % 7 + step.degree) + 12
        hz, length_s = frequency(pitch), step.beats * song.beat_s
        if song.flavour == 0:
            bar = dsp.table(np.array([1.0, 0.0, 0.0, 0.22, 0.0, 0.0, 0.0, 0.0, 0.0, 0.05]))
            sound = dsp.tone(bar, hz, length_s + 0.7)
            tremble = 1 + 0.25 * np.sin(np.arange(sound.size, dtype=np.float32) * 0.00078)
            shape = dsp.envelope(sound.size, 0.002, 0.3, decay_s=0.6, sustain=0.0) * tremble
        else:
            horn = dsp.table(np.exp(-(((np.arange(1, 14) * hz - 1500) / 1300) ** 2)) + 0.05)
            sound = dsp.tone(horn, hz, length_s * 0.95, (5.4, 0.007, 0.18))
            shape = dsp.envelope(sound.size, 0.035, 0.06, decay_s=0.5, sustain=0.7)
        strength = 0.26 * float(song.rng.uniform(0.75, 1.05))
        desk.add(sound * shape, at_s + step.beat * song.beat_s, strength, 0.2, 0.7)
