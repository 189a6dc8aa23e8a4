"""Songs cut into excerpts that follow each other, each heard by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.audio.decode import AudioFile
from recommender.audio.hand import HandSummary
from recommender.audio.sound import RATE, AudioError, Mel, in_steps
from recommender.audio.spectra import Spectra
from recommender.data.arrays import FloatArray

EXCERPT_S, SHORTEST_S = 15.0, 5.0
FEWEST = 2
"""Excerpts are shorter where songs are, down to SHORTEST_S, so that a usual song has so many."""

MOST_S = 600.0
"""So much of a song is heard, unless all of it is wanted."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How songs are cut: into excerpts of `excerpt_s`, at the most `most`, None for all."""

    excerpt_s: float = EXCERPT_S
    most: int | None = round(MOST_S / EXCERPT_S)


def cutting_for(lengths_s: Sequence[float], *, whole: bool = False) -> Cutting:
    """How songs of these lengths are cut, as a whole or the first MOST_S of each."""
    usual_s = float(np.median(lengths_s)) if len(lengths_s) else np.inf
    excerpt_s = float(np.clip(np.floor(usual_s / FEWEST), SHORTEST_S, EXCERPT_S))
    return Cutting(excerpt_s, None if whole else round(MOST_S / excerpt_s))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`hand` and `apart`, (HAND,), are as in `Sound`, `mel` is its spectrogram."""

    hand: FloatArray
    apart: FloatArray | None
    mel: Mel


@dataclass(frozen=True, slots=True)
class Cut:
    """A song in excerpts of one length; `heard_s` of it were heard in `busy_s` of a processor's
    time. `damage` is empty or says in words what could not be read."""

    excerpts: tuple[Excerpt, ...]
    heard_s: float
    busy_s: float
    damage: str


def cut(path: Path, cutting: Cutting) -> Cut:
    """A song's excerpts; what is left over at its end is dropped, but a song shorter than one is
    one. Raises AudioError in words."""
    began_s = time.process_time()
    excerpts: list[Excerpt] = []
    size, samples, is_all = int(cutting.excerpt_s * RATE), 0, False
    with AudioFile(path) as audio:
        for part in _parts(audio.blocks(), size):
            samples += len(part)
            if len(part) == size or not excerpts:
                excerpts.append(_heard(part))
            if cutting.most is not None and len(excerpts) >= cutting.most:
                break
        else:
            is_all = True
        damage = audio.damage(samples / RATE if is_all else None)
    if not excerpts:
        raise AudioError(damage or "There is no sound in this file.")
    return Cut(tuple(excerpts), samples / RATE, time.process_time() - began_s, damage)


def _parts(blocks: Iterable[FloatArray], size: int) -> Iterator[FloatArray]:
    kept, held = [], 0
    for block in blocks:
        kept.append(block)
        held += len(block)
        while held >= size:
            joined = np.concatenate(kept)
            yield joined[:size]
            kept, held = [joined[size:]], held - size
    if held:
        yield np.concatenate(kept)


def _heard(samples: FloatArray) -> Excerpt:
    summary, spectra, mel = HandSummary(), Spectra(), []
    for frames in (*spectra.frames(samples), *spectra.rest()):
        summary.add(frames)
        mel.append(in_steps(frames.mel_db.numpy()))
    return Excerpt(summary.result(), summary.apart(), np.concatenate(mel))
