"""Models of skips side by side: fitted on some sessions, judged on others."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.skips.base import Persistence, SkipError, SkipModel
from recommender.skips.boosting import Boosting
from recommender.skips.combined import PARTS, Combined
from recommender.skips.metric import SkipScores, scores
from recommender.skips.sequence import Sequence as SequenceModel
from recommender.skips.sessions import SessionLog, read_sessions
from recommender.skips.song_features import read_features

MOST_SESSIONS = 100_000
"""Sessions to learn from at most; of more, as many are drawn by chance."""

MODELS = ("persistence", "boosting", "sequence", "combined")


@dataclass(frozen=True, slots=True)
class TrialData:
    """Sessions to learn from and others to test on, and in words what was left out of the files."""

    train: SessionLog
    test: SessionLog
    extra: FloatArray | None
    notes: tuple[str, ...]


def read(
    train: Sequence[Path], test: Sequence[Path], features: Path | None, split: float, seed: int
) -> TrialData:
    """The sessions of the files; without `test` a share of train's, drawn by session.

    Raises ReadError, and SkipError when nothing is left to learn from or to test on.
    """
    vocabulary: dict[str, int] = {}
    log = read_sessions(train, vocabulary)
    notes = _left_out(log, "to learn from" if test else "given")
    rng = np.random.default_rng(seed)
    if test:
        other = read_sessions(test, vocabulary)
        notes += _left_out(other, "to test on")
        both = set(other.names) & set(log.names)
        if both:
            log = log.take(
                np.array([n for n, name in enumerate(log.names) if name not in both], np.int64)
            )
            notes.append(f"{len(both):,} sessions are in both files; they were only tested on.")
    else:
        order, many = rng.permutation(len(log)), int(split * len(log))
        log, other = log.take(order[:many]), log.take(order[many:])
    if not len(log) or not len(other):
        raise SkipError("There are no sessions left to learn from or to test on; give more.")
    if len(log) > MOST_SESSIONS:
        notes.append(f"Of {len(log):,} sessions to learn from, {MOST_SESSIONS:,} were drawn.")
        log = log.take(np.sort(rng.permutation(len(log))[:MOST_SESSIONS]))
    extra = None
    if features is not None:
        extra, told = read_features(features, vocabulary)
        notes.append(f"{told:,} of {len(vocabulary):,} songs have features.")
    return TrialData(log, other, extra, tuple(notes))


def _left_out(log: SessionLog, which: str) -> list[str]:
    notes = []
    if log.single:
        notes.append(f"Of the sessions {which}, {log.single:,} of a single song were left out.")
    if log.cut_off:
        notes.append(
            f"Of the sessions {which}, {log.cut_off:,} that lack some of their songs were left out."
        )
    if log.absent:
        notes.append(f"In the sessions {which} there is no {', '.join(log.absent)}.")
    return notes


def model(name: str, seed: int, extra: FloatArray | None) -> SkipModel:
    """A model by its name, not fitted yet."""
    make: dict[str, Callable[[], SkipModel]] = {
        "persistence": Persistence,
        "boosting": lambda: Boosting(seed, extra),
        "sequence": lambda: SequenceModel(seed, extra),
        "combined": lambda: Combined(seed, extra, workers=min(PARTS, os.cpu_count() or 1)),
    }
    return make[name]()


def judge(chosen: SkipModel, data: TrialData, seed: int) -> SkipScores:
    """Fit a model and score its predictions of the second halves."""
    chosen.fit(data.train)
    halves = data.test.halves()
    return scores(data.test.skipped(), chosen.predict(halves), halves.asked(), seed)
