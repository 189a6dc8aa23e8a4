"""Whether simulated listeners behave as a log's people do who had no part in making them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from recommender.data.arrays import BoolArray, DoubleArray, IndexArray
from recommender.simulation.crowd import Crowd, LoggedSession, SimulationError
from recommender.simulation.environment import ListeningVectorEnv
from recommender.simulation.fitted import FittedCrowd
from recommender.simulation.fitted_sessions import Begun, begun, steps
from recommender.simulation.fitted_skips import log_loss, log_losses, sigmoid

LONGEST_STREAK = 5
BINS = 10
DRAWS = 1_000
"""Resamplings of sessions behind an interval."""
SUITING = 100
"""How many of the songs that listeners skip least are put on in turn, to see what can be won."""
REPLAYED, RESAMPLED, RANDOM, SUITED = "logged songs", "mixed songs", "random songs", "best songs"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How sessions go, each from its first finished song on; rates are shares of 1.

    `by_position` and `plays_by_position` tell of the second song, the third and so on. `repeats`
    is the share of songs heard before in the session, `lengths` are the 10th, 50th and 90th
    percentile in songs, `streaks` the share of runs of skips that are 1, 2, 3, 4 and 5 or more
    long, `spread` the standard deviation of the sessions' shares of skips.
    """

    sessions: int
    skips: float
    by_position: tuple[float, ...]
    plays_by_position: tuple[int, ...]
    repeats: float
    mean_length: float
    lengths: tuple[float, float, float]
    streaks: tuple[float, ...]
    spread: float

    def apart(self, data: Behaviour) -> tuple[float, float]:
        """The mean and the largest difference of the skip rate by position from `data`; the mean
        weighs a position as `data` has plays there, the largest looks where it has 100 or more."""
        pairs = list(zip(self.by_position, data.by_position, strict=False))
        gaps = np.array([abs(one - other) for one, other in pairs])
        plays = np.array(data.plays_by_position[: len(gaps)])
        many = gaps[plays >= min(100, plays.max())]
        return float(np.average(gaps, weights=plays)), float(many.max())


@dataclass(frozen=True, slots=True)
class Foresight:
    """How well skips in other people's sessions are foretold, song by song.

    `log_loss` is in nats, `error` the expected calibration error in BINS bins of as many songs;
    then the same without what the song itself adds, the loss of always saying the mean, and what
    the song takes off the loss, with a 95 % interval over sessions.
    """

    plays: int
    log_loss: float
    auc: float
    error: float
    log_loss_without_song: float
    auc_without_song: float
    log_loss_of_mean: float
    gain: float
    gain_interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A crowd beside a log: `data` is the log's people, `driven` the crowd by what it was given.

    `foresight` is None for a crowd that does not say how likely it is to skip.
    """

    data: Behaviour
    driven: dict[str, Behaviour]
    foresight: Foresight | None
    steps_per_s: float


def calibrate(crowd: Crowd, sessions: Sequence[LoggedSession], seed: int = 0) -> Calibration:
    """Compare a crowd with sessions of other people; raises SimulationError where there are none.

    It is given each session's own songs (a fitted crowd from the session's first on, another crowd
    after a first of its own); songs of other sessions at the same position; random songs of the
    catalogue; and, if fitted, the SUITING songs that it skips least by what they are alone, which
    no policy can know.
    """
    people = begun(sessions)
    if not len(people):
        raise SimulationError("No session here has a finished song and another after it.")
    rng = np.random.default_rng(seed)
    given = _given(crowd, people, rng)
    driven = {name: behaviour(drive(crowd, people, songs, rng)) for name, songs in given.items()}
    told = foresight(crowd, people, seed) if isinstance(crowd, FittedCrowd) else None
    return Calibration(behaviour(people), driven, told, steps_per_second(crowd, seed))


def behaviour(sessions: Begun) -> Behaviour:
    """What there is to say of how these sessions go."""
    longest = int(sessions.lengths.max())
    sessions = Begun(sessions.songs[:, :longest], sessions.skipped[:, :longest],
                     sessions.lengths, sessions.most, sessions.source)  # fmt: skip
    places = np.arange(longest)
    there = places < sessions.lengths[:, None]
    later = there & (places > 0)
    skipped = sessions.skipped & later
    plays = later.sum(axis=0)[1:]
    rates = skipped.sum(axis=0)[1:] / plays
    runs = _runs(skipped)
    shares = skipped.sum(axis=1) / np.maximum(later.sum(axis=1), 1)
    return Behaviour(
        len(sessions), float(skipped.sum() / max(later.sum(), 1)),
        tuple(rates.tolist()), tuple(plays.tolist()),
        float(_again(sessions.songs, there).sum() / max(later.sum(), 1)),
        float(sessions.lengths.mean()),
        tuple(np.percentile(sessions.lengths, (10, 50, 90)).tolist()),
        tuple((runs / max(runs.sum(), 1)).tolist()), float(shares.std()),
    )  # fmt: skip


def drive(crowd: Crowd, people: Begun, songs: IndexArray, rng: np.random.Generator) -> Begun:
    """What a crowd does when it is given these songs, (sessions, longest), one after another.

    A session lasts until its listener leaves, or as long as the log's could have been.
    """
    played, skipped = songs.copy(), np.zeros(songs.shape, np.bool_)
    lengths = np.ones(len(songs), np.int64)
    for start in range(0, len(songs), crowd.size):
        rows = slice(start, min(start + crowd.size, len(songs)))
        count = rows.stop - rows.start
        which = np.arange(crowd.size) < count
        if isinstance(crowd, FittedCrowd):
            crowd.begin_with(which, played[rows, 0])
        else:
            played[rows, 0] = crowd.begin(which, rng)
        there = which.copy()
        for place in range(1, songs.shape[1]):
            there[:count] &= people.most[rows] > place
            given = np.zeros(crowd.size, np.int64)
            given[:count] = played[rows, place]
            outcome = crowd.hear(given, there, rng)
            skipped[rows, place] = (there & ~outcome.finished)[:count]
            lengths[rows] += there[:count]
            there &= ~outcome.left
    return Begun(played, skipped, lengths, people.most, people.source)


def foresight(crowd: FittedCrowd, people: Begun, seed: int = 0) -> Foresight:
    """How well a fitted crowd's model foretells these sessions, each song from those before."""
    model = crowd.habits.skips
    every = steps(people, model.vectors)
    plain = model.session_part(every.history)
    before, chances = sigmoid(plain), sigmoid(plain + model.song_part(every.songs, every.likeness))
    right = every.skipped
    off = log_losses(right, before) - log_losses(right, chances)
    return Foresight(
        len(right), log_loss(right, chances), float(roc_auc_score(right, chances)),
        calibration_error(right, chances), log_loss(right, before),
        float(roc_auc_score(right, before)),
        log_loss(right, np.full(len(right), right.mean())), float(off.mean()),
        _interval(off, every.session, seed),
    )  # fmt: skip


