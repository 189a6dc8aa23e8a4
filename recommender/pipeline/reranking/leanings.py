"""The soft rules: what moves a candidate's score up or down, in nats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.history import History
from recommender.data.pool import Pool

LATELY = 1_000
FEWEST_REPEATS = 12
SOONEST = 25
"""The percentile of a listener's repeats that counts as soon."""

COOL_DOWN = 0.5
"""What a song loses right after the window without repeats, for a listener who waits longer."""

SHOWN_ENOUGH, SHOWN_LONG = 12, 24
SUNK = 0.5
"""What a song loses once it was passed over `SHOWN_LONG` times; it begins at `SHOWN_ENOUGH`."""

LEAN = 6.0
"""What the ends of the slider are worth at least; else all that the best candidate is ahead of the
middle one."""

UNHEARD_DAYS = 30.0
UNHEARD = 0.5
"""A song not heard for long is worth up to so much of one never heard, to who discovers."""

DAY_S = 86_400.0


def patience_of(history: History, window: int) -> float:
    """After how many plays this listener's soonest repeats come, beyond `window` plays; `window`
    itself while there are too few."""
    songs = history.song[max(0, history.size - LATELY) : history.size]
    order = np.argsort(songs, kind="stable")
    gaps = np.diff(order)[songs[order[1:]] == songs[order[:-1]]]
    gaps = gaps[gaps > window]
    return float(np.percentile(gaps, SOONEST)) if len(gaps) >= FEWEST_REPEATS else float(window)


def cool_down(
    history: History, songs: IndexArray, turn: int, window: int, patience: float
) -> FloatArray:
    """What songs lose that come back sooner than the listener lets them, shape (songs,)."""
    lost = np.zeros(len(songs), np.float32)
    if patience > window:
        last = history.last_turn[songs]
        early = (patience - (turn - last)) / np.float32(patience - window)
        lost[last >= 0] = COOL_DOWN * np.clip(early[last >= 0], 0, 1)
    return lost


def passed_over(pool: Pool, times: Mapping[int, int]) -> FloatArray:
    """What songs lose that were shown `times` while others were played, shape (pool,)."""
    lost = np.zeros(len(pool), np.float32)
    for song, count in times.items():
        if song in pool:
            far = (count - SHOWN_ENOUGH) / (SHOWN_LONG - SHOWN_ENOUGH)
            lost[pool.slot[song]] = SUNK * min(1.0, max(0.0, far))
    return lost


def reach_of(scores: FloatArray) -> float:
    """What the ends of the slider are worth among candidates of these scores, in nats."""
    return max(LEAN, float(scores.max() - np.median(scores))) if len(scores) else LEAN


def lean(
    history: History, songs: IndexArray, now_s: float, discover: float, reach: float
) -> FloatArray:
    """What the slider adds, shape (songs,), at its ends as much as `reach`: below 0.5 for songs
    heard often and against those never heard, above it for songs never heard, or not for long."""
    by = np.float32(reach * (2 * min(1.0, max(0.0, discover)) - 1))
    if not by:
        return np.zeros(len(songs), np.float32)
    plays = history.plays[songs]
    if by < 0:
        kept = np.log1p(np.maximum(plays - history.skips[songs], 0))
        often = kept / max(1.0, float(kept.max(initial=0)))
        return np.where(plays > 0, -by * often, by).astype(np.float32)
    days = np.maximum(now_s - history.last_s[songs], 0) / DAY_S
    strange = np.where(plays > 0, UNHEARD * (1 - np.exp(-days / UNHEARD_DAYS)), 1)
    return (by * strange).astype(np.float32)
