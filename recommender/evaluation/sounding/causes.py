"""The causes behind simulated music, and what listeners like about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray

CAUSES = ("bright", "soft", "noisy", "hollow", "fast", "dense", "minor")
"""Slope of the harmonics, length of the attack, share of noise, absence of even harmonics, tempo,
notes a beat, mode; each from 0 to 1."""

SLOWEST_BPM, OCTAVES = 70.0, 1.2
FEWEST_NOTES, NOTES = 0.6, 2.9

APPEALS = 9


@dataclass(frozen=True, slots=True)
class Song:
    """Why one song sounds as it does. What is called mastering is its album's, and pleases nobody:
    `gain_db` of all, `tilt_db` an octave above 1 kHz, `hiss_db` of noise below full scale."""

    bright: float
    soft: float
    noisy: float
    hollow: float
    fast: float
    dense: float
    minor: float
    tonic: int
    gain_db: float
    tilt_db: float
    hiss_db: float

    @property
    def bpm(self) -> float:
        """Beats a minute."""
        return float(SLOWEST_BPM * 2 ** (OCTAVES * self.fast))

    @property
    def notes_a_beat(self) -> float:
        """How many notes the melody has on a beat, on average."""
        return FEWEST_NOTES + NOTES * self.dense


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of many songs: `values` (songs, CAUSES), `tonic` (songs,) in half-tones above A,
    `mastering` (songs, 3) in dB as in `Song`."""

    values: FloatArray
    tonic: IndexArray
    mastering: FloatArray

    def __len__(self) -> int:
        return len(self.values)

    def song(self, number: int) -> Song:
        """The causes of one song."""
        causes = dict(zip(CAUSES, self.values[number].tolist(), strict=True))
        gain_db, tilt_db, hiss_db = self.mastering[number].tolist()
        return Song(
            **causes, tonic=int(self.tonic[number]), gain_db=gain_db, tilt_db=tilt_db,
            hiss_db=hiss_db,
        )  # fmt: skip


def drawn_causes(
    artist_of: IndexArray, album_of: IndexArray, rng: np.random.Generator
) -> Causes:  # fmt: skip
    """Causes of songs whose artist and album are given by number, (songs,) each.

    An artist has a middle and a breadth for every cause, an album is a step from there and has its
    own mastering, and so has a song. Half of what songs differ in is within their artist's.
    """
    artists, albums = int(artist_of.max()) + 1, int(album_of.max()) + 1
    size = len(CAUSES)
    middles = rng.uniform(0.1, 0.9, (artists, size))
    breadths = rng.uniform(0.1, 0.3, (artists, size))
    steps = rng.normal(0, 0.08, (albums, size))
    values = middles[artist_of] + steps[album_of]
    values += breadths[artist_of] * rng.standard_normal(values.shape)
    values = np.where(values > 1, 2 - values, np.abs(values)).clip(0, 1)  # mirrored at the ends
    minor = CAUSES.index("minor")
    values[:, minor] = rng.random(len(values)) < values[:, minor]
    tonic = rng.integers(0, 12, len(values))
    mastering = np.stack(
        [rng.normal(0, 3, albums), rng.normal(0, 0.8, albums), rng.uniform(-85, -70, albums)], 1
    )[album_of]
    return Causes(
        values.astype(np.float32), tonic.astype(np.int64), mastering.astype(np.float32)
    )  # fmt: skip


def appeals(causes: Causes) -> FloatArray:
    """What can be liked or disliked about each song, (songs, APPEALS), each of mean 0 and deviation
    1 over the songs.

    Most of it lies in how causes come together, or in the middle or the ends of one: fast where it
    is bright, minor where it is sparse.
    """
    bright, soft, noisy, hollow, fast, dense, minor = causes.values.T - 0.5
    columns = (
        bright, fast, soft, fast * bright, soft * dense, minor * dense, np.abs(dense),
        np.cos(2 * np.pi * hollow), noisy * fast,
    )  # fmt: skip
    table = np.stack(columns, 1)
    table = (table - table.mean(0)) / np.maximum(table.std(0), 1e-6)
    return np.asarray(table, np.float32)


def heard_places(causes: Causes) -> FloatArray:
    """Where each song stands among sounds, (songs, dim): near is alike to the ear."""
    weights = np.array([1.0, 0.8, 0.8, 0.6, 1.0, 0.8, 0.25], np.float32)
    places: FloatArray = causes.values * weights
    return places
