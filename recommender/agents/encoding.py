"""A session as numbers: what an agent sees of it."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions

FADE = 0.85
"""What a song counts beside the one after it."""
VECTORS, FIGURES = 3, 6


def state_size(dim: int) -> int:
    """How many numbers `encode` makes of a session over vectors of `dim` numbers."""
    return VECTORS * dim + FIGURES


def encode(sessions: Sessions, vectors: FloatArray) -> FloatArray:
    """Each session as numbers, shape (listeners, state_size(dim)), for vectors (songs, dim).

    Where the finished songs lie and where the skipped ones, newer ones counting more; the last
    song; and six figures: the share skipped, faded and not, how many skips came last, whether the
    last was liked, the session's length, and whether anything was heard at all.
    """
    songs, heard = sessions.songs, sessions.heard
    fade = (FADE ** np.arange(songs.shape[1] - 1, -1, -1)).astype(np.float32)
    there = songs >= 0
    skipped, finished = heard == Heard.SKIPPED, heard >= Heard.FINISHED
    weights = np.stack([finished & there, skipped & there], axis=1) * fade
    sums = weights @ vectors[songs]
    means = sums / np.maximum(weights.sum(axis=2, keepdims=True), 1e-6)
    last = np.where(there[:, -1:], vectors[songs[:, -1]], np.float32(0))
    count = np.maximum(there.sum(axis=1), 1)
    faded = (fade * skipped).sum(axis=1) / np.maximum((fade * there).sum(axis=1), 1e-6)
    streak = np.cumprod(skipped[:, ::-1], axis=1).sum(axis=1)
    figures = np.stack([
        skipped.sum(axis=1) / count, faded, np.minimum(streak, 5) / 5, heard[:, -1] == Heard.LIKED,
        np.minimum(there.sum(axis=1), 20) / 20, there.any(axis=1),
    ], axis=1)  # fmt: skip
    parts = [means.reshape(len(songs), -1), last, figures]
    return np.concatenate(parts, axis=1, dtype=np.float32)
