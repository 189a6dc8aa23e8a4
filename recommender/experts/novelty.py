"""Songs never heard: likelier when their artist is being discovered right now."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool, distinct
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.tally import Tally

FOUND = 400
MOST_ARTISTS, PER_ARTIST = 120, 100


class Novelty(Expert):
    """Columns that are zero for every song heard before."""

    name = "novelty"
    columns = ("new_near", "new", "new_same", "new_left", "new_run", "new_fan")
    most = 1200
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

    def propose(self, moment: Moment) -> IndexArray:
        """Songs never heard of the artists that are being discovered."""
        catalogue, history = self.catalogue, self.history
        songs = np.concatenate([np.array(moment.recent[:10], np.int64), history.heard[-FOUND:]])
        artists, _ = distinct(catalogue.artist[songs], catalogue.table)
        found = np.zeros((2, len(artists)), np.float32)
        self.found.read(moment.turn, found, artists)
        score = 3 * np.log1p(found[0]) + np.log1p(found[1]) + np.log1p(self.heard[artists]) / 6
        if moment.recent:
            score[artists == catalogue.artist[moment.current]] += 4
        best = best_first(artists, score, MOST_ARTISTS)
        new = catalogue.artist_songs.in_turn(best, PER_ARTIST)
        unheard: IndexArray = new[history.plays[new] == 0][: self.most]
        return unheard

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        catalogue = self.catalogue
        new = (self.history.plays[pool.songs] == 0).astype(np.float32)
        artists, of = pool.artists(catalogue.artist, catalogue.artists)
        names = artists.songs
        heard = self.heard[names]
        left = np.maximum(catalogue.artist_sizes[names] - heard, 1).astype(np.float32)
        found = np.zeros((2, len(names)), np.float32)
        self.found.read(moment.turn, found, names)
        share = np.log(found + 1)
        out[0] = share[0][of] * new
        out[1] = new
        out[3] = (1 / left)[of] * new
        out[4] = share[1][of] * new
        out[5] = np.log1p(heard)[of] / 3 * new
        if moment.recent:
            out[2] = (catalogue.artist[pool.songs] == catalogue.artist[moment.current]) * new
