"""Rocchio shift: what was said in this session pulls songs like it up or pushes them down."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recommender.api import OPINIONS, Correction, ReactionKind, Scope
from recommender.data.arrays import FloatArray, IndexArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.data.scopes import key_of, members
from recommender.experts.base import Expert, Moment, best_first
from recommender.experts.content import TITLE, Tags, songs_like

PULL = {
    ReactionKind.LIKE: 1.5, ReactionKind.DISLIKE: -1.5, ReactionKind.MORE: 2.2,
    ReactionKind.LESS: -2.2, ReactionKind.NOT_NOW: -1.5,
}  # fmt: skip
LIKED = {ReactionKind.LIKE: 1.0, ReactionKind.DISLIKE: -1.2}
SKIP = -0.25
MOST_SIGNALS, EACH, SPOKEN = 12, 200, 300
CLAMP = 2.5
FADE_S, FADE_MOMENT_S = 6 * 3600.0, 1.5 * 3600.0
FADE_SKIP_TURNS = 8.0
MOOD_SKIPS = 3
"""The quick skips that began a mood go on pushing down: they say what is not wanted now."""


class Signal(NamedTuple):
    """Something said of a song, at a time in s since the epoch."""

    song: int
    kind: ReactionKind
    at_s: float


class Rocchio(Expert):
    """`shift` is the sum of the likeness to the songs reacted to in this session, centred, clamped,
    fading; the other columns last: likes, likes of the artist, and what the listener said of their
    own taste, from -1 to 1."""

    name = "rocchio"
    columns = ("shift", "liked", "liked_artist", "said")
    most = 900

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.liked: FloatArray = np.zeros(len(self.catalogue), np.float32)
        self.signals: tuple[Signal, ...] = ()
        self.corrections: tuple[Correction, ...] = ()
        self._said: tuple[tuple[Correction, ...], int, FloatArray] | None = None

    def grow(self) -> None:
        self.liked = grown(self.liked, len(self.catalogue))

    def react(self, song: int, kind: ReactionKind, at_s: float, ledger: Ledger) -> None:
        """Take in what was said of a song; it replaces what was said before of the same sort."""
        lasts = kind in OPINIONS
        rest = tuple(s for s in self.signals if s.song != song or (s.kind in OPINIONS) != lasts)
        if kind in PULL:
            rest = (*rest, Signal(song, kind, at_s))[-MOST_SIGNALS:]
        ledger.assign(self, "signals", rest)
        if lasts:
            ledger.put(self, "liked", song, LIKED.get(kind, 0.0))

    def correct(self, correction: Correction, ledger: Ledger) -> None:
        """Take in what the listener said of their own taste."""
        ledger.assign(self, "corrections", (*self.corrections, correction))

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Skips are read from the log when they are needed."""

    def propose(self, moment: Moment) -> IndexArray:
        """Songs like those that more was asked of, and songs that the listener spoke for."""
        pulls = sorted(self._weights(moment).items(), key=lambda each: -each[1])
        groups = [songs_like(self.catalogue, song)[:EACH] for song, pull in pulls if pull > 0]
        if self.corrections:
            said, plays = self.said(), self.history.plays
            wanted = np.flatnonzero(said > 0)
            amounts = said[wanted] + np.log1p(plays[wanted]) / 10
            groups.insert(0, best_first(wanted, amounts, SPOKEN))
        songs = dict.fromkeys(song for group in groups for song in group.tolist())
        return np.array(list(songs)[: self.most], np.int64)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        """Write the columns of the pool's songs."""
        catalogue, weights = self.catalogue, self._weights(moment)
        tags = Tags(catalogue, pool.songs)
        for song, weight in weights.items():
            alike = tags.likeness(song)
            alike += TITLE * pool.sums(*catalogue.titles.similar(song))
            out[0] += np.float32(weight) * alike
        if weights and len(pool):
            out[0] -= out[0].mean()
            np.clip(out[0], -CLAMP, CLAMP, out=out[0])
        spoken = np.flatnonzero(self.liked)
        if len(spoken):
            out[1] = np.maximum(self.liked[pool.songs], 0)
            artists, of = pool.artists(catalogue.artist, catalogue.artists)
            by_artist = artists.sums(catalogue.artist[spoken], self.liked[spoken])
            out[2] = np.clip(by_artist, -2, 2)[of] / 2
        if self.corrections:
            out[3] = self.said()[pool.songs]

    def asked(self, moment: Moment) -> list[int]:
        """The songs that more was asked of and that still counts, the latest first."""
        return [
            signal.song
            for signal in reversed(self.signals)
            if signal.kind is ReactionKind.MORE and signal.at_s >= moment.since_s
        ]

    def said(self) -> FloatArray:
        """What the listener said of each song, -1 to 1, 0 for nothing; shape (songs,).

        A word on a song goes before one on its artist, and that before one on its genre.
        """
        revision = self.catalogue.revision
        if self._said is None or self._said[:2] != (self.corrections, revision):
            self._said = (self.corrections, revision, self._all_said())
        return self._said[2]

    def _all_said(self) -> FloatArray:
        said = np.zeros(len(self.catalogue), np.float32)
        latest = {(each.scope, key_of(each.name)): each for each in self.corrections}
        for scope in (Scope.GENRE, Scope.ARTIST, Scope.SONG):
            for (of, name), word in latest.items():
                if of is scope and word.value:
                    said[members(self.catalogue, scope, name)] = np.clip(word.value, -1, 1)
        return said

    def _weights(self, moment: Moment) -> dict[int, float]:
        """The words that still count, with skips of this session among them."""
        weights: dict[int, float] = {}
        for song, kind, at_s in self.signals:
            if at_s >= moment.since_s:
                fade_s = FADE_S if kind in OPINIONS else FADE_MOMENT_S
                fade = float(np.exp(-max(0.0, moment.now_s - at_s) / fade_s))
                weights[song] = weights.get(song, 0.0) + PULL[kind] * fade
        history = self.history
        if moment.live:
            start = max(history.session_start, moment.mood_turn - MOOD_SKIPS, history.size - 12)
            for turn in range(start, history.size):
                if history.skipped[turn]:
                    fade = float(np.exp((turn + 1 - history.size) / FADE_SKIP_TURNS))
                    song = int(history.song[turn])
                    weights[song] = weights.get(song, 0.0) + SKIP * fade
        return weights
