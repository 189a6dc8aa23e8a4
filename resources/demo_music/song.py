"""What a style is asked to compose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resources.demo_music.theory import Key


@dataclass(frozen=True, slots=True)
class Song:
    """The frame of one track. `flavour` is 0 or 1: two bands play the same style differently."""

    rng: np.random.Generator
    seconds: float
    tempo_bpm: float
    key: Key
    flavour: int

    @property
    def beat_s(self) -> float:
        """How long a beat lasts."""
        return 60 / self.tempo_bpm

    def bars(self, beats: int = 4, tail_s: float = 2.0) -> int:
        """How many bars fit before the tail; at least four, and whole pairs."""
        count = int((self.seconds - tail_s) / (beats * self.beat_s))
        return max(4, count - count % 2)

    def progression(self, choices: list[list[int]], bars: int) -> list[int]:
        """One of the chord progressions, repeated to a number of bars and ended on the tonic."""
        chosen = choices[int(self.rng.integers(len(choices)))]
        degrees = [chosen[bar % len(chosen)] for bar in range(bars)]
        return [*degrees[:-1], 0]
