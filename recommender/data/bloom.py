"""Bloom codes: many songs share few rows of weights, each song a sum of `hashes` of them.

Serra and Karatzoglou, "Getting deep recommenders fit: Bloom embeddings for sparse binary
input/output networks", RecSys 2017.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

import numpy as np

from recommender.data.arrays import IntArray

MOST_HASHES = 16
NUMBERS = struct.Struct("<16I")


def bloom_codes(keys: Iterable[str], bits: int, hashes: int) -> IntArray:
    """Which of `bits` rows each song sums, shape (songs, hashes), no row twice in one song.

    The code follows from the key alone: a song that came later has one without new weights.
    """
    if not 1 <= hashes <= min(bits, MOST_HASHES):
        most = min(bits, MOST_HASHES)
        raise ValueError(f"a Bloom code of {bits} bits takes 1 to {most} hashes, not {hashes}")
    codes = [_code(key, bits, hashes) for key in keys]
    return np.array(codes, np.int32).reshape(-1, hashes)


def _code(key: str, bits: int, hashes: int) -> list[int]:
    chosen: dict[int, None] = {}
    turn = 0
    while len(chosen) < hashes:
        digest = hashlib.blake2b(f"{turn}\0{key}".encode("utf-8", "surrogatepass"), digest_size=64)
        for number in NUMBERS.unpack(digest.digest()):
            if len(chosen) < hashes:
                chosen[number % bits] = None
        turn += 1
    return list(chosen)


def bits_of(size: float, songs: int) -> int:
    """How many bits `size` means: up to 1 a share of the songs, above it a number; at least 16."""
    return max(16, round(size * songs if size <= 1 else size))
