"""Songs cut into excerpts that follow each other, each heard by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.audio.decode import AudioFile
from recommender.audio.hand import HandSummary
from recommender.audio.sound import RATE, AudioError, Mel, in_steps
from recommender.audio.spectra import Spectra
from recommender.data.arrays import FloatArray

EXCERPT_S = 15.0
MOST = 40
"""Excerpts of a song, the first ten minutes, unless all of it is wanted."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`hand` and `apart`, (HAND,), are as in `Sound`, `mel` is its spectrogram."""

    hand: FloatArray
    apart: FloatArray | None
    mel: Mel


@dataclass(frozen=True, slots=True)
class Cut:
    """A song in excerpts of EXCERPT_S; `heard_s` of it were heard in `busy_s` of a processor's
    time. `damage` is empty or says in words what could not be read."""

    excerpts: tuple[Excerpt, ...]
    heard_s: float
    busy_s: float
    damage: str


def cut(path: Path, most: int | None = MOST) -> Cut:
    """A song's excerpts; what is left over at its end is dropped, but a song shorter than one is
    one. Raises AudioError in words."""
    began_s = time.process_time()
    excerpts: list[Excerpt] = []
    samples, is_all = 0, False
    with AudioFile(path) as audio:
        for part in _parts(audio.blocks()):
            samples += len(part)
            if len(part) == int(EXCERPT_S * RATE) or not excerpts:
                excerpts.append(_heard(part))
            if most is not None and len(excerpts) >= most:
                break
        else:
            is_all = True
        damage = audio.damage(samples / RATE if is_all else None)
    if not excerpts:
        raise AudioError(damage or "There is no sound in this file.")
    return Cut(tuple(excerpts), samples / RATE, time.process_time() - began_s, damage)


def _parts(blocks: Iterable[FloatArray]) -> Iterator[FloatArray]:
    size = int(EXCERPT_S * RATE)
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
