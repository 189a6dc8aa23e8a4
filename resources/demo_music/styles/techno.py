"""Techno: four kicks to the bar, hats, an acid line or dub chords, pumped by a side chain."""

from __future__ import annotations

import numpy as np

from resources.demo_music import dsp
from resources.demo_music.dsp import Desk, Sound
from resources.demo_music.song import Song
from resources.demo_music.theory import frequency, voiced

PROGRESSIONS = [[0, 0, 0, 5], [0, 0, 3, 0], [0, 5, 0, 6], [0, 0, 6, 6]]


def compose(song: Song) -> Sound:
    """Layers that come in every other bar, a break, and everything again."""
    desk = Desk(song.seconds)
    bars = song.bars(tail_s=1.2)
    degrees = song.progression(PROGRESSIONS, bars)
    pattern = song.rng.choice([0, 0, 0, 7, 12, 3, 10, -1, -1], 16)
    accents = song.rng.random(16) < 0.3
    before: tuple[int, ...] = ()
    breaks = {bars // 2}
    for bar, degree in enumerate(degrees):
        at_s = bar * 4 * song.beat_s
        sweep = 0.5 - 0.5 * np.cos(2 * np.pi * bar / max(4, bars / 2))
        _acid(desk, song, degree, pattern, accents, at_s, float(sweep))
        if bar >= 2:
            before = voiced(song.key.chord(degree, 4), 57, before)
            _stabs(desk, song, before, at_s)
    desk.echo(song.beat_s * 0.75, 0.55 if song.flavour else 0.4, 5)
    kicks = [b * song.beat_s for b in range(bars * 4) if b // 4 not in breaks]
    desk.duck(kicks, 0.75, 0.11)
    _drums(desk, song, kicks, bars)
    return desk.finished(room_s=1.2, wet=0.35, drive=0.34, fade_s=1.2)


def _acid(
    desk: Desk,
    song: Song,
    degree: int,
    pattern: np.ndarray[tuple[int], np.dtype[np.int64]],
    accents: np.ndarray[tuple[int], np.dtype[np.bool_]],
    at_s: float,
    sweep: float,
) -> None:
    root = song.key.pitch(degree) - 24
    step_s = song.beat_s / 4
    level = 0.34 if song.flavour == 0 else 0.26
    for step, interval in enumerate(pattern):
        if interval < 0:
            continue
        accent = bool(accents[step])
        hz = frequency(root + int(interval))
        cutoff = (260 + 1500 * sweep) * (1.7 if accent else 1.0)
        wave = dsp.saw(hz, cutoff * (1.0 if song.flavour == 0 else 0.45), 1.5)
        sound = dsp.tone(wave, hz, step_s * (1.3 if accent else 0.85))
        sound = sound * dsp.envelope(sound.size, 0.003, 0.03, decay_s=0.1, sustain=0.25)
        desk.add(sound, at_s + step * step_s, level * (1.3 if accent else 1.0), 0.0, 0.08)


def _stabs(desk: Desk, song: Song, chord: tuple[int, ...], at_s: float) -> None:
    sixteenths = (3, 11) if song.flavour else (6, 14)
    for pitch in chord:
        hz = frequency(pitch)
        sound = dsp.tone(dsp.saw(hz, 1800.0 if song.flavour else 3200.0), hz, 0.32)
        sound = sound * dsp.envelope(sound.size, 0.004, 0.05, decay_s=0.09, sustain=0.0)
        for sixteenth in sixteenths:
            pan = 0.5 if pitch % 2 else -0.5
            desk.add(sound, at_s + sixteenth * song.beat_s / 4, 0.12, pan, 0.8)


def _drums(desk: Desk, song: Song, kicks: list[float], bars: int) -> None:
    time = np.arange(dsp.samples(0.32)) / dsp.RATE
    swept = 47 * time + 5.2 * (1 - np.exp(-time * 32))
    body = np.sin(2 * np.pi * swept) * np.exp(-time * 9)
    kick = np.asarray(np.tanh(2.2 * body), np.float32)
    hiss = dsp.filtered(dsp.noise(song.rng, 0.25), dsp.high_pass(7500))
    closed = hiss[:2600] * dsp.envelope(2600, 0.0, 0.01, decay_s=0.018, sustain=0.0)
    opened = hiss * dsp.envelope(hiss.size, 0.001, 0.05, decay_s=0.09, sustain=0.0)
    burst = dsp.filtered(dsp.noise(song.rng, 0.22), dsp.band(900, 3200))
    clap = burst * dsp.envelope(burst.size, 0.0, 0.05, decay_s=0.06, sustain=0.0)
    for moment in kicks:
        desk.add(kick, moment, 0.85)
    for beat in range(4, bars * 4):
        at_s = beat * song.beat_s
        desk.add(opened, at_s + song.beat_s / 2, 0.16, 0.15)
        for quarter in (0.25, 0.75):
            desk.add(closed, at_s + quarter * song.beat_s, 0.14, -0.25)
        if beat >= 8 and beat % 2:
            desk.add(clap, at_s, 0.3, 0.05, 0.25)
