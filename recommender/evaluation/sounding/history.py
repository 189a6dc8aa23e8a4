"""A year of listeners who choose by ear, written as a plays-csv file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from recommender.evaluation.simulate import (
    DAYS,
    YEAR_START_S,
    PlayRow,
    SimulatedPlay,
    write_rows,
)
from recommender.evaluation.sounding.listening import OWNER, Ears, Listener
from recommender.evaluation.sounding.world import SoundWorld

SESSION = 14
DAY_S, PAUSE_S = 86_400, 7_200
SHORTEST_MS, LONGEST_MS = 150_000, 300_000
SKIPPED_MS = (2_000, 29_000)


def write_heard(path: Path, world: SoundWorld, users: int, plays: int) -> int:
    """Write about so many plays of each user; returns how many rows were written.

    Raises OSError.
    """
    ears = Ears.of(world)

    def rows() -> Iterator[PlayRow]:
        for user in range(users):
            seed = world.seed * 1_000 + user
            for play in year(Listener(ears, OWNER, seed), plays, seed):
                yield f"ear{user + 1}", play, world.artists[play.song], world.titles[play.song]

    return write_rows(path, rows())


def year(listener: Listener, plays: int, seed: int) -> Iterator[SimulatedPlay]:
    """All plays of a year in order of time, in sessions of about SESSION songs."""
    rng = np.random.default_rng((seed, 1))
    sessions = max(1, round(plays / SESSION))
    starts = np.sort(rng.uniform(0, DAYS * DAY_S, sessions)) + YEAR_START_S
    clock = 0.0
    for start in starts.tolist():
        clock = max(clock + PAUSE_S, start)
        for song in listener.session(int(rng.integers(SESSION // 2, SESSION * 3 // 2 + 1))):
            heard_ms = SHORTEST_MS + song * 7_919 % (LONGEST_MS - SHORTEST_MS)
            if listener.skips(song):
                heard_ms = int(rng.integers(*SKIPPED_MS))
            clock += heard_ms / 1000
            yield SimulatedPlay(int(clock), song, heard_ms)
