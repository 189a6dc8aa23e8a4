"""Nearest songs among many: the index against comparing all; and the making of text vectors."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

from recommender.api import Song  # noqa: E402
from recommender.vectors.song_vectors import EXACT, SongVectors  # noqa: E402
from recommender.vectors.text import TextVectors  # noqa: E402
from tests.benchmarks.library import Words  # noqa: E402
from tests.benchmarks.table import Row, at_least, at_most  # noqa: E402

SONGS = EXACT + 20_000
DIM = 64
OF_A_CLUSTER = 60
QUERIES = 200
LIBRARY = 100_000


def rows() -> list[Row]:
    """The index's likeness to the exact answer, times of both, and of learning words."""
    matrix, queries = clustered(SONGS)
    keys = np.arange(SONGS)
    indexed, whole = SongVectors(keys, matrix), SongVectors(keys, matrix, exact=SONGS)
    began = time.perf_counter()
    indexed.index()
    build_s = time.perf_counter() - began
    near, near_ms = _answers(indexed, queries)
    true, true_ms = _answers(whole, queries)
    recall = float(np.mean([len(set(a) & set(b)) / 100 for a, b in zip(near, true, strict=True)]))
    equal = float(np.mean([np.array_equal(a[:20], b[:20])
                           for a, b in zip(near, true, strict=True)]))  # fmt: skip
    how = f"{SONGS:,} clustered vectors of {DIM} numbers, {QUERIES} queries, one thread"
    return [
        at_least("nearest songs by index, recall@100", recall, "", 0.95, how),
        at_least("queries with the same top 20 in the same order", equal, "", 0.98, how),
        at_most("a query by index, median", near_ms, "ms", true_ms, how + "; budget: exact"),
        Row("a query that compares all, median", true_ms, "ms", None, None, how),
        Row("building the index", build_s, "s", None, None, "one thread"),
        *_text(),
    ]


def clustered(
    songs: int, seed: int = 1, dim: int = DIM
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Vectors about centres as of artists, and queries beside some of them; all of length 1."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(1, songs // OF_A_CLUSTER), dim), np.float32)
    matrix = centres[rng.integers(0, len(centres), songs)]
    matrix += np.float32(0.6) * rng.standard_normal((songs, dim), np.float32)
    queries = matrix[rng.integers(0, songs, QUERIES)]
    queries = queries + np.float32(0.3) * rng.standard_normal((QUERIES, dim), np.float32)
    for each in (matrix, queries):
        each /= np.linalg.norm(each, axis=1, keepdims=True)
    return matrix.astype(np.float16).astype(np.float32), queries


def _answers(vectors: SongVectors, queries: np.ndarray[Any, Any]) -> tuple[list[Any], float]:
    found, took = [], []
    for query in queries:
        began = time.perf_counter()
        found.append(vectors.nearest(query, 100)[0])
        took.append(time.perf_counter() - began)
    return found, 1000 * float(np.median(took))


def _text() -> list[Row]:
    measured = []
    for size, budget_s in ((10_000, 15.0), (LIBRARY, 75.0)):
        songs = library(size)
        rng = np.random.default_rng(2)
        sessions = [(start + rng.integers(0, 40, 12)) % size + 1
                    for start in rng.integers(0, size, size // 10)]  # fmt: skip
        lists = [session.tolist() for session in sessions]
        took_s = _seconds(lambda songs=songs, lists=lists: TextVectors.fit(songs, lists))  # type: ignore[misc]
        how = f"{len(lists):,} sessions of 12 songs, one thread"
        measured.append(at_most(f"text vectors of {size:,} songs", took_s, "s", budget_s, how))
    return measured


def library(size: int) -> list[Song]:
    """Songs with realistic words, ten to an artist."""
    words = Words(3)
    artists = [words.text(3) for _ in range(size // 10)]
    return [Song(number + 1, words.text(5), artists[number // 10]) for number in range(size)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()  # other work on the machine is not measured
    work()
    return time.process_time() - began
