"""One step of each net as it serves: a song observed, and 10,000 songs ranked, on one thread."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

from dataclasses import replace  # noqa: E402

import numpy as np  # noqa: E402

from recommender.data.corpus import Corpus, corpus_of  # noqa: E402
from recommender.data.vocabulary import Vocabulary  # noqa: E402
from recommender.evaluation.serving import step_times  # noqa: E402
from recommender.models.registry import model_class  # noqa: E402
from tests.benchmarks.table import Row, at_most  # noqa: E402

SONGS = 10_000
STEPS = 500
BUDGETS_MS = {
    "lstm": 5.0,
    "gru": 5.0,
    "transformer": 5.0,
    "ntm": 20.0,
    "mann": 20.0,
    "ntm_lrua": 20.0,
}
HOW = f"{STEPS} steps in lists of 60 songs, usual options, hardly trained, one thread, best of 3"


def lists(vocabulary: Vocabulary) -> Corpus:
    """Ten lists of sixty songs, drawn evenly."""
    drawn = np.random.default_rng(7).integers(0, len(vocabulary), (10, 60))
    return corpus_of(list(drawn), vocabulary)


def rows() -> list[Row]:
    """The 95th percentile of each net's step."""
    vocabulary = Vocabulary([str(number) for number in range(SONGS)], counts=[1] * SONGS)
    given = lists(vocabulary)
    found = []
    for name, budget_ms in BUDGETS_MS.items():
        kind = model_class(name)
        model = kind()
        model.fit(given, None, replace(kind.defaults, epochs=1, device="cpu"))
        times = step_times(model, given, STEPS)
        label = f"one step of {name} p95, {SONGS:,} songs"
        found.append(at_most(label, float(np.percentile(times, 95)), "ms", budget_ms, HOW))
    return found
