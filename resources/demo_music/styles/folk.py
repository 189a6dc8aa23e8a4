"""Folk: finger-picked strings, a second string that sings, and now and then a bowed one."""

from __future__ import annotations

import numpy as np

from resources.demo_music import dsp
from resources.demo_music.dsp import Desk, Sound
from resources.demo_music.song import Song
from resources.demo_music.theory import Motif, frequency, phrase, voiced

PROGRESSIONS = [[0, 3, 0, 4], [0, 4, 5, 3], [0, 5, 3, 4], [0, 2, 3, 4], [5, 3, 0, 4]]
RHYTHMS = [[1.0], [0.5, 0.5], [1.5, 0.5], [2.0], [-0.5, 0.5, 1.0]]
PICKING = {4: (0, 2, 1, 3, 0, 2, 1, 2), 3: (0, 2, 3, 1, 3, 2)}


def compose(song: Song) -> Sound:
    """Picked chords in four or, for the second band, three to the bar, and a melody on top."""
    desk = Desk(song.seconds)
    beats = 3 if song.flavour else 4
    bars = song.bars(beats, tail_s=2.6)
    tune = phrase(song.rng, RHYTHMS, bars)
    strings = _Strings(song.rng)
    before: tuple[int, ...] = ()
    for bar, degree in enumerate(song.progression(PROGRESSIONS, bars)):
        at_s = bar * beats * song.beat_s
        before = voiced(song.key.chord(degree), 52, before)
        low = 40 + (song.key.pitch(degree) - 40) % 12
        if bar == bars - 1:
            _strum(desk, song, strings, (low, *before), at_s)
            break
        _pick(desk, song, strings, (low, *before), beats, at_s)
        if bar >= 2:
            _sing(desk, song, strings, tune[bar], degree, beats, at_s)
        if song.flavour:
            _bow(desk, song, before[0], at_s, beats * song.beat_s)
    return desk.finished(room_s=1.1, wet=0.3, drive=0.16, fade_s=1.8)


class _Strings:
    """Plucked strings, each pitch computed once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._plucked: dict[tuple[int, bool], Sound] = {}

    def __call__(self, pitch: int, bright: bool = False) -> Sound:
        sound = self._plucked.get((pitch, bright))
        if sound is None:
            ring_s = 3.2 if pitch < 55 else 2.2
            edge = 0.9 if bright else 0.45
            sound = dsp.pluck(self._rng, frequency(pitch), 2.0, edge, ring_s)
            sound = sound * dsp.envelope(sound.size, 0.001, 0.3)
            self._plucked[pitch, bright] = sound
        return sound


def _pick(
    desk: Desk, song: Song, strings: _Strings, hand: tuple[int, ...], beats: int, at_s: float
) -> None:
    for number, string in enumerate(PICKING[beats]):
        late_s = abs(float(song.rng.normal(0, 0.006)))
        strength = (0.5 if string == 0 else 0.32) * float(song.rng.uniform(0.8, 1.1))
        moment = at_s + number * song.beat_s / 2 + late_s
        desk.add(strings(hand[string]), moment, strength, -0.35 + 0.12 * string, 0.5)


def _strum(desk: Desk, song: Song, strings: _Strings, hand: tuple[int, ...], at_s: float) -> None:
    for number, pitch in enumerate((*hand, hand[1] + 12)):
        desk.add(strings(pitch), at_s + number * 0.035, 0.42, -0.3 + 0.1 * number, 0.5)


def _sing(
    desk: Desk,
    song: Song,
    strings: _Strings,
    tune: Motif,
    degree: int,
    beats: int,
    at_s: float,
) -> None:
    for step in tune:
        if step.beat < beats:
            pitch = song.key.pitch(degree % 7 + step.degree) + 12
            strength = 0.5 * float(song.rng.uniform(0.8, 1.0))
            moment = at_s + step.beat * song.beat_s + abs(float(song.rng.normal(0, 0.005)))
            desk.add(strings(pitch, bright=True), moment, strength, 0.35, 0.6)


def _bow(desk: Desk, song: Song, pitch: int, at_s: float, length_s: float) -> None:
    hz = frequency(pitch - 12 if pitch > 55 else pitch)
    sound = dsp.tone(dsp.saw(hz, 900.0), hz, length_s + 0.4, (5.2, 0.005, 0.3))
    sound = sound * dsp.envelope(sound.size, 0.35, 0.5)
    desk.add(sound, at_s, 0.09, 0.1, 0.7)
