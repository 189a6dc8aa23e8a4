"""What a listener would say of a few seconds: plain properties of spectrograms, and their words.

Needs numpy only.
"""

from __future__ import annotations

import numpy as np

from recommender.audio.sound import FRAMES_PER_S, Mel, decibels
from recommender.data.arrays import FloatArray

WORDS = (
    ("loud", "soft"),
    ("bright", "dark"),
    ("bass-heavy", "thin"),
    ("noisy", "clear"),
    ("busy", "calm"),
    ("sustained", "choppy"),
    ("with a steady beat", "without a beat"),
    ("uneven", "even"),
)
"""What is said of a high and of a low value of each descriptor."""

MOST_WORDS, LEAST = 4, 0.2
"""So many words at most, and the correlation under which a word says nothing."""

BASS_BANDS = 8
AROUND = 4
"""Bands on either side that make a band's surroundings; what stands out of them are tones."""

LATER_S = 0.2
"""A tone that is still there so much later is held."""

BEATS_S = (0.22, 1.0)
AUDIBLE_DB = 60.0
TINY = 1e-9


def described(mel: Mel) -> FloatArray:
    """The descriptors of windows (n, WINDOW, MELS) in the order of WORDS, (n, len(WORDS)).

    In dB: how loud it is, how far the lowest bands stand above the others, how near it is to even
    noise, how much rises from frame to frame, how much the level moves. Brightness is the middle
    band of what is heard, tones held and beat are correlations, from -1 to 1.
    """
    levels = decibels(mel)  # (n, time, bands)
    power = np.power(10.0, levels / 10)
    usual = levels.mean(1)  # (n, bands)
    frame_db = 10 * np.log10(power.mean(2) + TINY)  # (n, time)
    rises = np.maximum(np.diff(levels, axis=1), 0).mean(2)  # (n, time - 1)
    columns = [
        10 * np.log10(power.mean((1, 2)) + TINY),
        _middle(usual),
        usual[:, :BASS_BANDS].mean(1) - usual.mean(1),
        (levels.mean(2) - frame_db).mean(1),
        rises.mean(1),
        _held(levels),
        _beat(rises),
        frame_db.std(1),
    ]
    result: FloatArray = np.stack(columns, axis=1).astype(np.float32)
    return result


def in_words(likeness: FloatArray) -> list[str]:
    """What a value goes with, the strongest first, from its correlation with each descriptor,
    (len(WORDS),).

    >>> in_words(np.array([0.1, 0.6, 0, 0, -0.7, 0, 0, 0.3]))
    ['calm', 'bright', 'uneven']
    """
    strength = np.abs(likeness)
    order = [int(place) for place in np.argsort(-strength, kind="stable")[:MOST_WORDS]]
    kept = [place for place in order if strength[place] >= LEAST]
    return [WORDS[place][int(likeness[place] < 0)] for place in kept]


def correlations(values: FloatArray, others: FloatArray) -> FloatArray:
    """The correlation of each column of (n, a) with each of (n, b), (a, b); 0 where one is even."""
    result: FloatArray = (_evened(values).T @ _evened(others) / max(len(values), 1)).astype(
        np.float32
    )
    return result


def _evened(values: FloatArray) -> FloatArray:
    centred = values - values.mean(0)
    spread = centred.std(0)
    result: FloatArray = centred / np.where(spread > TINY, spread, np.inf)
    return result


def _middle(usual: FloatArray) -> FloatArray:
    """The band around which the audible levels (n, bands) lie, (n,)."""
    heard = np.maximum(usual - usual.max(1, keepdims=True) + AUDIBLE_DB, 0)
    middle: FloatArray = heard @ np.arange(usual.shape[1]) / (heard.sum(1) + TINY)
    return middle


def _held(levels: FloatArray) -> FloatArray:
    """How alike what stands out of its surroundings is to itself a little later, (n,)."""
    bands = levels.shape[2]
    padded = np.pad(levels, ((0, 0), (0, 0), (AROUND, AROUND)), mode="edge")
    sums = np.cumsum(np.pad(padded, ((0, 0), (0, 0), (1, 0))), axis=2, dtype=np.float64)
    width = 2 * AROUND + 1
    tones = levels - (sums[:, :, width:] - sums[:, :, :bands]) / width
    later = max(1, round(LATER_S * FRAMES_PER_S))
    one, other = tones[:, :-later], tones[:, later:]
    sizes = np.sqrt(np.square(one).sum((1, 2)) * np.square(other).sum((1, 2)))
    held: FloatArray = (one * other).sum((1, 2)) / (sizes + TINY)
    return held


def _beat(rises: FloatArray) -> FloatArray:
    """How regularly it rises: the largest correlation of (n, time) with itself a beat later."""
    centred = rises - rises.mean(1, keepdims=True)
    power = np.square(centred).sum(1) + TINY
    first, last = (max(1, round(beat * FRAMES_PER_S)) for beat in BEATS_S)
    found = [
        (centred[:, lag:] * centred[:, :-lag]).sum(1) / power for lag in range(first, last + 1)
    ]
    beat: FloatArray = np.max(found, axis=0)
    return beat
