"""Listeners who choose songs for how they sound, for who made them, and out of habit."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.evaluation.sounding.causes import appeals, heard_places
from recommender.evaluation.sounding.world import SoundWorld


@dataclass(frozen=True, slots=True)
class Habits:
    """How often the next song is chosen in which way, shares that add up to 1.

    `near` sounds like what was heard just now, whoever made it; `same_artist` is by its artist;
    `again` was heard before, lately rather than long ago; `any_song` is one that is liked or that
    everybody hears. All but `again` are drawn the likelier the more they are liked, and the more
    everybody hears them.
    """

    near: float
    same_artist: float
    again: float
    any_song: float


STRANGERS = Habits(near=0.4, same_artist=0.1, again=0.0, any_song=0.5)
"""Many listeners for an hour or two each, as in a service's logs."""

OWNER = Habits(near=0.4, same_artist=0.15, again=0.3, any_song=0.15)
"""One listener for a year: of what is new, half was found by its sound, a quarter by its artist."""

REACH = 0.15
"""How far from the song before one goes by ear, in the measure of `heard_places`."""

STAYS = 0.7
"""How much of the mood is left after each song."""

SURE = 1.6
FAME = 0.35
LATELY = 400
LEAST_SKIPS, MOST_SKIPS = 0.05, 0.3


@dataclass(frozen=True, slots=True)
class Ears:
    """What all listeners hear of a world: `liked_for` (songs, APPEALS), `places` (songs, dim), and
    how much likelier a song is for being known, `fame` (songs,), in logs."""

    liked_for: FloatArray
    places: FloatArray
    fame: FloatArray
    artist_of: IndexArray

    @classmethod
    def of(cls, world: SoundWorld) -> Ears:
        """The same for every listener."""
        fame = np.float32(FAME) * np.log(world.popularity * len(world))
        return cls(appeals(world.causes), heard_places(world.causes), fame, world.artist_of)


class Listener:
    """Somebody with a taste and a past; `seed` makes both."""

    def __init__(self, ears: Ears, habits: Habits, seed: int) -> None:
        self.ears, self.rng = ears, np.random.default_rng(seed)
        taste = self.rng.standard_normal((ears.liked_for.shape[1],))
        taste /= float(np.linalg.norm(taste))
        self.liking = np.asarray(ears.liked_for @ taste, np.float32)
        self.draw: FloatArray = np.float32(SURE) * self.liking + ears.fame
        self.ways = [field.name for field in fields(habits)]
        self.odds = np.cumsum([getattr(habits, way) for way in self.ways])
        self.past: list[int] = []

    def session(self, length: int) -> list[int]:
        """The songs of one session; the mood moves with what is heard."""
        song = self._drawn(self.draw)
        songs, mood = [song], self.ears.places[song].copy()
        for _ in range(length - 1):
            song = self._next(song, mood, songs)
            mood += np.float32(1 - STAYS) * (self.ears.places[song] - mood)
            songs.append(song)
        self.past.extend(songs)
        return songs

    def skips(self, song: int) -> bool:
        """Whether the song is skipped: mostly the less liked."""
        rate = LEAST_SKIPS + (MOST_SKIPS - LEAST_SKIPS) / (1 + np.exp(2 * self.liking[song]))
        return bool(self.rng.random() < rate)

    def _next(self, song: int, mood: FloatArray, heard: list[int]) -> int:
        way = self.ways[int(np.searchsorted(self.odds, self.rng.random() * self.odds[-1]))]
        logs = self.draw.copy()
        if way == "again" and self.past:
            known = self.past[-LATELY:]
            return known[int(len(known) * self.rng.random() ** 0.6)]
        if way == "near":
            away = self.ears.places - mood
            logs -= np.einsum("sd,sd->s", away, away) / np.float32(2 * REACH**2)
        if way == "same_artist":
            logs[self.ears.artist_of != self.ears.artist_of[song]] = -np.inf
        logs[heard] = -np.inf
        return self._drawn(logs if np.isfinite(logs).any() else self.draw)

    def _drawn(self, logs: FloatArray) -> int:
        """A song by the logs of its odds."""
        odds = np.exp(logs - logs.max())
        total = odds.cumsum()
        return int(np.searchsorted(total, self.rng.random() * total[-1]).clip(0, len(odds) - 1))


def heard_by_many(
    world: SoundWorld, listeners: int, sessions: int = 8, length: int = 14
) -> Corpus:  # fmt: skip
    """Sessions of many listeners as lists; the vocabulary's keys are the songs' numbers."""
    ears = Ears.of(world)
    lists = []
    for number in range(listeners):
        listener = Listener(ears, STRANGERS, (world.seed + 1) * 100_003 + number)
        lists += [listener.session(length) for _ in range(sessions)]
    keys = [str(number) for number in range(len(world))]
    return corpus_of(lists, Vocabulary(keys, world.artists, world.titles))
