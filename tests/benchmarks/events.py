"""One event in the recommender, from what happened to a new list with its reasons, at any size."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import multiprocessing  # noqa: E402
import time  # noqa: E402
from dataclasses import dataclass  # noqa: E402

import numpy as np  # noqa: E402

from recommender.api import Event, Play, Reaction, ReactionKind  # noqa: E402
from recommender.live import LiveRecommender  # noqa: E402
from tests.benchmarks.replay import history, library, peak_mb  # noqa: E402
from tests.benchmarks.table import Row, at_most  # noqa: E402

SIZES = ((10_000, 20_000, 30.0), (100_000, 50_000, 60.0), (1_000_000, 50_000, 150.0))
"""Songs, plays before, and the budget of an event in ms."""

EVENTS = 150
MEMORY_MB = 1500.0
READ_S = 60.0
KINDS = (ReactionKind.LIKE, ReactionKind.DISLIKE, ReactionKind.CLEAR)


@dataclass(frozen=True, slots=True)
class Measured:
    """One size's figures: an event in ms, reading songs and plays in s, the process's peak."""

    p95_ms: float
    median_ms: float
    read_s: float
    peak_mb: float


def measured(songs: int, plays: int) -> Measured:
    """Read a library and its history, then time events, in this process."""
    events = history(songs, plays + EVENTS)
    made = library(songs)
    model = LiveRecommender()
    began = time.perf_counter()
    model.fit(made, events[:plays])
    del made
    model.recommend(20)
    read_s = time.perf_counter() - began
    taken = [1000 * _answer(model, event) for event in _mixed(events[plays:])]
    p95_ms, median_ms = np.percentile(taken, (95, 50))
    return Measured(float(p95_ms), float(median_ms), read_s, peak_mb())


def _answer(model: LiveRecommender, event: Event) -> float:
    """Seconds from the event to the list."""
    began = time.perf_counter()
    model.observe(event)
    assert len(model.recommend(20)) == 20
    return time.perf_counter() - began


def _mixed(plays: list[Play]) -> list[Event]:
    """The plays, every third one followed by what the listener says of the song."""
    last = plays[-1].event_id
    events: list[Event] = []
    for number, play in enumerate(plays):
        events.append(play)
        if number % 3 == 2:
            kind = KINDS[number // 3 % 3]
            events.append(Reaction(last + number, play.song_id, play.at_s, kind))
    return events


def rows() -> list[Row]:
    """All figures, on one thread, each size in a process of its own."""
    found = []
    for songs, plays, budget_ms in SIZES:
        with multiprocessing.get_context("spawn").Pool(1) as process:
            figures = process.apply(measured, (songs, plays))
        of = f"{songs:,} songs"
        how = f"{EVENTS} plays and {EVENTS // 3} reactions after {plays:,} plays, 20 rows each"
        found.append(at_most(f"one event, {of}, p95", figures.p95_ms, "ms", budget_ms, how))
    found.append(at_most(f"songs and plays read, {of}", figures.read_s, "s", READ_S,
                         "the songs given, to the first list"))  # fmt: skip
    found.append(at_most(f"recommender alone, {of}", figures.peak_mb, "MB", MEMORY_MB,
                         "largest resident size of its process"))  # fmt: skip
    return found
