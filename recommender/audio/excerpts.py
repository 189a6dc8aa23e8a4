"""Songs cut into excerpts that follow each other, and those into moments, each heard by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.audio.decode import AudioFile
from recommender.audio.hand import HandSummary, together
from recommender.audio.sound import RATE, AudioError, Mel, in_steps
from recommender.audio.spectra import Spectra
from recommender.data.arrays import FloatArray

EXCERPT_S, MOMENT_S = 15.0, 5.0
MOMENTS = round(EXCERPT_S / MOMENT_S)
MOST = 40
"""Excerpts of a song, the first ten minutes, unless all of it is wanted."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`hand` (HAND,) are the features of all of it, `moments` (moments, HAND) those of its parts,
    `mel` is its spectrogram."""

    hand: FloatArray
    moments: FloatArray
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
    moments: list[tuple[HandSummary, Mel]] = []
    samples, is_all = 0, False
    with AudioFile(path) as audio:
        for moment in _moments(audio.blocks()):
            samples += len(moment)
            if len(moment) == int(MOMENT_S * RATE) or not (excerpts or moments):
                moments.append(_heard(moment))
            if len(moments) == MOMENTS:
                excerpts.append(_excerpt(moments))
                moments = []
            if most is not None and len(excerpts) >= most:
                break
        else:
            if moments and not excerpts:
                excerpts.append(_excerpt(moments))
            is_all = True
        damage = audio.damage(samples / RATE if is_all else None)
    if not excerpts:
        raise AudioError(damage or "There is no sound in this file.")
    return Cut(tuple(excerpts), samples / RATE, time.process_time() - began_s, damage)


def _moments(blocks: Iterable[FloatArray]) -> Iterator[FloatArray]:
    size = int(MOMENT_S * RATE)
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


def _heard(samples: FloatArray) -> tuple[HandSummary, Mel]:
    summary, spectra, mel = HandSummary(), Spectra(), []
    for frames in (*spectra.frames(samples), *spectra.rest()):
        summary.add(frames)
        mel.append(in_steps(frames.mel_db.numpy()))
    return summary, np.concatenate(mel)


def _excerpt(moments: list[tuple[HandSummary, Mel]]) -> Excerpt:
    summaries = [summary for summary, _ in moments]
    return Excerpt(
        together(summaries),
        np.stack([summary.result() for summary in summaries]),
        np.concatenate([mel for _, mel in moments]),
    )


def within(moments: FloatArray) -> FloatArray:
    """How moments of excerpts, (excerpts, moments, HAND), differ from their means, scaled so that
    their squares are the variance of one, (rows, HAND)."""
    count = moments.shape[1]
    if count < 2:
        return np.zeros((0, moments.shape[2]), np.float32)
    away = (moments - moments.mean(1, keepdims=True)) * np.sqrt(count / (count - 1))
    rows: FloatArray = away.reshape(-1, moments.shape[2]).astype(np.float32)
    return rows
