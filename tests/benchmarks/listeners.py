"""Simulated listeners' speed: everything a step does, on one core, with songs drawn by chance."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.agents.anchors import NearestPolicy, PopularityPolicy, RandomPolicy
from recommender.evaluation.judging.returns import Figures, figures, play
from recommender.simulation.crowd import Crowd
from recommender.simulation.environment import ListeningVectorEnv
from recommender.simulation.fitted import fit_crowd
from recommender.simulation.written import WrittenCrowd
from recommender.simulation.written_oracle import Oracle
from tests.benchmarks.table import Row, at_least

LISTENERS = 256
SONGS, MANY_SONGS = 10_000, 1_000_000
FITTED_TO, SESSIONS = 1_500, 1_024
STEPS, ROUNDS = 100, 3
LEAST_STEPS_A_S = 2_000


def rows() -> list[Row]:
    """Steps a second of both kinds of listeners, in slates too, alone, and in a large catalogue."""
    with one_core():
        return [*_usual_catalogue(), _large_catalogue(), *_room()]


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


def _room() -> list[Row]:
    """What knowing nothing, plays, vectors and the listeners' heads brings a written listener."""
    crowd = WrittenCrowd(LISTENERS, songs=SONGS, listeners_seed=2)
    policies = [RandomPolicy(SONGS), PopularityPolicy(crowd), NearestPolicy(crowd), Oracle(crowd)]
    return [_returned(each.name, figures(play(crowd, each, SESSIONS))) for each in policies]


def _returned(name: str, found: Figures) -> Row:
    how = (f"95 % of bootstraps within {found.returns.low:.2f} and {found.returns.high:.2f}, "
           f"{100 * found.skip_rate.value:.0f} % skipped, {found.songs.value:.1f} songs, "
           f"{SESSIONS:,} sessions")  # fmt: skip
    return Row(f"return of a written session, {name}", found.returns.value, "", None, None, how)


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
