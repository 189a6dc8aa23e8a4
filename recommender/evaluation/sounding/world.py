"""Artists, albums and songs whose sound has known causes, by seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.evaluation.sounding.causes import Causes, drawn_causes
from recommender.evaluation.sounding.synth import SECONDS, sound_of
from recommender.evaluation.world import CODAS, ONSETS, VOWELS

SONGS_AN_ALBUM = 5
ALBUMS_AN_ARTIST = 2
WORDS = 900


@dataclass(frozen=True, slots=True)
class SoundWorld:
    """`artists` and `titles` name each song; `artist_of` is its artist's number, `popularity` its
    share of all that is heard for no reason, both (songs,)."""

    seed: int
    artists: list[str]
    titles: list[str]
    artist_of: IndexArray
    popularity: FloatArray
    causes: Causes

    def __len__(self) -> int:
        return len(self.titles)

    def contents(self) -> list[str]:
        """Each song's name in a `SoundStore`."""
        return [content_of(*names) for names in zip(self.artists, self.titles, strict=True)]

    def sound(self, number: int, seconds: float = SECONDS) -> FloatArray:
        """One song's samples."""
        return sound_of(self.causes.song(number), self.seed * 1_000_003 + number, seconds)


def content_of(artist: str, title: str) -> str:
    """The name of a simulated song's sound; `names_of` takes it apart again.

    >>> names_of(content_of("Ann", "One"))
    ('Ann', 'One')
    """
    return f"{artist}\t{title}"


def names_of(content: str) -> tuple[str, str]:
    """Artist and title behind a name in a simulated `SoundStore`; raises ValueError for others."""
    artist, title = content.split("\t")
    return artist, title


def make_world(songs: int, seed: int) -> SoundWorld:
    """So many songs by artists who have two albums of five or so; the same for the same seed.

    Names say nothing of how anything sounds.
    """
    rng = np.random.default_rng(seed)
    album_of = np.sort(rng.integers(0, max(1, songs // SONGS_AN_ALBUM), songs))
    album_of = np.unique(album_of, return_inverse=True)[1]
    artist_of = album_of // ALBUMS_AN_ARTIST
    words = list(dict.fromkeys(_words(rng)))
    names = _different(_phrases(words, 2, rng), int(artist_of.max()) + 1)
    titles = _different(_phrases(words, 4, rng), songs)
    known = rng.pareto(1.6, songs) + 0.3
    return SoundWorld(
        seed, [names[number] for number in artist_of], titles, artist_of.astype(np.int64),
        (known / known.sum()).astype(np.float32), drawn_causes(artist_of, album_of, rng),
    )  # fmt: skip


def _words(rng: np.random.Generator) -> Iterator[str]:
    for _ in range(WORDS):
        parts = [kind[int(rng.integers(len(kind)))] for kind in (ONSETS, VOWELS, CODAS) * 2]
        yield "".join(parts).capitalize()


def _phrases(words: list[str], most: int, rng: np.random.Generator) -> Iterator[str]:
    while True:
        count = int(rng.integers(1, most + 1))
        yield " ".join(words[int(place)] for place in rng.integers(0, len(words), count))


def _different(phrases: Iterator[str], count: int) -> list[str]:
    """The first so many of the phrases, each once."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[next(phrases)] = None
    return list(found)
