"""What tells whether a song, put on now, is played to the end: the session so far, and the song."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray, IntArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Moment

REACH, LATELY = 24, 80
"""So many plays of the session, and of all sessions, are looked at."""

FADE, FADE_LATELY = 0.8, 0.97
FADED: DoubleArray = FADE ** np.arange(REACH, dtype=np.float64)
FADED_LATELY: DoubleArray = FADE_LATELY ** np.arange(LATELY, dtype=np.float64)[::-1]
FIRST_SHARE, FIRST_PLAYS = 0.65, 4.0
"""What share is taken to be finished before the first play, and how many plays that counts as."""

SHRINK_SONG, SHRINK_ARTIST, SHRINK_HOUR = 2.0, 5.0, 20.0
HOURS = 8
HOUR_S, DAY_S = 3_600.0, 86_400.0
EVEN = 0.1
"""Keeps differences of rates in bounds for somebody who finishes all songs, or none."""


class Feature(NamedTuple):
    """A feature's weight to begin with, the variance of the doubt in it, and its bounds."""

    prior: float
    variance: float
    lowest: float = -np.inf
    highest: float = np.inf


NOW: dict[str, Feature] = {
    "always": Feature(0.0, 0.05),
    "usual": Feature(1.0, 0.05, 0.0),
    "lately": Feature(1.0, 0.5, 0.0),
    "in_session": Feature(1.5, 0.5, 0.0),
    "last": Feature(0.5, 0.3, 0.0),
    "skips_row": Feature(-0.2, 0.1, -np.inf, 0.0),
    "finishes_row": Feature(0.1, 0.1, 0.0),
    "opening": Feature(0.0, 0.1),
    "position": Feature(0.0, 0.1),
    "listed": Feature(0.0, 0.5),
    "hour": Feature(0.5, 0.1, 0.0),
}
"""Of the moment, the same for every song."""

SONG: dict[str, Feature] = {
    "song": Feature(0.7, 0.2, 0.0),
    "song_last": Feature(0.3, 0.1, 0.0),
    "artist": Feature(0.5, 0.2, 0.0),
    "familiar": Feature(0.1, 0.1),
    "new": Feature(0.0, 0.1),
    "rested": Feature(0.0, 0.1),
    "again": Feature(0.0, 0.3),
    "here_song": Feature(0.4, 0.3, 0.0),
    "here_artist": Feature(0.6, 0.3, 0.0),
    "here_genre": Feature(0.3, 0.2, 0.0),
    "alike": Feature(0.5, 0.5, 0.0),
}
"""Of the song; differences are from what is usual, so that 0 is a song like any other."""

OWN, NEW = np.array([0, 1, 3, 4, 5]), 4
"""Which of them tell of the song alone; `new` is the only one that a song never heard has."""


class Vectors(NamedTuple):
    """Songs in a space: which row of `rows`, of length 1, each song has, below 0 for none."""

    place: IntArray
    rows: FloatArray


class Asked(NamedTuple):
    """The `usual` share of finished plays, and the plays of the present session, the newest first:
    their songs, how each differed from the usual outcome, and how much each still counts."""

    usual: float
    songs: IntArray
    surprise: DoubleArray
    fade: DoubleArray


