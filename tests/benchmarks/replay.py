"""The recommender's budgets: replay throughput, start from a history, memory."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import resource  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import numpy as np  # noqa: E402

from recommender.api import EndReason, Play, Song  # noqa: E402
from recommender.live import LiveRecommender  # noqa: E402
from tests.benchmarks.table import Row, at_least, at_most  # noqa: E402

GENRES = ("Rock", "Jazz", "Folk", "Pop", "Electronic")
NIGHT_S = 1_704_067_200.0


def library(size: int) -> list[Song]:
    """Made-up songs: 25 an artist, 10 an album."""
    rng = np.random.default_rng(5)
    words = [f"{a}{b}" for a in ("Sun", "Moon", "Star", "Rain", "Wind") for b in
             ("light", "song", "fall", "rise", "way", "land", "stone", "field")]  # fmt: skip
    drawn = rng.integers(0, len(words), (size, 2)).tolist()
    return [
        Song(number, f"{words[a]} {words[b]} {number % 613}", f"Artist {number // 25}",
             f"Album {number // 10}", GENRES[number // 25 % 5], 1970 + number // 10 % 50,
             number % 10 + 1, 210_000)
        for number, (a, b) in enumerate(drawn)
    ]  # fmt: skip


def history(size: int, plays: int) -> list[Play]:
    """Runs of four neighbours from a long-tailed choice of songs, some skipped, in sessions."""
    rng = np.random.default_rng(6)
    starts = (rng.zipf(1.2, plays) * 7919) % size
    gaps = np.where(rng.random(plays) < 0.94, 210.0, 9000.0)
    at_s = NIGHT_S + np.cumsum(gaps)
    skipped = rng.random(plays) < 0.2
    return [
        Play(turn + 1, int((starts[turn - turn % 4] + turn % 4) % size), float(at_s[turn]),
             9_000 if skipped[turn] else 210_000,
             EndReason.SKIPPED if skipped[turn] else EndReason.FINISHED)
        for turn in range(plays)
    ]  # fmt: skip


def replay_rate(songs: int = 8_000, learnt: int = 20_000, measured: int = 800) -> float:
    """Events per second: rank all songs, learn, for plays after a long history."""
    events = history(songs, learnt + measured)
    model = LiveRecommender()
    model.fit(library(songs), events[:learnt])
    began = time.perf_counter()
    for event in events[learnt:]:
        model.scores()
        model.observe(event)
    return measured / (time.perf_counter() - began)


def peak_mb() -> float:
    """This process's largest resident size so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def rows() -> list[Row]:
    """All figures, on one thread."""
    found = [
        at_least("replay, 8,000 songs", replay_rate(), "events/s", 150.0,
                 "rank all songs, then learn; 800 plays after 20,000")
    ]  # fmt: skip
    for size, plays in ((10_000, 20_000), (100_000, 50_000)):
        events = history(size, plays)
        songs = library(size)
        model = LiveRecommender()
        began = time.perf_counter()
        model.fit(songs, events)
        fitted_s = time.perf_counter() - began
        name = f"{size:,} songs"
        found.append(at_most(f"fit {plays:,} plays, {name}", fitted_s, "s", 4.0,
                             "library and history read, weights taught by the latest"))  # fmt: skip
    found.append(at_most("recommender alone, 100,000 songs", peak_mb(), "MB", 500.0,
                         "largest resident size of this process"))  # fmt: skip
    return found
