"""Skips in the second half of sessions, on a part of the Music Streaming Sessions Dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recommender.skips.metric import SkipScores
from recommender.skips.trial import judge, model, read
from tests.benchmarks.session_log import session_log
from tests.benchmarks.table import Row, at_least

SEEDS = (11, 12, 13)
"""Splits on which no setting was chosen."""
LEAST_MAA = 0.59
LEAST_FIRST = 0.775


def rows() -> list[Row]:
    """The means over splits for persistence and for the combined model."""
    file = session_log()
    plain, best = _found("persistence", file), _found("combined", file)
    how = f"mean of {len(SEEDS)} splits 80/20 by session, {best[0].sessions} tested in each"
    return [
        Row("skips, mean average accuracy of persistence", _mean(plain, "maa"), "", None, None,
            f"{how}; {_spread(plain, 'maa')}"),
        Row("skips, first-skip accuracy of persistence", _mean(plain, "first"), "", None, None,
            f"{how}; {_spread(plain, 'first')}"),
        at_least("skips, mean average accuracy", _mean(best, "maa"), "", LEAST_MAA,
                 f"combined model, {how}; {_spread(best, 'maa')}"),
        at_least("skips, first-skip accuracy", _mean(best, "first"), "", LEAST_FIRST,
                 f"combined model, {how}; {_spread(best, 'first')}"),
    ]  # fmt: skip


def _found(name: str, file: Path) -> list[SkipScores]:
    found = []
    for seed in SEEDS:
        data = read([file], [], None, 0.8, seed)
        found.append(judge(model(name, seed, None), data, seed))
    return found


def _mean(found: list[SkipScores], figure: str) -> float:
    return float(np.mean([getattr(each, figure) for each in found]))


def _spread(found: list[SkipScores], figure: str) -> str:
    return ", ".join(f"{getattr(each, figure):.4f}" for each in found)
