"""Habits of the hour and of the week: what is usually heard at this time."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment

SLOTS = 12
PRIOR = 3.0


def slot_of(at_s: float) -> int:
    """The two-hour slot of the day, 0 to 11, UTC."""
    return int(at_s // 7200) % SLOTS


def is_weekend(at_s: float) -> bool:
    """Whether the moment falls on a Saturday or Sunday, UTC."""
    return int(at_s // 86400 + 3) % 7 >= 5


class Clock(Expert):
    """How much more often a song or artist is heard at this hour than at any hour."""

    name = "clock"
    columns = ("hour", "hour_artist", "week")
    arrays = ("songs", "artists", "total", "weekend")

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.songs: FloatArray = np.zeros((SLOTS, len(self.catalogue)), np.float32)
        self.artists: FloatArray = np.zeros((SLOTS, self.catalogue.artists), np.float32)
        self.total: FloatArray = np.zeros(SLOTS, np.float32)
        self.weekend: FloatArray = np.zeros(len(self.catalogue), np.float32)

    def load(self) -> None:
        history, size = self.history, self.history.size
        songs = history.song[:size].astype(np.int64)
        slots = (history.at_s[:size] // 7200).astype(np.int64) % SLOTS
        for table, keys in ((self.songs, songs), (self.artists, self.catalogue.artist[songs])):
            table[:] = 0
            np.add.at(table, (slots, keys), 1)
        self.total[:] = np.bincount(slots, minlength=SLOTS)
        weekend = (history.at_s[:size] // 86400 + 3).astype(np.int64) % 7 >= 5
        self.weekend[:] = np.bincount(songs[weekend], minlength=len(self.weekend))

    def grow(self) -> None:
        self.songs = grown(self.songs, len(self.catalogue))
        self.artists = grown(self.artists, self.catalogue.artists)
        self.weekend = grown(self.weekend, len(self.catalogue))

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        slot, artist = slot_of(play.at_s), int(self.catalogue.artist[play.song])
        for name, key in (("songs", play.song), ("artists", artist)):
            ledger.put(self, name, (slot, key), getattr(self, name)[slot, key] + 1)
        ledger.put(self, "total", slot, self.total[slot] + 1)
        if is_weekend(play.at_s):
            ledger.put(self, "weekend", play.song, self.weekend[play.song] + 1)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        if self.history.size == 0:
            return
        slot = slot_of(moment.now_s)
        near = ((slot, 1.0), ((slot + 1) % SLOTS, 0.5), ((slot - 1) % SLOTS, 0.5))
        share = sum(self.total[s] * w for s, w in near) / self.total.sum()
        share = np.float32(max(share, 0.02))
        slots = np.flatnonzero(self.history.plays[pool.songs])
        heard = pool.songs[slots]
        plays = self.history.plays[heard]
        here = sum(self.songs[s, heard] * np.float32(w) for s, w in near)
        out[0, slots] = np.log((here + PRIOR * share) / ((plays + PRIOR) * share))
        rest = (self.weekend[heard] + 0.57) / (plays + 2)
        free = is_weekend(moment.now_s)
        out[2, slots] = np.log(rest / 0.285) if free else np.log((1 - rest) / 0.715)
        artists, of = pool.artists(self.catalogue.artist, self.catalogue.artists)
        by_artist = sum(self.artists[s, artists.songs] * np.float32(w) for s, w in near)
        all_artist = self.artists[:, artists.songs].sum(axis=0)
        lift = np.log((by_artist + PRIOR * share) / ((all_artist + PRIOR) * share))
        out[1] = lift[of]
        np.clip(out, -2, 2, out=out)