class Facts:
    """Tallies of what was finished, and the features of a moment and of songs in it.

    `artists` and `hours` hold plays and skips, shapes (2, artists) and (2, HOURS); `last` is 1 for
    a song last finished, -1 for one last skipped, 0 for one never heard; shape (songs,).
    """

    arrays = ("artists", "hours", "last")

    def __init__(self, history: History) -> None:
        self.history = history
        self.artists: FloatArray = np.zeros((2, history.catalogue.artists), np.float32)
        self.hours: FloatArray = np.zeros((2, HOURS), np.float32)
        self.last: FloatArray = np.zeros(len(history.catalogue), np.float32)
        self.vectors: Vectors | None = None

    def load(self) -> None:
        """Count the whole log anew."""
        history, size = self.history, self.history.size
        songs, skipped = history.song[:size], history.skipped[:size]
        artist = history.catalogue.artist[songs]
        hour = (history.at_s[:size] % DAY_S // (DAY_S / HOURS)).astype(np.int64)
        for tally, codes in ((self.artists, artist), (self.hours, hour)):
            tally[0] = np.bincount(codes, minlength=tally.shape[1])
            tally[1] = np.bincount(codes, skipped, minlength=tally.shape[1])
        self.last[:] = 0
        self.last[songs] = np.where(skipped, -1, 1)

    def grow(self) -> None:
        """Make room for songs and artists that joined."""
        self.last = grown(self.last, len(self.history.catalogue))
        self.artists = grown(self.artists, self.history.catalogue.artists)

    def count(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Count one play, before it joins the log."""
        artist = int(self.history.catalogue.artist[play.song])
        one = np.array([1, play.skipped], np.float32)
        for name, code in (("artists", artist), ("hours", _hour(play.at_s))):
            column = (slice(None), code)
            ledger.put(self, name, column, getattr(self, name)[column] + one)
        ledger.put(self, "last", play.song, -1 if play.skipped else 1)

    def of_hour(self, clock_s: float) -> tuple[float, float]:
        """Plays and skips at this time of day."""
        plays, skips = self.hours[:, _hour(clock_s)].tolist()
        return plays, skips

    @property
    def usual(self) -> float:
        """The share of all plays that were finished."""
        plays, skips = self.hours.sum(axis=1).tolist()
        share: float = (plays - skips + FIRST_SHARE * FIRST_PLAYS) / (plays + FIRST_PLAYS)
        return share

    def asked(self, moment: Moment) -> Asked:
        """The session's plays whose outcome is known."""
        history, size, usual = self.history, self.history.size, self.usual
        start = max(history.session_start, size - REACH) if moment.live else size
        songs = history.song[start:size][::-1]
        finished = (~history.skipped[start:size][::-1]).astype(np.float64)
        return Asked(usual, songs, finished - usual, FADED[: len(songs)])

    def now(self, moment: Moment, asked: Asked, listed: bool, clock_s: float) -> DoubleArray:
        """The features of a moment, shape (NOW,); `listed` says that the list chooses the song."""
        usual, position = asked.usual, len(moment.session)
        finishes, skips = _streak(asked.surprise > 0), _streak(asked.surprise <= 0)
        plays, skipped = self.of_hour(clock_s)
        finished = (plays - skipped + SHRINK_HOUR * usual) / (plays + SHRINK_HOUR)
        lately, share_listed = self._lately(usual)
        return np.array([
            1.0, math.log(usual / (1 - usual)), lately,
            (asked.surprise @ asked.fade) / (asked.fade.sum() + 1),
            asked.surprise[0] if len(asked.songs) else 0.0, math.log1p(skips), math.log1p(finishes),
            position == 0, math.log1p(position) / 3, listed - share_listed,
            (finished - usual) / (usual * (1 - usual) + EVEN),
        ])  # fmt: skip

    def _lately(self, usual: float) -> tuple[float, float]:
        """How the latest plays of all sessions differed from the usual, and the faded share of them
        that the list chose."""
        history, size = self.history, self.history.size
        latest = slice(max(0, size - LATELY), size)
        fade = FADED_LATELY[LATELY - size + latest.start :]
        total = float(fade.sum())
        finished = 1 - float(fade @ history.skipped[latest]) / total if total else usual
        listed = float(fade @ history.listed[latest]) / (total + 1)
        return (finished - usual) * total / (total + 10), listed

    def songs(self, moment: Moment, asked: Asked, pool: Pool, clock_s: float) -> FloatArray:
        """The features of each song of the pool, shape (SONG, pool)."""
        catalogue, songs = self.history.catalogue, pool.songs
        artist = catalogue.artist[songs]
        out = np.zeros((len(SONG), len(songs)), np.float32)
        out[OWN] = self._own(songs, asked.usual, clock_s)
        of_artist = self.artists[:, artist]
        out[2] = _difference(of_artist[0], of_artist[1], asked.usual, SHRINK_ARTIST)
        if len(moment.session):
            out[6, pool.slots(moment.session)] = 1
        if len(asked.songs):
            slots, surprise = _there(asked, pool)
            out[7, slots] = surprise
            by_artist, by_genre, near = self._here(asked)
            out[8] = _at(by_artist, artist)
            out[9] = _at(by_genre, catalogue.genre[songs])
            if self.vectors is not None:
                out[10] = near[self.vectors.place[songs]]
        return out

    def weighed(
        self, weights: FloatArray, moment: Moment, asked: Asked, pool: Pool, clock_s: float
    ) -> FloatArray:  # fmt: skip
        """The features of `songs`, each times its weight (SONG,), summed; shape (pool,).

        Songs that were never heard differ only by what they have in common with others, so that
        each artist and each genre is weighed once.
        """
        history, songs = self.history, pool.songs
        artists, of = pool.artists(history.catalogue.artist, history.catalogue.artists)
        of_artist = self.artists[:, artists.songs]
        parts = weights[2] * _difference(of_artist[0], of_artist[1], asked.usual, SHRINK_ARTIST)
        genres = near = np.zeros(0, np.float32)
        if len(asked.songs):
            by_artist, genres, near = self._here(asked)
            parts += weights[8] * _at(by_artist, artists.songs)
        above: FloatArray = (parts + weights[NEW])[of]
        heard = np.flatnonzero(history.plays[songs])
        own = weights[OWN] @ self._own(songs[heard], asked.usual, clock_s)
        above[heard] += own - weights[NEW]
        if len(moment.session):
            above[pool.slots(moment.session)] += weights[6]
        if len(asked.songs):
            slots, surprise = _there(asked, pool)
            above[slots] = above[slots] + weights[7] * surprise.astype(np.float32)
            above += _at(weights[9] * genres, history.catalogue.genre[songs])
            if self.vectors is not None:
                above += (weights[10] * near)[self.vectors.place[songs]]
        return above

    def _own(self, songs: IndexArray, usual: float, clock_s: float) -> FloatArray:
        """The features that tell of each song alone, shape (OWN, songs)."""
        history, last = self.history, self.last[songs]
        plays = history.plays[songs]
        hours = np.maximum(clock_s - history.last_s[songs], 0).astype(np.float32) / HOUR_S
        out = np.zeros((len(OWN), len(songs)), np.float32)
        out[0] = _difference(plays, history.skips[songs], usual, SHRINK_SONG)
        out[1] = (last != 0) * ((last + 1) / 2 - usual)
        out[2] = np.log1p(plays) / 3
        out[3] = plays == 0
        out[4] = (plays > 0) * (np.log1p(hours) / 5 - 1)
        return out

    def _here(self, asked: Asked) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What this session tells of each artist, of each genre, and of the songs that have a
        vector, with one more place, of 0, for all others."""
        catalogue, amounts = self.history.catalogue, asked.surprise * asked.fade
        by_artist = _tallied(catalogue.artist[asked.songs], amounts, asked.fade)
        by_genre = _tallied(catalogue.genre[asked.songs], amounts, asked.fade)
        by_genre[0] = 0
        if self.vectors is None:
            return by_artist, by_genre, np.zeros(1, np.float32)
        place, rows = self.vectors
        known = place[asked.songs] >= 0
        wanted = amounts[known] @ rows[place[asked.songs[known]]] / (asked.fade.sum() + 1)
        near: FloatArray = np.append(rows @ wanted.astype(np.float32), np.float32(0))
        return by_artist, by_genre, near


def _there(asked: Asked, pool: Pool) -> tuple[IntArray, DoubleArray]:
    """Where in the pool the session's songs stand, the newest last, and their surprise."""
    slots = pool.slot[asked.songs]
    there = slots >= 0
    return slots[there][::-1], asked.surprise[there][::-1]


def _at(table: FloatArray, codes: IntArray | IndexArray) -> FloatArray:
    """What stands in a table of `_tallied` for each code."""
    found: FloatArray = table[np.minimum(codes, len(table) - 1)]
    return found


def _tallied(codes: IntArray, amounts: DoubleArray, fade: DoubleArray) -> FloatArray:
    """For each code the faded mean amount, drawn to 0; one more place, of 0, for all above."""
    room = int(codes.max()) + 2
    sums, counts = np.bincount(codes, amounts, room), np.bincount(codes, fade, room)
    means: FloatArray = (sums / (counts + 1)).astype(np.float32)
    return means


def _difference(
    plays: FloatArray, skips: FloatArray, usual: float, shrink: float
) -> FloatArray:  # fmt: skip
    """How far the share that was finished, drawn to the usual one, is above it, about in nats."""
    share = (plays - skips + shrink * usual) / (plays + shrink)
    return ((share - usual) / (usual * (1 - usual) + EVEN)).astype(np.float32)


def _streak(outcomes: BoolArray) -> int:
    """How many of the newest outcomes are true in a row."""
    other = np.flatnonzero(~outcomes)
    return int(other[0]) if len(other) else len(outcomes)


def _hour(at_s: float) -> int:
    return int(at_s % DAY_S // (DAY_S / HOURS))
