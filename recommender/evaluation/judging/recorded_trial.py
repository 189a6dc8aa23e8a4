"""An agent that learns from four fifths of the recorded sessions, judged by the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray
from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.evaluation.judging.as_the_seed import (
    Diversity,
    SkipJudgement,
    diversity_of,
    judge_skips,
    last_known,
    median_of,
    slates_of,
)
from recommender.evaluation.judging.halves import (
    LEAST,
    Halves,
    SongTraits,
    halves_of,
    recorded,
    unit_vectors,
)
from recommender.evaluation.judging.offline import Offline, learn_from, proposed, values
from recommender.models.pair_vectors import pair_vectors
from recommender.simulation.crowd import LoggedSession
from recommender.skips.boosting import Boosting
from recommender.skips.sessions import SessionLog
from recommender.skips.trial import read

DIM = 24
CANDIDATES = 200
"""Songs about the actor's proposal among which the slate is chosen."""

WEIGHT = 0.4
"""What diversity counts in a slate, beside the critic's value."""

SHARE = 0.8

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RecordedTrial:
    """What was found: skips by each way to value songs, and the agent's slates without and with
    diversity weighed in. `skipped` are the skips of all songs of the sessions learnt from."""

    learnt_from: int
    judged_by: int
    songs: int
    skipped: float
    by: dict[str, SkipJudgement]
    plain: Diversity
    diverse: Diversity
    notes: tuple[str, ...]


def run_trial(
    file: Path, tell: Tell, *, way: Offline | None = None, weight: float = WEIGHT, seed: int = 0
) -> RecordedTrial:
    """Sessions split by session, 80 to 20; raises JudgingError, ReadError, SkipError, AgentError.

    The agent sees co-listening vectors of the sessions learnt from; songs that are not in them lie
    nowhere. `boosting` foretells skips from where a song stands in its session too, which no one
    who chooses songs can know.
    """
    data = read([file], [], None, SHARE, seed)
    own, others = recorded(data.train), recorded(data.test)
    songs = len(data.train.vocabulary)
    halves, learnt = halves_of(others), halves_of(own)
    traits = SongTraits.of(own, songs)
    vectors = co_listening(own, songs, seed)
    tell(f"The agent learns from {len(own):,} sessions.")
    agent = learn_from(own, vectors, way or Offline(), seed)
    by = {
        "agent": _judged(
            values(agent, halves, vectors), halves, values(agent, learnt, vectors), learnt, seed
        ),
        "songs' own rate": _by_rate(traits, halves, learnt, seed),
        "persistence": _judged(last_known(halves), halves, last_known(learnt), learnt, seed),
        "chance": _by_chance(halves, learnt, seed),
    }
    tell("The model of skips learns.")
    by["boosting, knows places"] = _boosted(data.train, data.test, halves, seed)
    allowed = np.flatnonzero((traits.plays > 0) & vectors.any(axis=1))
    near = proposed(agent, halves, vectors, allowed, CANDIDATES)
    plain, diverse = (
        diversity_of(slates_of(*near, vectors, halves, w), halves, vectors, None, seed)
        for w in (0.0, weight)
    )
    skipped = float(traits.skips.sum() / traits.plays.sum())
    return RecordedTrial(
        len(own), len(halves), int(np.count_nonzero(traits.plays)), skipped, by, plain, diverse,
        data.notes,
    )  # fmt: skip


def co_listening(sessions: Sequence[LoggedSession], songs: int, seed: int) -> FloatArray:
    """Where these sessions put the songs, of length 1, zeros without any, (songs, DIM)."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        names = Vocabulary([str(song) for song in range(songs)])
        found = pair_vectors(corpus_of([each.songs.tolist() for each in sessions], names), DIM)
    return unit_vectors(found)


def _judged(
    found: DoubleArray, halves: Halves, before: DoubleArray, learnt: Halves, seed: int
) -> SkipJudgement:
    """With the threshold that recommends half of the songs of the sessions learnt from."""
    return judge_skips(found, halves, median_of(before, learnt, seed), seed)


def _by_rate(traits: SongTraits, halves: Halves, learnt: Halves, seed: int) -> SkipJudgement:
    rate = traits.finished()
    return _judged(rate[halves.songs], halves, rate[learnt.songs], learnt, seed)


def _by_chance(halves: Halves, learnt: Halves, seed: int) -> SkipJudgement:
    rng = np.random.default_rng((seed, 1))
    mine, before = rng.random(halves.songs.shape), rng.random(learnt.songs.shape)
    return _judged(mine, halves, before, learnt, seed)


def _boosted(train: SessionLog, test: SessionLog, halves: Halves, seed: int) -> SkipJudgement:
    """The project's gradient boosting; what it learnt from it knows, so the threshold is a half."""
    model = Boosting(seed)
    model.fit(train)
    cut = test.take(np.flatnonzero(test.lengths >= LEAST)).halves()
    chances, asked = model.probabilities(cut), cut.asked()
    found = np.zeros(halves.songs.shape)
    found[halves.there] = 1 - chances[asked]
    return judge_skips(found, halves, 0.5, seed)
