"""Skips: songs and artists that tend to be skipped, and those skipped in this session."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.base import Expert, Moment


class Skips(Expert):
    """Skip rates against the listener's own, higher where skips are rarer."""

    name = "skips"
    columns = ("kept", "kept_artist", "skipped_last", "skipped_session", "skipped_artist")
    arrays = ("last",)

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.last: FloatArray = np.zeros(len(self.catalogue), np.float32)

    def load(self) -> None:
        size = self.history.size
        self.last[:] = 0
        self.last[self.history.song[:size]] = self.history.skipped[:size]

    def grow(self) -> None:
        self.last = grown(self.last, len(self.catalogue))

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        ledger.put(self, "last", play.song, float(play.skipped))

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        history, artist = self.history, self.catalogue.artist
        if history.size == 0:
            return
        usual = (history.skips.sum() + 1) / (history.size + 5)
        heard = history.heard()
        out[0, heard] = usual - (history.skips[heard] + 2 * usual) / (history.plays[heard] + 2)
        plays = np.bincount(artist, history.plays, minlength=self.catalogue.artists)
        skips = np.bincount(artist, history.skips, minlength=self.catalogue.artists)
        out[1] = (usual - (skips + 4 * usual) / (plays + 4))[artist]
        out[2] = self.last
        lately = np.arange(max(history.session_start, history.size - 40), history.size)
        skipped = history.song[lately[history.skipped[lately]]]
        if len(moment.session) and len(skipped):
            out[3, skipped] = 1
            counts = np.bincount(artist[skipped], minlength=self.catalogue.artists)
            out[4] = np.minimum(counts, 4)[artist] / 4
