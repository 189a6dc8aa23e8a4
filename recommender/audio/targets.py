"""What is to be foretold of a song's sound: where listening puts it among the others.

Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.vectors.song_vectors import SongVectors

LEAST = 1e-9


def joined(targets: Sequence[SongVectors], song_ids: Sequence[int] | IndexArray) -> FloatArray:
    """The vectors of several models side by side, (songs, the sum of their dims), zeros where none
    knows the song. Each model's vectors have a mean square length of 1 together, so that none
    outweighs the others whatever its numbers are."""
    ids = np.asarray(song_ids, np.int64)
    blocks = [_evened(vectors.vectors(ids)) for vectors in targets]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((len(ids), 0), np.float32)


def directions(rows: FloatArray) -> FloatArray:
    """The rows at length 1; a row of zeros stays one."""
    result: FloatArray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), LEAST)
    return result.astype(np.float32)


def cosine(one: FloatArray, other: FloatArray) -> float:
    """The mean cosine between rows, both (songs, dim)."""
    return float((directions(one) * directions(other)).sum(1).mean()) if len(one) else 0.0


def _evened(rows: FloatArray) -> FloatArray:
    squares = np.square(rows.astype(np.float64)).sum(1)
    known = squares > LEAST**2
    scale = np.sqrt(squares[known].mean()) if known.any() else 1.0
    result: FloatArray = (rows / scale).astype(np.float32)
    return result
