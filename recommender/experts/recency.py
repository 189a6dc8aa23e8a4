"""Recency: how long ago each song was heard, and whether it is due again."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.experts.base import Expert, Moment

TURNS = (3.0, 20.0, 100.0, 500.0, 3000.0)
HOURS = (1.5, 24.0, 168.0)


class Recency(Expert):
    """Fading traces of the last play, of the first play, and of the song's own rhythm."""

    name = "recency"
    columns = ("seen_100", "seen_3", "seen_20", "seen_500", "seen_3000", "seen_1h", "seen_24h",
               "seen_168h", "in_session", "last", "found_lately", "due", "daily",
               "back_2_5")  # fmt: skip

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        history = self.history
        heard = history.heard()
        if isinstance(heard, slice):
            self._traces(moment, heard, out)
            if not history.plays.all():
                out[:13, history.plays == 0] = 0
        elif len(heard):
            traces = np.zeros((13, len(heard)), np.float32)
            self._traces(moment, heard, traces)
            out[:13, heard] = traces
        out[8, moment.session] = 1
        for place, song in enumerate(moment.recent[:6]):
            if place == 0:
                out[9, song] = 1
            elif not out[9, song]:
                out[13, song] = 1

    def _traces(self, moment: Moment, heard: IndexArray | slice, out: FloatArray) -> None:
        history = self.history
        ago = np.float32(moment.turn) - history.last_turn[heard]
        for row, tau in zip((1, 2, 0, 3, 4), TURNS, strict=True):
            np.exp(ago * np.float32(-1 / tau), out=out[row])
        hours = ((moment.now_s - history.last_s[heard]) / 3600.0).astype(np.float32)
        for row, tau in zip((5, 6, 7), HOURS, strict=True):
            np.exp(hours * np.float32(-1 / tau), out=out[row])
        known = np.float32(moment.turn) - history.first_turn[heard]
        np.exp(known * np.float32(-1 / 400), out=out[10])
        again = history.plays[heard] - 1
        rhythm = (history.last_turn[heard] - history.first_turn[heard]) / np.maximum(again, 1)
        ratio = np.log((ago + 5) / (rhythm + 5))
        np.exp(ratio * ratio * np.float32(-0.5), out=out[11])
        out[11] *= again > 0
        np.cos(hours * np.float32(np.pi / 12), out=out[12])
        out[12] *= out[7] * (hours > 4)
