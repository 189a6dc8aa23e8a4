"""Moments of a version's folder joined with the library's tracks; runs on the reader's thread."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.library.library import Library
from app.library.track import Track
from recommender.audio.moments import Moment, read_moments

SOUND = "sound"
"""The part of a version's folder that holds what was learnt of sounds."""
MOST_DIMENSIONS = 24
MOST_MOMENTS = 10


@dataclass(frozen=True, slots=True)
class HeardMoment:
    """A part of a track, in milliseconds, and its strength in standard deviations."""

    track: Track
    start_ms: int
    end_ms: int
    strength: float


@dataclass(frozen=True, slots=True)
class HeardDimension:
    """A dimension and what excites it most, the strongest first."""

    name: str
    words: str
    moments: tuple[HeardMoment, ...]


def read_dimensions(library: Library, version: Path) -> tuple[HeardDimension, ...]:
    """The dimensions of a version that have songs; none where they cannot be read."""
    moments = read_moments(version / SOUND)
    if moments is None:
        return ()
    dimensions = moments.dimensions[:MOST_DIMENSIONS]
    usable = [_usable(dimension.moments) for dimension in dimensions]
    ids = {moment.song_id for each in usable for moment in each}
    tracks = {track.track_id: track for track in library.tracks(sorted(ids))}
    found = []
    for dimension, some in zip(dimensions, usable, strict=True):
        known = [moment for moment in some if moment.song_id in tracks]
        heard = tuple(_heard(tracks[moment.song_id], moment) for moment in known[:MOST_MOMENTS])
        if heard:
            found.append(HeardDimension(str(dimension.name), str(dimension.words), heard))
    return tuple(found)


def _usable(moments: Iterable[Moment]) -> list[Moment]:
    """Those whose fields are numbers, the strongest first."""
    good = [moment for moment in moments if _is_sound(moment)]
    return sorted(good, key=lambda moment: -moment.strength)


def _is_sound(moment: Moment) -> bool:
    times = (moment.start_s, moment.end_s, moment.strength)
    numbers = all(isinstance(each, int | float) and math.isfinite(each) for each in times)
    return numbers and isinstance(moment.song_id, int)


def _heard(track: Track, moment: Moment) -> HeardMoment:
    start_ms = max(0, round(moment.start_s * 1_000))
    end_ms = max(start_ms, round(moment.end_s * 1_000))
    return HeardMoment(track, start_ms, end_ms, float(moment.strength))
