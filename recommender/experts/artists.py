"""Artists: who was played lately, who is playing now, and who follows whom."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.base import Expert, Moment
from recommender.experts.tally import Tally

REACH = 6
MOST_PLACES = 150
ROUND_PLACES = 50
ROUND_OFFSETS: IndexArray = np.array([-4, -3, -2, -1, 1, 2, 3, 4], np.int64)


class Artists(Expert):
    """Plays per artist under several half-lives, and the artists near the current one."""

    name = "artists"
    columns = ("art_15", "art_3", "art_100", "art_2000", "art_all", "art_next", "art_near",
               "art_same", "art_before", "art_size", "art_round")  # fmt: skip
    arrays = ("tally.value", "tally.last")

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.tally = Tally((15.0, 3.0, 100.0, 2000.0, 1e9), self.catalogue.artists)

    def load(self) -> None:
        size = self.history.size
        artists = self.catalogue.artist[self.history.song[:size]]
        self.tally.load(artists, np.arange(size, dtype=np.float64))

    def grow(self) -> None:
        self.tally.grow(self.catalogue.artists)

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        self.tally.add(int(self.catalogue.artist[play.song]), self.history.size, 1.0, ledger)

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        artist_of = self.catalogue.artist
        per_artist = np.zeros((11, self.catalogue.artists), np.float32)
        self.tally.read(moment.turn, per_artist[:5])
        np.log1p(2 * per_artist[:5], out=per_artist[:5])
        if moment.recent:
            self._near(int(artist_of[moment.current]), per_artist)
            self._round(moment, per_artist[10])
            per_artist[7, artist_of[moment.current]] = 1
            for back, song in enumerate(moment.recent[1:6]):
                per_artist[8, artist_of[song]] = max(
                    per_artist[8, artist_of[song]], 1 - 0.15 * back
                )
        per_artist[9] = np.log1p(self.catalogue.artist_sizes) / 4
        np.take(per_artist, artist_of, axis=1, out=out)

    def _round(self, moment: Moment, row: FloatArray) -> None:
        """Artists close to the earlier plays of the last few artists."""
        history, size = self.history, self.history.size
        artists = list(dict.fromkeys(self.catalogue.artist[list(moment.recent[:10])].tolist()))
        found = [history.artist_places.get(artist, [])[-ROUND_PLACES:] for artist in artists]
        counts = np.array([len(places) for places in found], np.int64)
        places = np.array([place for group in found for place in group], np.int64)
        if len(places) == 0:
            return
        share = np.repeat(0.85 ** np.arange(len(found)) / np.sqrt(counts + 4.0), counts)
        turns = places[:, None] + ROUND_OFFSETS
        inside = np.clip(turns, 0, size - 1)
        valid = turns == inside
        near = self.catalogue.artist[history.song[inside[valid]]]
        weights = np.broadcast_to(share[:, None], turns.shape)[valid]
        row[:] = np.bincount(near, weights, len(row))
        row[artists] *= 0.3
        np.log(row + 1, out=row)

    def _near(self, artist: int, per_artist: FloatArray) -> None:
        """Artists that came next after, and close to, the current artist's earlier plays."""
        history = self.history
        places = history.places_of_artist(artist, MOST_PLACES)
        if len(places) == 0:
            return
        size = self.catalogue.artists
        age = np.exp((places - history.size) / 4000.0)
        follows = places + 1 < history.size
        after = self.catalogue.artist[history.song[places[follows] + 1]]
        per_artist[5] = np.log1p(np.bincount(after, age[follows], minlength=size))
        offsets = np.array([d for d in range(-REACH, REACH + 1) if d], np.int64)
        turns = places[:, None] + offsets
        valid = (turns >= 0) & (turns < history.size)
        near = self.catalogue.artist[history.song[turns[valid]]]
        weights = np.broadcast_to(age[:, None], turns.shape)[valid]
        counts = np.bincount(near, weights, minlength=size) / np.sqrt(4.0 + len(places))
        counts[artist] = 0
        per_artist[6] = np.log1p(counts)
