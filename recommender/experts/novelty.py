"""Songs never heard: likelier when their artist is being discovered right now."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.base import Expert, Moment
from recommender.experts.tally import Tally


class Novelty(Expert):
    """Columns that are zero for every song heard before."""

    name = "novelty"
    columns = ("new_near", "new", "new_same", "new_left", "new_run", "new_fan")
    arrays = ("heard", "found.value", "found.last")

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.heard: FloatArray = np.zeros(self.catalogue.artists, np.float32)
        self.found = Tally((8.0, 80.0), self.catalogue.artists)

    def load(self) -> None:
        history, size = self.history, self.history.size
        songs, first = np.unique(history.song[:size], return_index=True)
        artists = self.catalogue.artist[songs]
        self.heard[:] = np.bincount(artists, minlength=len(self.heard))
        order = np.argsort(first)
        self.found.load(artists[order], first[order].astype(np.float64))

    def grow(self) -> None:
        self.heard = grown(self.heard, self.catalogue.artists)
        self.found.grow(self.catalogue.artists)

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        if self.history.plays[play.song] == 0:
            artist = int(self.catalogue.artist[play.song])
            ledger.put(self, "heard", artist, self.heard[artist] + 1)
            self.found.add(artist, self.history.size, 1.0, ledger)

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        catalogue = self.catalogue
        new = (self.history.plays == 0).astype(np.float32)
        left = np.maximum(catalogue.artist_sizes - self.heard, 1).astype(np.float32)
        found = np.zeros((2, catalogue.artists), np.float32)
        self.found.read(moment.turn, found)
        share = np.log(found + 1)
        of = catalogue.artist
        out[0] = share[0][of] * new
        out[1] = new
        out[3] = (1 / left)[of] * new
        out[4] = share[1][of] * new
        out[5] = np.log1p(self.heard)[of] / 3 * new
        if moment.recent:
            out[2] = (of == of[moment.current]) * new
