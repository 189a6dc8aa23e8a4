"""Artists: who was played lately, who is playing now, and who follows whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool, distinct
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.once import Once
from recommender.experts.tally import Tally

REACH = 6
NEAR_OFFSETS: IndexArray = np.array([d for d in range(-REACH, REACH + 1) if d], np.int64)
MOST_PLACES = 150
ROUND_PLACES = 50
ROUND_OFFSETS: IndexArray = np.array([-4, -3, -2, -1, 1, 2, 3, 4], np.int64)
LATEST_PLAYS = 300
MOST_ARTISTS, PER_ARTIST = 200, 60
WORTH: FloatArray = np.array(
    [0.25, 0.4, 0.1, 0.05, 0.05, 0.15, 0.4, 0.8, 0.4, 0.0, 0.25], np.float32
)
"""How much each column counts when artists are proposed."""

Named = tuple[IntArray, DoubleArray]
"""Artists, with repeats, and a weight for each."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Artists that came right after the current one, close to it, and close to the last few."""

    after: Named
    near: Named
    round: Named
    last: IntArray


class Artists(Expert):
    """Plays per artist under several half-lives, and the artists near the current one."""

    name = "artists"
    columns = ("art_15", "art_3", "art_100", "art_2000", "art_all", "art_next", "art_near",
               "art_same", "art_before", "art_size", "art_round")  # fmt: skip
    most = 1500
    arrays = ("tally.value", "tally.last")

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.tally = Tally((15.0, 3.0, 100.0, 2000.0, 1e9), self.catalogue.artists)
        self._hits = Once(history, self._look)

    def load(self) -> None:
        size = self.history.size
        artists = self.catalogue.artist[self.history.song[:size]]
        self.tally.load(artists, np.arange(size, dtype=np.float64))

    def grow(self) -> None:
        self.tally.grow(self.catalogue.artists)

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        self.tally.add(int(self.catalogue.artist[play.song]), self.history.size, 1.0, ledger)

    def propose(self, moment: Moment) -> IndexArray:
        """Songs of the artists that fit best now, a few of each at a time."""
        catalogue, history, hits = self.catalogue, self.history, self._hits(moment)
        lately = catalogue.artist[history.song[max(0, history.size - LATEST_PLAYS) : history.size]]
        playing = catalogue.artist[list(moment.recent[:6])]
        named = np.concatenate([hits.after[0], hits.near[0], hits.round[0], lately, playing])
        artists, _ = distinct(named, catalogue.table)
        rows = self._rows(moment, Pool.of(artists, catalogue.artists))
        best = best_first(artists, WORTH @ rows, MOST_ARTISTS)
        return catalogue.artist_songs.in_turn(best, PER_ARTIST)[: self.most]

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        artists, of = pool.artists(self.catalogue.artist, self.catalogue.artists)
        np.take(self._rows(moment, artists), of, axis=1, out=out)

    def _rows(self, moment: Moment, artists: Pool) -> FloatArray:
        """All columns for a pool of artists, shape (columns, artists)."""
        artist_of, hits = self.catalogue.artist, self._hits(moment)
        rows = np.zeros((11, len(artists)), np.float32)
        self.tally.read(moment.turn, rows[:5], artists.songs)
        np.log1p(2 * rows[:5], out=rows[:5])
        rows[9] = np.log1p(self.catalogue.artist_sizes[artists.songs]) / 4
        if not moment.recent:
            return rows
        current = artists.slots(artist_of[[moment.current]])
        rows[5] = np.log1p(artists.sums(*hits.after))
        rows[6] = artists.sums(*hits.near)
        rows[6, current] = 0
        np.log1p(rows[6], out=rows[6])
        rows[10] = artists.sums(*hits.round)
        rows[10, artists.slots(hits.last)] *= 0.3
        np.log(rows[10] + 1, out=rows[10])
        rows[7, current] = 1
        for back, song in enumerate(moment.recent[1:6]):
            slot = artists.slots(artist_of[[song]])
            rows[8, slot] = np.maximum(rows[8, slot], 1 - 0.15 * back)
        return rows

    def _look(self, moment: Moment) -> Hits:
        none = (np.zeros(0, np.int32), np.zeros(0))
        if not moment.recent:
            return Hits(none, none, none, none[0])
        artist_of = self.catalogue.artist
        last = np.array(list(dict.fromkeys(artist_of[list(moment.recent[:10])].tolist())))
        places = self.history.places_of_artist(int(last[0]), MOST_PLACES)
        after, near = self._near(places) if len(places) else (none, none)
        return Hits(after, near, self._round(last.tolist()), last)

    def _round(self, artists: list[int]) -> Named:
        """Artists close to the earlier plays of the last few artists."""
        history, size = self.history, self.history.size
        found = [history.artist_places.get(artist, [])[-ROUND_PLACES:] for artist in artists]
        counts = np.array([len(places) for places in found], np.int64)
        places = np.array([place for group in found for place in group], np.int64)
        share = np.repeat(0.85 ** np.arange(len(found)) / np.sqrt(counts + 4.0), counts)
        turns = places[:, None] + ROUND_OFFSETS
        valid = (turns >= 0) & (turns < size)
        near = self.catalogue.artist[history.song[turns[valid]]]
        return near, np.broadcast_to(share[:, None], turns.shape)[valid]

    def _near(self, places: IntArray) -> tuple[Named, Named]:
        """Artists that came next after, and close to, an artist's earlier plays."""
        history, artist_of = self.history, self.catalogue.artist
        age = np.exp((places - history.size) / 4000.0)
        follows = places + 1 < history.size
        after = artist_of[history.song[places[follows] + 1]]
        turns = places[:, None] + NEAR_OFFSETS
        valid = (turns >= 0) & (turns < history.size)
        near = artist_of[history.song[turns[valid]]]
        weights = np.broadcast_to(age[:, None], turns.shape)[valid] / np.sqrt(4.0 + len(places))
        return (after, age[follows]), (near, weights)
