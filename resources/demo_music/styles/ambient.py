"""Ambient: slow pads, bells far away, a drone and the sea."""

from __future__ import annotations

import numpy as np

from resources.demo_music import dsp
from resources.demo_music.dsp import Desk, Sound
from resources.demo_music.song import Song
from resources.demo_music.theory import frequency, voiced

PROGRESSIONS = [[0, 5, 3, 4], [0, 2, 5, 3], [0, 3, 1, 4], [5, 3, 0, 4]]


def compose(song: Song) -> Sound:
    """Chords of six to eight seconds that melt into each other."""
    desk = Desk(song.seconds)
    count = max(3, round(song.seconds / 7))
    length_s = song.seconds / count
    before: tuple[int, ...] = ()
    for number, degree in enumerate(song.progression(PROGRESSIONS, count)):
        before = voiced(song.key.chord(degree, 5)[:4], 52, before)
        at_s = number * length_s
        _pad(desk, song, before, at_s, length_s)
        _drone(desk, song.key.pitch(degree - 14), at_s, length_s)
        _bells(desk, song, degree, at_s, length_s)
    _sea(desk, song)
    return desk.finished(room_s=4.5, wet=1.6, drive=0.13, fade_s=3.5)


def _pad(desk: Desk, song: Song, chord: tuple[int, ...], at_s: float, length_s: float) -> None:
    held_s = length_s + 2.2
    shape = dsp.envelope(dsp.samples(held_s), min(2.4, length_s / 2), 2.4)
    for voice, pitch in enumerate(chord):
        hz = frequency(pitch)
        wave = dsp.saw(hz, 480.0 if song.flavour == 0 else 760.0)
        for side in (-1, 1):
            detuned = hz * (1 + side * (0.0022 + 0.0006 * voice))
            sound = dsp.tone(wave, detuned, held_s, phase=float(song.rng.random()))
            desk.add(sound * shape, at_s, 0.2, side * (0.35 + 0.15 * voice), 0.7)


def _drone(desk: Desk, pitch: int, at_s: float, length_s: float) -> None:
    shape = dsp.envelope(dsp.samples(length_s + 1.5), 1.5, 1.5)
    wave = dsp.table(np.array([1.0, 0.35, 0.1]))
    desk.add(dsp.tone(wave, frequency(pitch + 12), length_s + 1.5) * shape, at_s, 0.3, 0.0, 0.2)


def _bells(desk: Desk, song: Song, degree: int, at_s: float, length_s: float) -> None:
    wave = dsp.table(np.array([1.0, 0.0, 0.16, 0.0, 0.05]))
    for _ in range(2 if song.flavour == 0 else 4):
        step = degree + int(song.rng.choice([0, 2, 4, 6, 7, 9]))
        pitch = song.key.pitch(step) + 12
        sound = dsp.tone(wave, frequency(pitch), 2.8)
        sound = sound * dsp.envelope(sound.size, 0.03, 0.6, decay_s=0.8, sustain=0.0)
        moment = at_s + float(song.rng.uniform(0.2, 0.9)) * length_s
        pan = float(song.rng.uniform(-0.8, 0.8))
        desk.add(sound, moment, 0.16 * float(song.rng.uniform(0.5, 1)), pan, 1.6)


def _sea(desk: Desk, song: Song) -> None:
    time = np.arange(desk.send.size, dtype=np.float32) / np.float32(dsp.RATE)
    loop = dsp.filtered(dsp.noise(song.rng, 6.0), dsp.band(150, 700))
    wind = np.tile(loop, 1 + desk.send.size // loop.size)[: desk.send.size]
    for side in (-1, 1):
        slow = 0.5 + 0.5 * np.sin(time * np.float32(6.283 / 9.0) + np.float32(side))
        desk.add(wind[::side] * slow**2, 0.0, 0.05, side * 0.9, 0.3)
