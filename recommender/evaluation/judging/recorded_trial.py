"""An agent that learns from four fifths of the recorded sessions, judged by the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.agents.ddpg import DDPG
from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.evaluation.judging.as_the_seed import (
    Against,
    Diversity,
    SkipJudgement,
    diversity_of,
    jittered,
    judge_skips,
    judge_slates,
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
)
from recommender.evaluation.judging.offline import Offline, learn_from, proposed, values
from recommender.evaluation.judging.song_views import co_listening, folded, views_of
from recommender.simulation.crowd import LoggedSession
from recommender.skips.boosting import Boosting
from recommender.skips.sessions import SessionLog
from recommender.skips.trial import read

CANDIDATES = 200
"""Songs about the actor's proposal among which the slate is chosen."""

WEIGHTS = tuple(round(0.05 * step, 2) for step in range(13))
AIM = 1.6
"""The smallest of WEIGHTS with so many times the diversity of what was played is taken, as found
with an agent that learns from four fifths of the sessions to learn from, on the last fifth."""

SHARE = 0.8

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RecordedTrial:
    """What was found: skips by each way to value songs, and the agent's slates without and with
    diversity weighed in. `skipped` are the skips of all songs of the sessions learnt from.

    `weight` is what diversity counts, and gave `aimed` times the diversity of what was played where
    it was chosen; `slate` are the skips of slates chosen so from the second halves.
    """

    learnt_from: int
    judged_by: int
    songs: int
    skipped: float
    weight: float
    aimed: float
    slate: Against
    by: dict[str, SkipJudgement]
    plain: Diversity
    diverse: Diversity
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """An agent with what it sees of the songs, and where co-listening alone puts them."""

    agent: DDPG
    traits: SongTraits
    places: FloatArray
    views: FloatArray

    @classmethod
    def on(cls, sessions: Sequence[LoggedSession], songs: int, way: Offline, seed: int) -> Trained:
        """Learnt from these sessions; raises JudgingError and AgentError."""
        places, traits = co_listening(sessions, songs, seed), SongTraits.of(sessions, songs)
        agent = learn_from(folded(sessions, places), way, seed)
        return cls(agent, traits, places, views_of(places, traits))

    def values(self, halves: Halves) -> DoubleArray:
        """What the agent thinks of the songs of the second halves, (sessions, most)."""
        return values(self.agent, halves, self.views)

    def slates(self, halves: Halves, weights: Sequence[float]) -> list[IndexArray]:
        """Three of all songs after each first half, (sessions, 3), for each weight of diversity."""
        allowed = np.flatnonzero((self.traits.plays > 0) & self.places.any(axis=1))
        songs, valued = proposed(self.agent, halves, self.views, allowed, CANDIDATES)
        return [
            np.take_along_axis(songs, slates_of(songs, valued, self.places, halves, each), axis=1)
            for each in weights
        ]

    def diversity(self, halves: Halves, weights: Sequence[float], seed: int) -> Iterator[Diversity]:
        """Of these slates, one weight after the other."""
        for slates in self.slates(halves, weights):
            yield diversity_of(slates, halves, self.places, None, seed)


def run_trial(
    file: Path, tell: Tell, *, way: Offline | None = None, seed: int = 0
) -> RecordedTrial:
    """Sessions split by session, 80 to 20; raises JudgingError, ReadError, SkipError, AgentError.

    The agent sees what the sessions learnt from tell of the songs. `boosting` foretells skips from
    where a song stands in its session too, which no one who chooses songs can know.
    """
    way = way or Offline()
    data = read([file], [], None, SHARE, seed)
    own, others = recorded(data.train), recorded(data.test)
    songs = len(data.train.vocabulary)
    halves, learnt = halves_of(others), halves_of(own)
    weight, aimed = choose_weight(own, songs, way, tell, seed)
    tell(f"The agent learns from {len(own):,} sessions.")
    trained = Trained.on(own, songs, way, seed)
    worth, traits = trained.values(halves), trained.traits
    by = {
        "agent": _judged(worth, halves, trained.values(learnt), learnt, seed),
        "songs' own rate": _by_rate(traits, halves, learnt, seed),
        "persistence": _judged(last_known(halves), halves, last_known(learnt), learnt, seed),
        "chance": _by_chance(halves, learnt, seed),
    }
    tell("The model of skips learns.")
    by["boosting, knows places"] = _boosted(data.train, data.test, halves, seed)
    mixed = jittered(worth, halves.there, seed)
    put_on = slates_of(halves.songs, mixed, trained.places, halves, weight)
    plain, diverse = trained.diversity(halves, (0.0, weight), seed)
    skipped = float(traits.skips.sum() / traits.plays.sum())
    return RecordedTrial(
        len(own), len(halves), int(np.count_nonzero(traits.plays)), skipped, weight, aimed,
        judge_slates(put_on, halves, seed), by, plain, diverse, data.notes,
    )  # fmt: skip


def choose_weight(
    sessions: Sequence[LoggedSession], songs: int, way: Offline, tell: Tell, seed: int
) -> tuple[float, float]:
    """What diversity is to count, by the rule at AIM, and how much it brought there.

    Where none of WEIGHTS brings as much it is the largest.
    """
    many = int(SHARE * len(sessions))
    tell(f"What diversity counts is chosen on {len(sessions) - many:,} of {len(sessions):,}.")
    trained = Trained.on(sessions[:many], songs, way, seed)
    found = trained.diversity(halves_of(sessions[many:]), WEIGHTS, seed)
    for weight, each in zip(WEIGHTS, found, strict=True):
        chosen = weight, each.distance.ratio.value
        if chosen[1] >= AIM:
            break
    return chosen


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
