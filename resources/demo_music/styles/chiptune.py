"""Chiptune: two pulse waves, a stepped triangle and a noise channel."""

from __future__ import annotations

import numpy as np

from resources.demo_music import dsp
from resources.demo_music.dsp import Desk, Sound
from resources.demo_music.song import Song
from resources.demo_music.theory import Motif, frequency, phrase, voiced

PROGRESSIONS = [[0, 4, 5, 3], [0, 5, 3, 4], [5, 3, 0, 4], [0, 3, 4, 4], [0, 2, 3, 4]]
RHYTHMS = [[0.5, 0.5], [1.0], [0.75, 0.25], [0.5, 0.25, 0.25], [0.75, 0.75, 0.5], [-0.5, 0.5]]


def compose(song: Song) -> Sound:
    """A tune over fast arpeggios, as loud and as dry as a console plays it."""
    desk = Desk(song.seconds)
    bars = song.bars(tail_s=1.0)
    tune = phrase(song.rng, RHYTHMS, bars)
    before: tuple[int, ...] = ()
    for bar, degree in enumerate(song.progression(PROGRESSIONS, bars)):
        at_s = bar * 4 * song.beat_s
        before = voiced(song.key.chord(degree), 60, before)
        _arpeggio(desk, song, before, at_s)
        _bass(desk, song, degree, at_s)
        if bar >= 2:
            _lead(desk, song, tune[bar], degree, at_s)
            _drums(desk, song, at_s, fill=bar % 4 == 3)
    desk.echo(song.beat_s * 0.75, 0.4, 3)
    return desk.finished(room_s=0.4, wet=0.15, drive=0.24, fade_s=0.8)


def _note(wave: Sound, pitch: int, seconds: float, sustain: float = 0.6) -> Sound:
    sound = dsp.tone(wave, frequency(pitch), seconds, (6.0, 0.006, 0.18))
    shape = dsp.envelope(sound.size, 0.002, 0.012, decay_s=0.12, sustain=sustain)
    return np.asarray(sound * shape, np.float32)


def _arpeggio(desk: Desk, song: Song, chord: tuple[int, ...], at_s: float) -> None:
    step_s = song.beat_s / 4
    order = (0, 1, 2, 1) if song.flavour == 0 else (0, 2, 1, 2)
    duty = 0.5 if song.flavour == 0 else 0.125
    notes = {p: _note(dsp.pulse(frequency(p), duty), p, step_s * 0.9, 0.2) for p in chord}
    for step in range(16):
        lift = 12 if step % 8 == 7 else 0
        pitch = chord[order[step % 4]]
        sound = notes[pitch] if not lift else _note(dsp.pulse(900, duty), pitch + 12, step_s, 0.2)
        desk.add(sound, at_s + step * step_s, 0.11, 0.3 if step % 2 else -0.3, 0.3)


def _bass(desk: Desk, song: Song, degree: int, at_s: float) -> None:
    low = song.key.pitch(degree - 7)
    low = low - 12 if low > 50 else low
    for eighth in range(8):
        pitch = low + 12 if eighth in (3, 6) else low
        sound = _note(dsp.triangle(), pitch, song.beat_s * 0.42, 0.9)
        desk.add(sound, at_s + eighth * song.beat_s / 2, 0.22)


def _lead(desk: Desk, song: Song, tune: Motif, degree: int, at_s: float) -> None:
    for step in tune:
        pitch = song.key.pitch(degree % 7 + step.degree) + 12
        wave = dsp.pulse(frequency(pitch), 0.25)
        sound = _note(wave, pitch, step.beats * song.beat_s * 0.92)
        desk.add(sound, at_s + step.beat * song.beat_s, 0.24, 0.0, 0.5)


def _drums(desk: Desk, song: Song, at_s: float, fill: bool) -> None:
    hiss = dsp.noise(song.rng, 0.14)
    crushed = np.repeat(hiss[::6], 6)[: hiss.size]
    snare = np.sign(crushed) * dsp.envelope(hiss.size, 0.0, 0.02, decay_s=0.04, sustain=0.0)
    tick = np.sign(hiss[:1300]) * dsp.envelope(1300, 0.0, 0.005, decay_s=0.008, sustain=0.0)
    time = np.arange(4000) / dsp.RATE
    thump = np.sign(np.sin(2 * np.pi * (55 * time + 4 * (1 - np.exp(-time * 45)))))
    kick = np.asarray(thump * np.exp(-time * 22), np.float32)
    for eighth in range(8):
        moment = at_s + eighth * song.beat_s / 2
        desk.add(tick, moment, 0.16)
        if eighth in (0, 3, 4):
            desk.add(kick, moment, 0.3)
        if eighth in (2, 6) or (fill and eighth == 7):
            desk.add(snare, moment, 0.16)
