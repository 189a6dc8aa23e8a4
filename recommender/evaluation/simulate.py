"""Simulated listeners: a year of mixed habits by seed, written as a plays-csv file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from recommender.evaluation.world import World

YEAR_START_S = 1_704_067_200
DAYS = 365
SMALL = 5_000
HEADER = ("user", "end_time_utc", "artist", "track", "ms_played")
MODES = ("album", "ordered", "shuffled", "liked", "radio", "explore", "binge", "artist", "pick")
MIX = (0.045, 0.05, 0.32, 0.19, 0.14, 0.125, 0.04, 0.04, 0.05)


@dataclass(frozen=True, slots=True)
class SimulatedPlay:
    """One play of the simulation."""

    end_s: int
    song: int
    ms_played: int


PlayRow = tuple[str, SimulatedPlay, str, str]
"""User, play, artist and title."""


class Listener:
    """A person with tastes, playlists that drift, habits of the hour, and moods."""

    def __init__(self, world: World, rng: np.random.Generator, plays: int) -> None:
        self.world, self.rng, self.plays = world, rng, plays
        places = rng.choice(len(world.by_place), int(rng.integers(5, 12)), replace=False)
        self.places = [int(place) for place in places]
        self.tastes = rng.dirichlet(np.full(len(self.places), 0.8))
        self.mix = rng.dirichlet(np.array(MIX) * 14)
        self.skip_rate = float(rng.uniform(0.05, 0.35))
        self.artists: list[int] = []
        for _ in range(int(rng.integers(500, 1100))):
            self._meet_artist()
        self.lists = [self._new_list() for _ in range(int(rng.integers(10, 30)))]
        self.liked: list[int] = [song for group in self.lists[:12] for song in group[:60]]
        self.favourites = rng.dirichlet(np.full(len(self.lists), 0.12))
        self.by_hour = [rng.dirichlet(np.full(len(self.lists), 0.1)) for _ in range(4)]
        self.obsessions: list[int] = self.liked[:5]
        self.lately: list[int] = []
        self.shelf: list[list[int]] = []
        self.pending: dict[int, list[int]] = {}

    def _meet_artist(self) -> int:
        place = int(self.rng.choice(self.places, p=self.tastes))
        if self.rng.random() < 0.1:
            place = int(self.rng.integers(len(self.world.by_place)))
        group = self.world.by_place[place]
        artist = group[int(len(group) * self.rng.random() ** 1.6)]
        if artist not in self.artists:
            self.artists.append(artist)
        return artist

    def _new_list(self) -> list[int]:
        length = int(np.clip(self.rng.lognormal(3.6, 0.7), 12, 500))
        place = self.rng.choice(self.places, p=self.tastes)
        group = [a for a in self.artists if self.world.artists[a].place == place]
        group = group or self.artists
        songs: list[int] = []
        for _ in range(6 * length):
            pool = group if self.rng.random() < 0.7 else self.artists
            artist = pool[int(len(pool) * self.rng.random() ** 1.5)]
            songs.extend(self.world.some_of(artist, 1 + int(self.rng.geometric(0.7)) // 2))
            if len(set(songs)) >= length:
                break
        unique = list(dict.fromkeys(songs))[:length]
        return [unique[int(i)] for i in self.rng.permutation(len(unique))]

    def year(self) -> Iterator[SimulatedPlay]:
        """All plays of the year in order of time."""
        per_day = self.plays / DAYS
        made = 0
        clock = float(YEAR_START_S)
        for day in range(DAYS):
            self._drift(day)
            wanted = per_day * self.rng.gamma(2.0, 0.5)
            for hour in sorted(self.rng.normal((8, 13, 18, 21), 1.2)):
                session = int(self.rng.geometric(1 / max(wanted / 3.4, 1.5)))
                clock = max(clock + 2400, YEAR_START_S + day * 86400 + hour * 3600)
                if self.rng.random() < 0.15 or made >= self.plays:
                    continue
                for play in self._session(clock, session, int(hour // 6) % 4):
                    clock = play.end_s
                    made += 1
                    yield play

    def _drift(self, day: int) -> None:
        rng = self.rng
        for _ in range(int(rng.poisson(1.5))):
            self._meet_artist()
        if day % 7 == 0:
            self.tastes = 0.93 * self.tastes + 0.07 * rng.dirichlet(np.full(len(self.tastes), 0.8))
            self.favourites = 0.9 * self.favourites + 0.1 * rng.dirichlet(
                np.full(len(self.lists), 0.12)
            )
        if rng.random() < 0.25:
            chosen = self.lists[int(rng.integers(len(self.lists)))]
            source = self.lately[-200:] or self.liked
            chosen.extend(int(s) for s in rng.choice(source, 3) if s not in chosen)
            if rng.random() < 0.5:
                del chosen[int(rng.integers(len(chosen)))]
        if rng.random() < 0.02:
            self.lists[int(rng.integers(len(self.lists)))] = self._new_list()

    def _session(self, clock: float, length: int, part: int) -> Iterator[SimulatedPlay]:
        while length > 0:
            mode = MODES[int(self.rng.choice(len(MODES), p=self.mix))]
            segment = min(length, 1 + int(self.rng.geometric(1 / 14)))
            length -= segment
            mood = self.skip_rate * self.rng.gamma(1.5, 0.66)
            for song in self._segment(mode, segment, part):
                skipped = self.rng.random() < min(mood, 0.8)
                full = 120_000 + (song * 7919) % 180_000
                heard = int(self.rng.integers(1500, 29_000)) if skipped else full
                clock += heard / 1000 + (self.rng.random() < 0.03) * self.rng.uniform(20, 900)
                self._remember(song, skipped)
                yield SimulatedPlay(int(clock), song, heard)

    def _remember(self, song: int, skipped: bool) -> None:
        self.lately.append(song)
        if len(self.lately) > 2000:
            del self.lately[:1000]
        if not skipped and song not in self.liked and self.rng.random() < 0.06:
            self.liked.append(song)
            if self.rng.random() < 0.15:
                self.obsessions = [song, *self.obsessions[:5]]

    def _segment(self, mode: str, length: int, part: int) -> list[int]:
        makers = {
            "album": self._album, "radio": self._radio, "explore": self._explore,
            "binge": self._binge, "artist": self._artist, "pick": self._pick,
        }  # fmt: skip
        if mode in makers:
            return makers[mode](length)
        if mode == "liked":
            newest = self.rng.random() < 0.5
            return self._shuffled(-1 - newest, self.liked[-80:] if newest else self.liked, length)
        odds = 0.5 * self.favourites + 0.5 * self.by_hour[part]
        number = int(self.rng.choice(len(self.lists), p=odds / odds.sum()))
        group = self.lists[number]
        if mode == "shuffled":
            return self._shuffled(number, group, length)
        first = 0 if self.rng.random() < 0.5 else int(self.rng.integers(len(group)))
        return group[first : first + length]

    def _shuffled(self, number: int, group: list[int], length: int) -> list[int]:
        """A shuffle goes on where it was left as often as it starts anew."""
        waiting = self.pending.get(number, [])
        if len(waiting) < length or self.rng.random() < 0.5:
            waiting = [group[int(i)] for i in self.rng.permutation(len(group))]
        self.pending[number] = waiting[length:]
        return waiting[:length]

    def _album(self, length: int) -> list[int]:
        artist = self.artists[int(len(self.artists) * self.rng.random() ** 1.3)]
        albums = self.world.artists[artist].albums
        songs = albums[int(self.rng.integers(len(albums)))]
        if self.shelf and self.rng.random() < 0.75:
            songs = self.shelf[int(len(self.shelf) * self.rng.random() ** 1.5)]
        elif self.rng.random() < 0.4:
            self.shelf.insert(0, songs)
        return songs[: max(length, 4)]

    def _radio(self, length: int) -> list[int]:
        seed = self.artists[int(len(self.artists) * self.rng.random())]
        group = self.world.by_place[self.world.artists[seed].place]
        at = group.index(seed)
        songs: list[int] = []
        while len(songs) < length:
            step = int(self.rng.normal(0, 14))
            if self.rng.random() < 0.3 and self.liked:
                near = [s for s in self.rng.choice(self.liked, 12)
                        if self.world.artist_of[s] in group]  # fmt: skip
                songs.extend(int(s) for s in near[:1])
            songs.extend(self.world.some_of(group[(at + step) % len(group)], 1))
        return songs[:length]

    def _explore(self, length: int) -> list[int]:
        songs: list[int] = []
        while len(songs) < length:
            artist = self._meet_artist()
            if self.rng.random() < 0.1:
                albums = self.world.artists[artist].albums
                songs.extend(albums[int(self.rng.integers(len(albums)))])
            else:
                songs.extend(self.world.some_of(artist, int(self.rng.geometric(0.75))))
        return songs[:length]

    def _binge(self, length: int) -> list[int]:
        few = self.obsessions[: int(self.rng.integers(1, 5))] or self.liked[:1]
        if self.rng.random() < 0.4:
            return [few[0]] * min(length, 6)
        return [few[i % len(few)] for i in range(length)]

    def _artist(self, length: int) -> list[int]:
        artist = self.artists[int(len(self.artists) * self.rng.random() ** 1.5)]
        return self.world.some_of(artist, length)

    def _pick(self, length: int) -> list[int]:
        recent = self.lately[-1500:] or self.liked
        return [recent[int(len(recent) * (1 - self.rng.random() ** 2))]
                for _ in range(min(length, 4))]  # fmt: skip


def simulate_user(seed: int, plays: int | None = None) -> tuple[World, list[SimulatedPlay]]:
    """One listener's world and year, the same for the same seed."""
    rng = np.random.default_rng(seed)
    count = plays if plays is not None else int(rng.integers(17_000, 43_000))
    world = World(rng, per_place=120 if count >= SMALL else 20)
    return world, list(Listener(world, rng, count).year())


def write_plays(path: Path, users: int, seed: int, plays: int | None = None) -> int:
    """Write the plays of several listeners as plays-csv; returns how many rows were written."""

    def rows() -> Iterator[PlayRow]:
        for user in range(users):
            world, played = simulate_user(seed * 1000 + user, plays)
            for play in played:
                artist = world.artists[world.artist_of[play.song]].name
                yield f"sim{user + 1}", play, artist, world.titles[play.song]

    return write_rows(path, rows())


def write_rows(path: Path, rows: Iterable[PlayRow]) -> int:
    """Write plays as plays-csv; returns how many rows were written."""
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for user, play, artist, title in rows:
            when = datetime.fromtimestamp(play.end_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            writer.writerow((user, when, artist, title, play.ms_played))
            count += 1
    return count
