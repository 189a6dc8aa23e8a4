"""Notes, scales, chords and motifs: what the styles compose with. Pitches are MIDI numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic and the scale on it."""

    tonic: int
    mode: str

    def pitch(self, degree: int) -> int:
        """The pitch of a scale degree; 0 is the tonic, 7 the tonic an octave higher."""
        octave, step = divmod(degree, 7)
        return self.tonic + 12 * octave + SCALES[self.mode][step]

    def chord(self, degree: int, size: int = 3) -> tuple[int, ...]:
        """A chord of stacked thirds on a degree: 3 notes, or 4 and 5 with seventh and ninth."""
        return tuple(self.pitch(degree + 2 * third) for third in range(size))


def frequency(pitch: float) -> float:
    """The frequency in Hz of a MIDI pitch."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12))


def voiced(chord: Sequence[int], low: int, before: Sequence[int] = ()) -> tuple[int, ...]:
    """The chord in the octave above `low`, in the inversion nearest to the chord before."""
    notes = sorted(low + (pitch - low) % 12 for pitch in chord)
    inversions = [tuple(notes)]
    for _ in notes[1:]:
        notes = [*notes[1:], notes[0] + 12]
        inversions.append(tuple(notes))
    if not before:
        return inversions[0]
    centre = sum(before) / len(before)
    return min(inversions, key=lambda option: abs(sum(option) / len(option) - centre))


@dataclass(frozen=True, slots=True)
class Step:
    """One note of a motif: when and how long in beats, and how far from the chord's root."""

    beat: float
    beats: float
    degree: int


Motif = tuple[Step, ...]


def motif(rng: np.random.Generator, rhythms: Sequence[Sequence[float]], beats: float = 4) -> Motif:
    """A short melody that starts on a chord note, moves mostly by step and comes to rest.

    `rhythms` are patterns of note lengths in beats, negative for rests, one beat or more each.
    """
    steps: list[Step] = []
    at, degree = 0.0, int(rng.choice([0, 2, 4]))
    while at < beats - 1e-6:
        for length in rhythms[int(rng.integers(len(rhythms)))]:
            if at >= beats - 1e-6:
                break
            if length > 0:
                steps.append(Step(at, min(length, beats - at), degree))
                degree += int(
                    rng.choice([-2, -1, -1, 1, 1, 2, 3], p=[0.1, 0.2, 0.2, 0.2, 0.15, 0.1, 0.05])
                )
                degree = max(-3, min(9, degree))
            at += abs(length)
    last = steps[-1]
    steps[-1] = Step(last.beat, last.beats, min((0, 2, 4, 7), key=lambda d: abs(d - last.degree)))
    return tuple(steps)


def answer(given: Motif, rng: np.random.Generator) -> Motif:
    """The motif again with its second half bent, as a reply to the first."""
    half = len(given) // 2
    shift = int(rng.choice([-2, -1, 1, 2]))
    bent = tuple(Step(s.beat, s.beats, s.degree + shift) for s in given[half:])
    return given[:half] + bent[:-1] + (Step(bent[-1].beat, bent[-1].beats, 0),)


def phrase(rng: np.random.Generator, rhythms: Sequence[Sequence[float]], bars: int) -> list[Motif]:
    """One motif a bar in the form A A' B A'', again and again."""
    first, other = motif(rng, rhythms), motif(rng, rhythms)
    form = [first, answer(first, rng), other, answer(first, rng)]
    return [form[bar % 4] for bar in range(bars)]
