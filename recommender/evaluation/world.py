"""The simulated world of music: neighbourhoods, artists, albums and their songs, by seed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

ONSETS = ("b", "br", "c", "d", "dr", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t",
          "tr", "v", "w", "sh", "")  # fmt: skip
VOWELS = ("a", "e", "i", "o", "u", "ai", "ou", "ea")
CODAS = ("", "", "n", "r", "l", "s", "t", "m", "nd", "ck")
TAILS = ("", "", "", "", "", " - Remastered 2011", " - Live", " (Deluxe)", " - Acoustic",
         " - Radio Edit")  # fmt: skip


@dataclass(slots=True)
class Artist:
    """An artist with songs by album; `weights` say how well known each song is."""

    name: str
    place: int
    albums: list[list[int]] = field(default_factory=list)
    songs: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


class World:
    """Artists in neighbourhoods; songs are numbered and have titles."""

    def __init__(self, rng: np.random.Generator, places: int = 50, per_place: int = 120) -> None:
        self.rng = rng
        self.artists: list[Artist] = []
        self.titles: list[str] = []
        self.artist_of: list[int] = []
        self.by_place: list[list[int]] = [[] for _ in range(places)]
        self.words = [self._word() for _ in range(1500)]
        names: set[str] = set()
        for place in range(places):
            for _ in range(per_place):
                self._add_artist(place, names)

    def _word(self) -> str:
        parts = [
            kind[int(self.rng.integers(len(kind)))]
            for _ in range(int(self.rng.integers(1, 3)))
            for kind in (ONSETS, VOWELS, CODAS)
        ]
        return "".join(parts).capitalize()

    def _phrase(self, most: int) -> str:
        count = int(self.rng.integers(1, most + 1))
        return " ".join(self.words[int(w)] for w in self.rng.integers(0, len(self.words), count))

    def _add_artist(self, place: int, names: set[str]) -> None:
        name = self._phrase(3)
        while name in names:
            name = f"{name} {self._word()}"
        names.add(name)
        artist = Artist(name, place)
        number = len(self.artists)
        for _ in range(1 + int(self.rng.geometric(0.5))):
            tail = TAILS[int(self.rng.integers(len(TAILS)))]
            album = []
            for _ in range(int(self.rng.integers(4, 13))):
                album.append(len(self.titles))
                self.titles.append(self._phrase(4) + tail)
                self.artist_of.append(number)
            artist.albums.append(album)
            artist.songs.extend(album)
        artist.weights = (self.rng.pareto(1.2, len(artist.songs)) + 0.1).tolist()
        self.by_place[place].append(number)
        self.artists.append(artist)

    def some_of(self, artist: int, count: int) -> list[int]:
        """Distinct songs of the artist, known ones likelier."""
        songs = self.artists[artist].songs
        weights = np.array(self.artists[artist].weights)
        count = min(count, len(songs))
        drawn = self.rng.choice(songs, count, replace=False, p=weights / weights.sum())
        return [int(song) for song in drawn]
