"""A made-up world of music: genres, artists and songs, with what nobody is told about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.simulation.crowd import SimulationError

HIDDEN = 16
GENRES = 24
SONGS_AN_ARTIST = 12
FEWEST_SONGS = 50
ARTIST_SPREAD, SONG_SPREAD = 0.65, 0.40
FAME, FALL = 0.6, 0.9
ERA_OF_GENRE, ERA_OF_ARTIST = 0.25, 0.12


@dataclass(frozen=True, slots=True)
class World:
    """Songs with what decides about them; nothing of it but `artists` is for a recommender.

    `places` (songs, HIDDEN), of length 1, say how a song sounds, `quality` (songs,) how well it is
    made (0 on average, 1 the usual distance from it), `era` (songs,) when, from 0 to 1. `share`
    (songs,) says how much of what is played anywhere a song is (1 in all), `known` (songs,) the
    same as a rank from -1, the least known, to 1; `level` (songs,) is `share` added up. Genres
    have `genre_places` (GENRES, HIDDEN) and a `genre_share` (GENRES,) of all tastes.
    """

    places: FloatArray
    artists: IndexArray
    quality: FloatArray
    era: FloatArray
    share: DoubleArray
    level: DoubleArray
    known: FloatArray
    genre_places: FloatArray
    genre_share: DoubleArray

    def __len__(self) -> int:
        return len(self.places)


def made_world(songs: int, seed: int) -> World:
    """A world by seed: artists lie about their genre, songs about their artist.

    How known an artist is, and a song among its artist's, falls by Zipf's law (the r-th has
    1 / r ** FAME or FALL of the first); a well-made song is better known than another.
    """
    if songs < FEWEST_SONGS:
        raise SimulationError(f"A world of {songs} songs is too small to have tastes in; "
                              f"ask for {FEWEST_SONGS} or more.")  # fmt: skip
    rng = np.random.default_rng([seed, 1])
    genre_places = unit(rng.standard_normal((GENRES, HIDDEN)))
    genre_share = zipf(GENRES, FAME)
    count = max(songs // SONGS_AN_ARTIST, 2)
    genres = rng.choice(GENRES, count, p=genre_share)
    artists = np.sort(rng.integers(0, count, songs))
    lying = unit(genre_places[genres] + spread(rng, count, ARTIST_SPREAD))
    places = unit(lying[artists] + spread(rng, songs, SONG_SPREAD))
    quality = rng.standard_normal(songs)
    fame = zipf(count, FAME)[rng.permutation(count)][artists]
    hits = (1 + rng.integers(0, SONGS_AN_ARTIST, songs)) ** -FALL
    share = fame * hits * np.exp(0.4 * quality)
    era_of_artist = rng.random(GENRES)[genres] + ERA_OF_GENRE * rng.standard_normal(count)
    era = np.clip(era_of_artist[artists] + ERA_OF_ARTIST * rng.standard_normal(songs), 0, 1)
    share /= share.sum()
    return World(
        places, artists, quality.astype(np.float32), era.astype(np.float32), share,
        np.cumsum(share), ranked(share), genre_places, genre_share,
    )  # fmt: skip


def zipf(count: int, power: float) -> DoubleArray:
    """Shares that fall by rank, 1 in all, shape (count,)."""
    weights = np.arange(1.0, count + 1) ** -power
    result: DoubleArray = weights / weights.sum()
    return result


def spread(rng: np.random.Generator, count: int, size: float) -> FloatArray:
    """Steps in any direction, about `size` long, shape (count, HIDDEN)."""
    steps = rng.standard_normal((count, HIDDEN), np.float32)
    return steps * np.float32(size / np.sqrt(HIDDEN))


def unit(vectors: FloatArray | DoubleArray) -> FloatArray:
    """The vectors at length 1, shape (..., dim); zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: FloatArray = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return result


def ranked(values: DoubleArray) -> FloatArray:
    """Where each stands among the others, from -1, the lowest, to 1; shape (n,)."""
    ranks = np.empty(len(values), np.float32)
    ranks[np.argsort(values, kind="stable")] = np.linspace(-1, 1, len(values), dtype=np.float32)
    return ranks
