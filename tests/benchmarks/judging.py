"""An agent judged by skips and diversity, on a part of the Music Streaming Sessions Dataset."""

from __future__ import annotations

import numpy as np
import torch

from recommender.evaluation.judging.recorded_trial import run_trial
from tests.benchmarks.session_log import session_log
from tests.benchmarks.table import Row, at_least, at_most

SEEDS = (4, 5, 6)
"""Splits on which nothing was chosen."""
MOST_SKIPS = 0.907
LEAST_DIVERSITY = 1.22
"""What an earlier agent reached without saying of what: 49 % against 54 %, 9.3 % against 7.6 %."""


def rows() -> list[Row]:
    """Of recommended against played: the means over splits by session."""
    file = session_log()
    torch.set_num_threads(1)
    found = [run_trial(file, lambda words: None, seed=seed) for seed in SEEDS]
    above = [each.by["agent"].recommended.ratio.value for each in found]
    apart = [each.diverse.distance.ratio.value for each in found]
    slates = [each.slate.ratio.value for each in found]
    how = f"mean of {len(SEEDS)} splits 80/20 by session, {found[0].judged_by} judged by"
    weights = ", ".join(f"{each.weight:g}" for each in found)
    return [
        at_most("skips of songs valued above the median, against all", _mean(above), "",
                MOST_SKIPS, f"{how}; {_each(above)}"),
        at_least("diversity of the agent's slates, against songs in a row", _mean(apart), "",
                 LEAST_DIVERSITY, f"{how}; {_each(apart)}; diversity counts {weights}"),
        Row("skips of the agent's three of a second half, against all of it", _mean(slates), "",
            None, None, f"{how}; {_each(slates)}"),
    ]  # fmt: skip


def _mean(figures: list[float]) -> float:
    return float(np.mean(figures))


def _each(figures: list[float]) -> str:
    return ", ".join(f"{figure:.3f}" for figure in figures)
