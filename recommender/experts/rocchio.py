"""Rocchio shift: likes pull songs like them up, dislikes and skips push them down."""

from __future__ import annotations

import numpy as np

from recommender.api import ReactionKind
from recommender.data.arrays import FloatArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.base import Expert, Moment
from recommender.experts.content import likeness

LIKE, DISLIKE, SKIP = 1.0, -1.2, -0.25
MOST_SIGNALS = 12
CLAMP = 1.5
FADE_S = 6 * 3600.0
FADE_SKIP_TURNS = 8.0


class Rocchio(Expert):
    """The sum of the likeness to the songs reacted to, centred, clamped, fading."""

    name = "rocchio"
    columns = ("shift", "liked", "liked_artist")

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.liked: FloatArray = np.zeros(len(self.catalogue), np.float32)
        self.signals: tuple[tuple[int, float, float], ...] = ()
        self._cache: dict[int, FloatArray] = {}
        self._revision = -1

    def load(self) -> None:
        self._cache.clear()

    def grow(self) -> None:
        self.liked = grown(self.liked, len(self.catalogue))

    def react(self, song: int, kind: ReactionKind, at_s: float, ledger: Ledger) -> None:
        """Take in a like, a dislike, or the removal of either."""
        rest = tuple(signal for signal in self.signals if signal[0] != song)
        value = {ReactionKind.LIKE: LIKE, ReactionKind.DISLIKE: DISLIKE}.get(kind, 0.0)
        if value:
            rest = (*rest, (song, value, at_s))[-MOST_SIGNALS:]
        ledger.assign(self, "signals", rest)
        ledger.put(self, "liked", song, value)

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Skips are read from the log when they are needed."""

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        weights = self._weights(moment)
        for song, weight in weights.items():
            out[0] += np.float32(weight) * self._alike(song)
        if weights:
            out[0] -= out[0].mean()
            np.clip(out[0], -CLAMP, CLAMP, out=out[0])
        if self.liked.any():
            out[1] = np.maximum(self.liked, 0)
            by_artist = np.bincount(self.catalogue.artist, self.liked, self.catalogue.artists)
            out[2] = np.clip(by_artist, -2, 2)[self.catalogue.artist] / 2

    def _weights(self, moment: Moment) -> dict[int, float]:
        """The signals that still count, with skips of this session among them."""
        weights: dict[int, float] = {}
        for song, value, at_s in self.signals:
            fade = np.exp(-max(0.0, moment.now_s - at_s) / FADE_S)
            if fade > 0.05:
                weights[song] = weights.get(song, 0.0) + value * float(fade)
        history = self.history
        if len(moment.session) and history.size:
            start = max(history.session_start, history.size - 12)
            for turn in range(start, history.size):
                if history.skipped[turn]:
                    fade = np.exp((turn + 1 - history.size) / FADE_SKIP_TURNS)
                    song = int(history.song[turn])
                    weights[song] = weights.get(song, 0.0) + SKIP * float(fade)
        return weights

    def _alike(self, song: int) -> FloatArray:
        if self._revision != self.catalogue.revision:
            self._cache.clear()
            self._revision = self.catalogue.revision
        if song not in self._cache:
            if len(self._cache) >= 2 * MOST_SIGNALS:
                self._cache.pop(next(iter(self._cache)))
            self._cache[song] = likeness(self, song)
        return self._cache[song]
