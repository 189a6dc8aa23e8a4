"""The listener's mood: a few numbers about the last plays that tell which expert to trust."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.history import History
from recommender.data.ledger import Ledger
from recommender.experts.base import Moment
from recommender.pipeline.board import ROW

WATCHED = ("next", "near", "art_15", "pop_400", "next_match", "knn", "seen_500")
OWN = ("skipping", "new", "again", "same_artist", "known_lately", "listed")
NOW = ("always", "last_skipped", "position", "opening")
SIGNALS = (*NOW, *OWN, *WATCHED)
FADE = 0.85


class Mood:
    """Fading averages of what the last plays were like, and of how well columns foretold them."""

    def __init__(self) -> None:
        self.state: FloatArray = np.full(len(OWN) + len(WATCHED), 0.2, np.float32)
        self.state[OWN.index("listed")] = 0

    def signals(self, moment: Moment) -> FloatArray:
        """The gate's inputs, each about 0 to 1, the first always 1; shape (signals,)."""
        out = np.empty(len(SIGNALS), np.float32)
        out[0] = 1
        out[1] = moment.last_skipped
        out[2] = min(np.log1p(len(moment.session)) / 5, 1)
        out[3] = len(moment.session) == 0
        out[len(NOW) :] = self.state
        return out

    def observe(
        self, matrix: FloatArray, slot: int, song: int, history: History, moment: Moment,
        listed: bool, ledger: Ledger,
    ) -> None:  # fmt: skip
        """Learn from the song that came next; `matrix` holds the columns from before it, those of
        the song at `slot`; `listed` says that the list chose it, not a hand."""
        seen = np.zeros(len(self.state), np.float32)
        artist = history.catalogue.artist
        seen[0] = moment.last_skipped
        seen[1] = history.plays[song] == 0
        seen[2] = song in moment.recent[:5]
        seen[3] = bool(moment.recent) and artist[song] == artist[moment.current]
        seen[4] = history.plays[song] > 0 and moment.turn - history.last_turn[song] < 300
        seen[5] = listed
        for place, name in enumerate(WATCHED, start=len(OWN)):
            row = matrix[ROW[name]]
            better = np.count_nonzero(row >= row[slot]) if row[slot] > 0 else len(row)
            seen[place] = 1 / (1 + better / 10)
        ledger.put(self, "state", slice(None), FADE * self.state + (1 - FADE) * seen)
