"""The part of a training that listens: how the songs sound, which moments tell it, and the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.api import Song
from recommender.audio.hearing import Hearing, by_hand
from recommender.audio.moments import write_moments
from recommender.audio.store import SoundStore
from recommender.experts.trained import Trained
from recommender.vectors.layout import lay_out_alike
from recommender.vectors.of_models import vectors_of
from recommender.vectors.song_map import read_map, write_map
from recommender.vectors.song_vectors import SongVectors

SOUND = "sound"
LEAST_ON_MAP = 30
"""A map of fewer songs tells nothing."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """What was heard: where it is kept, and under which name each song's sound is kept there."""

    store: Path
    contents: Mapping[int, str]

    def heard(self) -> int:
        """How many of the songs have been listened to."""
        with SoundStore(self.store) as store:
            return store.heard()


def taught_sound(
    sounds: Sounds | None, songs: Sequence[Song], trained: Trained, *,
    device: str, seed: int, most_s: float, tell: Callable[[float], None],
) -> Hearing | None:  # fmt: skip
    """How the songs sound by what the factors and the net of `trained` say of those that were
    played; by hand-made features where that is too little. None while too few were heard.
    """
    if sounds is None:
        return None
    from recommender.audio.learn import SoundChoices, learn_sound

    choices = SoundChoices(device=device, seed=seed, most_s=most_s)
    with SoundStore(sounds.store) as store:
        return learn_sound(store, sounds.contents, songs, _targets(trained), choices, tell)


def heard_now(sounds: Sounds | None, in_use: Hearing | None) -> Hearing | None:
    """How the songs sound by what is in use, or by hand-made features without."""
    if sounds is None:
        return None
    with SoundStore(sounds.store) as store:
        if in_use is not None:
            return in_use.extended(store, sounds.contents)
        return by_hand(store, sounds.contents)


def write_sound(
    folder: Path, hearing: Hearing, sounds: Sounds, songs: Sequence[Song], before: Path | None,
    seed: int, tell: Callable[[float], None],
) -> None:  # fmt: skip
    """Write the moments that excite it most and the map by sound beside what was learnt, into a
    version's folder; `before` is the folder of the version until now. Raises OSError."""
    from recommender.audio.excite import moments_of

    with SoundStore(sounds.store) as store:
        write_moments(folder / SOUND, moments_of(hearing, store, sounds.contents, tell))
    known = set(hearing.songs.keys.tolist())
    heard = [song for song in songs if song.song_id in known]
    if len(heard) >= LEAST_ON_MAP:
        vectors = hearing.songs.vectors([song.song_id for song in heard])
        old = read_map(before / SOUND) if before is not None else None
        write_map(folder / SOUND, lay_out_alike(heard, vectors, old, seed))


def _targets(trained: Trained) -> list[SongVectors]:
    """What the sound should foretell: the vectors of every collaborative part that there is."""
    found: list[SongVectors] = []
    if trained.factors is not None:
        found.append(SongVectors(trained.factors.ids, trained.factors.vectors))
    net = vectors_of(trained.sequence) if trained.sequence is not None else None
    if net is not None:
        songs = [row for row, key in enumerate(net.keys.tolist()) if str(key).isdecimal()]
        ids = np.array([int(net.keys[row]) for row in songs], np.int64)
        found.append(SongVectors(ids, net.matrix[songs]))
    return found