def calibration_error(right: BoolArray, chances: DoubleArray, bins: int = BINS) -> float:
    """The mean gap between what was said and what came, over bins of as many each."""
    parts = np.array_split(np.argsort(chances, kind="stable"), bins)
    gaps = [abs(float(right[part].mean() - chances[part].mean())) for part in parts if len(part)]
    sizes = [len(part) for part in parts if len(part)]
    return float(np.average(gaps, weights=sizes))


def steps_per_second(crowd: Crowd, seed: int = 0, rounds: int = 60) -> float:
    """How many songs a second the environment puts on for the whole crowd, chosen at random."""
    env = ListeningVectorEnv(crowd, seed=seed)
    env.reset()
    rng = np.random.default_rng(seed)
    began = time.perf_counter()
    for _ in range(rounds):
        env.step(rng.integers(0, len(crowd.vectors), crowd.size))
    return rounds * crowd.size / (time.perf_counter() - began)


def _given(crowd: Crowd, people: Begun, rng: np.random.Generator) -> dict[str, IndexArray]:
    """The songs to be put on, by name, each of shape (sessions, longest)."""
    songs, there = people.songs, np.arange(people.songs.shape[1]) < people.lengths[:, None]
    mixed = songs.copy()
    for place in range(1, songs.shape[1]):
        pool = songs[there[:, place], place]
        mixed[:, place] = rng.choice(pool if len(pool) else songs[there], len(songs))
    given = {REPLAYED: np.where(there, songs, mixed), RESAMPLED: mixed}
    given[RANDOM] = _after_first(songs, rng.integers(0, len(crowd.vectors), songs.shape))
    if isinstance(crowd, FittedCrowd):
        catalogue = np.arange(len(crowd.vectors))
        alone = crowd.habits.skips.song_part(catalogue, np.zeros((len(catalogue), 2)))
        best = np.argsort(alone, kind="stable")[:SUITING]
        turns = rng.permuted(np.tile(best, (len(songs), 1)), axis=1)
        given[SUITED] = _after_first(songs, turns[:, np.arange(songs.shape[1]) % len(best)])
    return given


def _after_first(songs: IndexArray, others: IndexArray) -> IndexArray:
    result: IndexArray = others.copy()
    result[:, 0] = songs[:, 0]
    return result


def _runs(skipped: BoolArray) -> DoubleArray:
    """How many runs of skips are 1, 2, 3, 4 and 5 or more long."""
    counts = np.zeros(LONGEST_STREAK)
    streak = np.zeros(len(skipped), np.int64)
    for column in [*skipped.T, np.zeros(len(skipped), np.bool_)]:
        ended = streak[~column & (streak > 0)]
        counts += np.bincount(np.minimum(ended, LONGEST_STREAK) - 1, minlength=LONGEST_STREAK)
        streak = np.where(column, streak + 1, 0)
    return counts


def _again(songs: IndexArray, there: BoolArray) -> BoolArray:
    """Which songs were in their session before, shape (sessions, longest)."""
    again = np.zeros(songs.shape, np.bool_)
    for place in range(1, songs.shape[1]):
        same = (songs[:, :place] == songs[:, place : place + 1]).any(axis=1)
        again[:, place] = same & (songs[:, place] >= 0) & there[:, place]
    return again


def _interval(values: DoubleArray, session: IndexArray, seed: int) -> tuple[float, float]:
    """A 95 % interval of the mean, when sessions are drawn anew."""
    sums, sizes = np.bincount(session, values), np.bincount(session)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(sums), (DRAWS, len(sums)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), (2.5, 97.5))
    return float(low), float(high)
