"""Recency: how long ago each song was heard, and whether it is due again."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment, best_first

TURNS = (3.0, 20.0, 100.0, 500.0, 3000.0)
HOURS = (1.5, 24.0, 168.0)
LATEST_PLAYS = 400


class Recency(Expert):
    """Fading traces of the last play, of the first play, and of the song's own rhythm."""

    name = "recency"
    columns = ("seen_100", "seen_3", "seen_20", "seen_500", "seen_3000", "seen_1h", "seen_24h",
               "seen_168h", "in_session", "last", "found_lately", "due", "daily",
               "back_2_5")  # fmt: skip
    most = 800

    def propose(self, moment: Moment) -> IndexArray:
        """The songs heard last, then those that are due again by their own rhythm."""
        history = self.history
        latest = history.song[max(0, history.size - LATEST_PLAYS) : history.size][::-1].tolist()
        again = history.heard[history.plays[history.heard] > 1]
        ago = np.float32(moment.turn) - history.last_turn[again]
        due = best_first(again, self._due(again, ago), self.most)
        songs = list(dict.fromkeys([*moment.recent[:1], *latest, *due.tolist()]))
        return np.array(songs[: self.most], np.int64)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        slots = np.flatnonzero(self.history.plays[pool.songs])
        if len(slots):
            traces = np.zeros((13, len(slots)), np.float32)
            self._traces(moment, pool.songs[slots], traces)
            out[:13, slots] = traces
        out[8, pool.slots(moment.session)] = 1
        for place, song in enumerate(moment.recent[:6]):
            if song in pool and not out[9, pool.slot[song]]:
                out[9 if place == 0 else 13, pool.slot[song]] = 1

    def _traces(self, moment: Moment, heard: IndexArray, out: FloatArray) -> None:
        history = self.history
        ago = np.float32(moment.turn) - history.last_turn[heard]
        for row, tau in zip((1, 2, 0, 3, 4), TURNS, strict=True):
            np.exp(ago * np.float32(-1 / tau), out=out[row])
        hours = ((moment.now_s - history.last_s[heard]) / 3600.0).astype(np.float32)
        for row, tau in zip((5, 6, 7), HOURS, strict=True):
            np.exp(hours * np.float32(-1 / tau), out=out[row])
        known = np.float32(moment.turn) - history.first_turn[heard]
        np.exp(known * np.float32(-1 / 400), out=out[10])
        out[11] = self._due(heard, ago)
        np.cos(hours * np.float32(np.pi / 12), out=out[12])
        out[12] *= out[7] * (hours > 4)

    def _due(self, heard: IndexArray | IntArray, ago: FloatArray) -> FloatArray:
        """How well the time since the last play fits a song's rhythm, 0 to 1; 0 after one play."""
        history = self.history
        again = history.plays[heard] - 1
        rhythm = (history.last_turn[heard] - history.first_turn[heard]) / np.maximum(again, 1)
        ratio = np.log((ago + 5) / (rhythm + 5))
        due: FloatArray = np.exp(ratio * ratio * np.float32(-0.5)) * (again > 0)
        return due
