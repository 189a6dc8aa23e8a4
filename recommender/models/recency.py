"""Recency: how long ago each song was heard, and whether it is due again."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.models.base import Expert, Moment

TURNS = (3.0, 20.0, 100.0, 500.0, 3000.0)
HOURS = (1.5, 24.0, 168.0)


class Recency(Expert):
    """Fading traces of the last play, of the first play, and of the song's own rhythm."""

    name = "recency"
    columns = ("seen_100", "seen_3", "seen_20", "seen_500", "seen_3000", "seen_1h", "seen_24h",
               "seen_168h", "in_session", "last", "found_lately", "due", "daily",
               "back_2_5")  # fmt: skip

    def fill(self, moment: Moment, out: FloatArray) -> None:
        history = self.history
        heard = np.flatnonzero(history.plays)
        if len(heard):
            self._traces(moment, heard, out)
        out[8, moment.session] = 1
        for place, song in enumerate(moment.recent[:6]):
            if place == 0:
                out[9, song] = 1
            elif not out[9, song]:
                out[13, song] = 1

    def _traces(self, moment: Moment, heard: np.ndarray, out: FloatArray) -> None:
        history = self.history
        ago = (moment.turn - history.last_turn[heard]).astype(np.float32)
        for row, tau in zip((1, 2, 0, 3, 4), TURNS, strict=True):
            out[row, heard] = np.exp(-ago / np.float32(tau))
        hours = ((moment.now_s - history.last_s[heard]) / 3600.0).astype(np.float32)
        for row, tau in zip((5, 6, 7), HOURS, strict=True):
            out[row, heard] = np.exp(-hours / np.float32(tau))
        known = moment.turn - history.first_turn[heard]
        out[10, heard] = np.exp(-known / 400.0)
        plays = history.plays[heard]
        rhythm = (history.last_turn[heard] - history.first_turn[heard]) / np.maximum(plays - 1, 1)
        ratio = np.log((ago + 5.0) / (rhythm + 5.0))
        out[11, heard] = np.where(plays > 1, np.exp(-0.5 * ratio * ratio), 0)
        out[12, heard] = np.where(hours > 4, np.cos(hours * (np.pi / 12)), 0) * out[7, heard]
