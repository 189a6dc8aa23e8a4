"""What sound is worth where its causes are known: songs by unseen artists, and songs never played.

All music and all listeners are simulated.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

import numpy as np

from recommender.evaluation.metrics import Figures, mean_of
from recommender.evaluation.readers import UserHistory, read_histories
from recommender.evaluation.replay import Options, replay
from recommender.evaluation.report import parts_of
from recommender.evaluation.sounding.history import write_heard
from recommender.evaluation.sounding.library import library_in
from recommender.evaluation.sounding.make import keep_sounds
from recommender.evaluation.sounding.trial import Trial, run_trial
from recommender.evaluation.sounding.world import make_world
from tests.benchmarks.table import Row

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
SEEDS = (1, 2, 3)
MEASURES = (("cosine", "cosine to the factors"), ("recall", "recall@10 of neighbours"))
PAIRS = (("ridge", "mean"), ("sound", "ridge"), ("sound", "seed"))
COLD = (
    ("songs never played, of these alone, HR@100", "new_of_new", "hr_100", True),
    ("songs never played, of all, HR@10", "new", "hr_10", True),
    ("songs never played, of all, HR@100", "new", "hr_100", False),
    ("all plays, HR@10", "after_warmup", "hr_10", True),
    ("all plays, MRR", "after_warmup", "mrr", True),
)
"""What is measured, of which plays, and whether sound must make it better."""

COLD_SONGS, COLD_PLAYS, COLD_USERS, COLD_SEED = 1_200, 2_000, 4, 7
AFTER = 0.5
"""By how much plays grow between trainings; less often than in the player, to save time."""


def rows() -> list[Row]:
    """The trial over three seeds, then cold start with and without sound, a process a core."""
    os.environ.update(dict.fromkeys(THREADS, "1"))  # the processes that do the work read it
    with tempfile.TemporaryDirectory(prefix="segue-bench-") as folder:
        return [*_trial(Path(folder)), *_cold_start(Path(folder))]


def _trial(folder: Path) -> list[Row]:
    trial = Trial()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        tried = partial(run_trial, trial, sounds=folder, tell=_tell)
        found = list(pool.map(tried, SEEDS))
    how = f"{trial.songs} songs, a quarter by artists not learnt from, {len(SEEDS)} seeds"
    measured = []
    for measure, words in MEASURES:
        for model in trial.models:
            values = [getattr(each[model], measure) for each in found]
            measured.append(_spread(f"unseen artists, {words}: {model}", values, how))
        for better, worse in PAIRS:
            ratios = [getattr(each[better], measure) / getattr(each[worse], measure)
                      for each in found]  # fmt: skip
            name = f"unseen artists, {words}: {better} over {worse}"
            each_seed = f"by seed {', '.join(f'{ratio:.3f}' for ratio in ratios)}; budget: above 1"
            measured.append(Row(name, mean(ratios), "x", 1.0, mean(ratios) > 1, each_seed))
    return measured


def _spread(name: str, values: Sequence[float], how: str) -> Row:
    return Row(name, mean(values), "", None, None, f"± {np.std(values, ddof=1):.3f}; {how}")


def _cold_start(folder: Path) -> list[Row]:
    world = make_world(COLD_SONGS, COLD_SEED)
    sounds, plays = folder / "cold.db", folder / "cold.csv"
    keep_sounds(sounds, world, os.cpu_count() or 1)
    write_heard(plays, world, COLD_USERS, COLD_PLAYS)
    histories = read_histories([plays], "plays-csv", library_in(sounds))
    _tell("Replaying without sound, then with.")
    deaf = _replayed(histories, Options(sounds=sounds, without=("sound",), train_after=AFTER))
    hearing = _replayed(histories, Options(sounds=sounds, train_after=AFTER))
    how = f"{COLD_USERS} listeners, {COLD_PLAYS:,} plays each, {COLD_SONGS:,} songs"
    found = []
    for words, part, measure, is_judged in COLD:
        without, with_sound = (getattr(each[part], measure) for each in (deaf, hearing))
        name = f"{words}, with sound"
        holds = with_sound > without if is_judged else None
        found.append(Row(name, with_sound, "", without if is_judged else None, holds,
                         f"without {without:.3f}; {how}"))  # fmt: skip
    return found


def _replayed(histories: list[UserHistory], options: Options) -> dict[str, Figures]:
    """The mean figures over the users."""
    parts = [parts_of(each) for each in replay(histories, options, jobs=os.cpu_count() or 1)]
    return {name: mean_of([each[name] for each in parts]) for name in parts[0]}


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
