"""What sound is worth where its causes are known: songs by unseen artists, and songs never played.

All music and all listeners are simulated.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from recommender.evaluation.readers import UserHistory, read_histories
from recommender.evaluation.replay import Options, UserResult, replay
from recommender.evaluation.report import parts_of
from recommender.evaluation.sounding.history import write_heard
from recommender.evaluation.sounding.library import library_in
from recommender.evaluation.sounding.make import keep_sounds
from recommender.evaluation.sounding.trial import Trial, run_trial
from recommender.evaluation.sounding.world import make_world
from tests.benchmarks.table import Row

SEEDS = (1, 2, 3)
MEASURES = (("cosine", "cosine to the factors"), ("recall", "recall@10 of neighbours"))
PAIRS = (("ridge", "mean"), ("seed", "ridge"), ("sound", "ridge"))
COLD_SONGS, COLD_PLAYS, COLD_USERS, COLD_SEED = 1_200, 2_000, 2, 7


def rows() -> list[Row]:
    """The trial over three seeds, then cold start with and without sound."""
    with tempfile.TemporaryDirectory(prefix="segue-bench-") as folder:
        return [*_trial(Path(folder)), *_cold_start(Path(folder))]


def _trial(folder: Path) -> list[Row]:
    trial = Trial(jobs=os.cpu_count() or 1)
    found = [run_trial(trial, seed, folder, _tell) for seed in SEEDS]
    how = f"{trial.songs} songs, a quarter by artists not learnt from, {len(SEEDS)} seeds"
    measured = []
    for measure, words in MEASURES:
        for model in trial.models:
            measured.append(
                _spread(f"unseen artists, {words}: {model}", measure, model, found, how)
            )
        for better, worse in PAIRS:
            ratios = [getattr(each[better], measure) / getattr(each[worse], measure)
                      for each in found]  # fmt: skip
            name = f"unseen artists, {words}: {better} over {worse}"
            least = f"the least of {len(SEEDS)} seeds; budget: above 1"
            measured.append(Row(name, min(ratios), "x", 1.0, min(ratios) > 1, least))
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
    deaf = _replayed(histories, Options(sounds=sounds, without=("sound",)))
    hearing = _replayed(histories, Options(sounds=sounds))
    how = (f"{COLD_USERS} listeners, {COLD_PLAYS:,} plays each, {COLD_SONGS:,} songs; "
           "budget: above that without sound")  # fmt: skip
    return [
        Row(f"{words}, with sound", with_sound, "", without, with_sound > without, how)
        for words, without, with_sound in zip(
            ("songs never played, HR@100", "songs never played, HR@10", "all plays, HR@10"),
            deaf, hearing, strict=True,
        )
    ]  # fmt: skip


def _replayed(histories: list[UserHistory], options: Options) -> tuple[float, float, float]:
    """HR@100 and HR@10 of new songs and HR@10 of all, the mean over users."""

    def figures(result: UserResult) -> tuple[float, float, float]:
        parts = parts_of(result)
        return parts["new"].hr_100, parts["new"].hr_10, parts["after_warmup"].hr_10

    found = [figures(result) for result in replay(histories, options, jobs=os.cpu_count() or 1)]
    first, second, third = (mean(values) for values in zip(*found, strict=True))
    return first, second, third


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
