"""Skips: songs and artists that tend to be skipped, and those skipped in this session."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
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

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        history, artist = self.history, self.catalogue.artist
        if history.size == 0:
            return
        heard = history.heard
        of_heard, skips = artist[heard], history.skips[heard]
        usual = np.float32((skips.sum() + 1) / (history.size + 5))
        slots = np.flatnonzero(history.plays[pool.songs])
        here = pool.songs[slots]
        out[0, slots] = usual - (history.skips[here] + 2 * usual) / (history.plays[here] + 2)
        artists, of = pool.artists(artist, self.catalogue.artists)
        plays_of = artists.sums(of_heard, history.plays[heard])
        out[1] = (usual - (artists.sums(of_heard, skips) + 4 * usual) / (plays_of + 4))[of]
        out[2] = self.last[pool.songs]
        lately = np.arange(max(history.session_start, history.size - 40), history.size)
        skipped = history.song[lately[history.skipped[lately]]]
        if moment.live and len(skipped):
            out[3, pool.slots(skipped)] = 1
            out[4] = np.minimum(artists.sums(artist[skipped]), 4)[of] / 4
