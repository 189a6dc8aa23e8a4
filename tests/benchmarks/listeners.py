"""Simulated listeners' speed: everything a step does, on one core, with songs drawn by chance."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.simulation.crowd import Crowd
from recommender.simulation.environment import ListeningVectorEnv
from recommender.simulation.fitted import fit_crowd
from recommender.simulation.written import WrittenCrowd
from tests.benchmarks.table import Row, at_least

LISTENERS = 256
SONGS, MANY_SONGS = 10_000, 1_000_000
FITTED_TO = 1_500
STEPS, ROUNDS = 100, 3
LEAST_STEPS_A_S = 2_000


def rows() -> list[Row]:
    """Steps a second of both kinds of listeners, in slates too, alone, and in a large catalogue."""
    with one_core():
        return [*_usual_catalogue(), _large_catalogue()]


def _usual_catalogue() -> list[Row]:
    written, made_s = timed(lambda: WrittenCrowd(LISTENERS, songs=SONGS))
    answering, known = written.log[:FITTED_TO], written.log[FITTED_TO:]
    fitted, fitted_s = timed(lambda: fit_crowd(answering, known, written.artists, LISTENERS))
    return [
        _judged("written", written, f"made in {made_s:.1f} s"),
        _judged("fitted", fitted, f"fitted to {FITTED_TO:,} sessions in {fitted_s:.1f} s"),
        _told("the written ones in slates of three", steps_a_s(written, slate=3),
              f"a step plays up to three songs; {SONGS:,} songs"),
        _told("one written listener alone", steps_a_s(written.others(1, 1)),
              f"nobody side by side; {SONGS:,} songs"),
    ]  # fmt: skip


def _large_catalogue() -> Row:
    many, made_s = timed(lambda: WrittenCrowd(LISTENERS, songs=MANY_SONGS))
    how = f"{MANY_SONGS:,} songs, {LISTENERS} side by side, made in {made_s:.1f} s"
    return _told("the written ones in a large catalogue", steps_a_s(many), how)


def steps_a_s(crowd: Crowd, slate: int = 1) -> float:
    """Listener-steps a second, resets included, the best of ROUNDS."""
    env = ListeningVectorEnv(crowd, slate=slate)
    shape = (crowd.size, slate)
    songs = np.random.default_rng(0).integers(0, env.songs, (STEPS, *shape))
    env.reset()

    def walk() -> None:
        for chosen in songs:
            env.step(chosen)

    return STEPS * crowd.size / min(timed(walk)[1] for _ in range(ROUNDS))


def timed(what: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the seconds that it took."""
    start = time.perf_counter()
    result = what()
    return result, time.perf_counter() - start


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core, where the system can be asked to, and in one thread."""
    if not hasattr(os, "sched_setaffinity"):
        with threadpool_limits(1):
            yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        with threadpool_limits(1):
            yield
    finally:
        os.sched_setaffinity(0, before)


def _judged(kind: str, crowd: Crowd, how: str) -> Row:
    side = f"{SONGS:,} songs, {LISTENERS} side by side, one core, {how}"
    return at_least(
        f"steps of {kind} listeners", steps_a_s(crowd), "steps/s", LEAST_STEPS_A_S, side
    )


def _told(name: str, value: float, how: str) -> Row:
    return Row(name, value, "steps/s", None, None, how)
