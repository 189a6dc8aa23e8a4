"""What an agent that may have the last word on the list adds to each event."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import time  # noqa: E402
from itertools import pairwise  # noqa: E402

import numpy as np  # noqa: E402

from recommender.agents.encoding import state_size  # noqa: E402
from recommender.api import EndReason, Origin, Play, Tuning  # noqa: E402
from recommender.data.arrays import FloatArray  # noqa: E402
from recommender.experts.trained import Trained  # noqa: E402
from recommender.live import LiveRecommender  # noqa: E402
from recommender.live.agent_part import TaughtAgent  # noqa: E402
from recommender.live.agent_record import AgentRecord  # noqa: E402
from tests.benchmarks.table import Row, at_most  # noqa: E402
from tests.recommender.listening import NOON_S, library  # noqa: E402

SONGS, ARTISTS, DIM, HIDDEN = 10_000, 500, 48, (64, 64)
PLAYS, EVENTS = 3_000, 60
MORE_MS = 3.0
"""A tenth of what an event may take at so many songs."""


def rows() -> list[Row]:
    """The time of a play and the list after it: three models take turns, event by event."""
    rng = np.random.default_rng(0)
    trained = Trained("1", agent=untaught(rng))
    events = [_play(number, rng) for number in range(1, PLAYS + 1)]
    models = {name: LiveRecommender(library(SONGS, ARTISTS)) for name in ("none", "kept", "chosen")}
    for name, model in models.items():
        model.fit(library(SONGS, ARTISTS), events)
        model.adopt(Trained("1") if name == "none" else trained)
        model.tune(Tuning(agent=name == "chosen"))
        model.recommend(20)
    took: dict[str, list[float]] = {name: [] for name in models}
    for number in range(PLAYS + 1, PLAYS + 1 + EVENTS):
        event = _play(number, rng)
        for name in rng.permutation(list(models)).tolist():
            began = time.process_time()
            models[name].observe(event)
            models[name].recommend(20)
            models[name].standing()
            took[name].append(1000 * (time.process_time() - began))
    usual = np.array(took["none"])
    how = f"{SONGS:,} songs, {PLAYS:,} plays, median of {EVENTS}; processor time"
    return [
        Row("A play and the list after it, without an agent", float(np.median(usual)), "ms", None,
            None, how),
        at_most("More with an agent that learns unasked", _more(took["kept"], usual), "ms", MORE_MS,
                how),
        at_most("More with an agent that has the last word", _more(took["chosen"], usual), "ms",
                MORE_MS, how),
    ]  # fmt: skip


def untaught(rng: np.random.Generator) -> TaughtAgent:
    """An agent of the size that a training makes, with weights by chance."""
    vectors = rng.standard_normal((SONGS, DIM), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    state = state_size(DIM)
    weights = {
        **_layers(rng, "actor", (state, *HIDDEN, DIM)),
        **_layers(rng, "critic", (state + DIM, *HIDDEN, 1)),
    }
    ids = np.arange(1, SONGS + 1)
    return TaughtAgent(weights, ids, vectors, PLAYS, PLAYS, AgentRecord.empty())


def _layers(rng: np.random.Generator, name: str, sizes: tuple[int, ...]) -> dict[str, FloatArray]:
    made: dict[str, FloatArray] = {}
    for place, (inside, outside) in enumerate(pairwise(sizes)):
        drawn = rng.standard_normal((outside, inside), np.float32)
        made[f"{name}.{place}.weight"] = drawn / np.float32(np.sqrt(inside))
        made[f"{name}.{place}.bias"] = np.zeros(outside, np.float32)
    return made


def _play(number: int, rng: np.random.Generator) -> Play:
    """Fifteen plays an evening of songs of which few are played much; three of ten are skipped."""
    song = int(rng.zipf(1.3) % SONGS) + 1
    skipped = rng.random() < 0.3
    at_s = NOON_S + 86_400 * (number // 15) + 240 * (number % 15)
    end = EndReason.SKIPPED if skipped else EndReason.FINISHED
    return Play(number, song, at_s, 9_000 if skipped else 200_000, end, Origin.PREDICTED, 200_000)


def _more(took: list[float], usual: FloatArray) -> float:
    return float(np.median(np.array(took) - usual))
