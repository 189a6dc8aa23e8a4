"""How soon lists play a song again, and models held to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import FloatArray, IntArray
from recommender.data.corpus import Corpus
from recommender.models.counting import blocks

REPEATS = "repeats"
"""The name of the rates in a checkpoint."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often lists play a song again after so many songs: `rates`, shape (distances,).

    A list of songs that go together rarely plays one of them again soon, but a model of such
    songs offers just these. So what was heard is held to the rate of its distance, and what it
    loses goes to the other songs.
    """

    rates: FloatArray

    @classmethod
    def counted(cls, corpus: Corpus, most: int) -> Repeats:
        """The rates at the distances 1 to `most`; where there is nothing to count, 1."""
        same, pairs = np.ones(most), np.ones(most)
        for block in blocks(corpus):
            for distance in range(1, most + 1):
                earlier, later = block.apart(distance)
                same[distance - 1] += np.count_nonzero(earlier == later)
                pairs[distance - 1] += len(earlier)
        return cls((same / pairs).astype(np.float32))

    def hold(self, row: FloatArray, heard: Sequence[int]) -> None:
        """Change log-probabilities (songs,), in place, so that the last songs are held down."""
        distance: dict[int, int] = {}
        for back, song in enumerate(reversed(heard)):
            if back == len(self.rates):
                break
            if 0 <= song < len(row):
                distance.setdefault(song, back)
        if not distance:
            return
        songs = np.fromiter(distance, np.int64, len(distance))
        offered = np.exp(row[songs].astype(np.float64))
        held = np.minimum(offered, self.rates[list(distance.values())])
        left = max(1 - offered.sum(), 0) + held.sum()
        row -= np.float32(np.log(left))
        row[songs] = np.log(held / left)

    def hold_list(self, rows: FloatArray, songs: IntArray) -> None:
        """Do so in each row (places, songs), which comes after the song of its place in a list."""
        for place, row in enumerate(rows):
            self.hold(row, songs[max(place + 1 - len(self.rates), 0) : place + 1].tolist())
