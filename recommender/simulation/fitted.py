"""Simulated listeners fitted to a log: they skip, leave and begin as the people in it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.data.vocabulary import UNKNOWN
from recommender.models.pair_vectors import co_listening
from recommender.simulation.crowd import LoggedSession, Outcome, SimulationError
from recommender.simulation.fitted_sessions import Begun, SessionState, Steps, begun, steps
from recommender.simulation.fitted_skips import (
    DIM,
    SkipModel,
    fit_skips,
    ridge_logistic,
    sigmoid,
)
from recommender.simulation.logs import LEAST_SESSIONS, SONGS, read_log

LIKED_SHARE, LIKED_CHANCE = 0.1, 0.5
"""Logs tell no likes, so this is laid down: of the songs that a listener finishes, those that suit
as well as the best tenth of the finished songs in the log are liked, with this probability."""
LEAVING_RIDGE = 1.0
LONGEST_STREAK, SHARES = 3, 5
LEAST_OUTCOMES = 20


@dataclass(frozen=True)
class Leaving:
    """The probability that a session ends with a song.

    `by_position` (positions,) and `by_skips` (LONGEST_STREAK + 1, SHARES) add up to its log-odds:
    how many songs the session has, and how many of the last were skipped one after another beside
    which fifth the share of all skips is in.
    """

    by_position: DoubleArray
    by_skips: DoubleArray

    def chances(self, position: IndexArray, streak: DoubleArray, skips: DoubleArray) -> DoubleArray:
        """The probability of leaving, for songs heard, skips in a row and skips in all, with the
        song just heard, each of shape (n,)."""
        at = np.minimum(position, len(self.by_position) - 1)
        cells = _cells(position, streak, skips)
        return sigmoid(self.by_position[at] + self.by_skips.ravel()[cells])


@dataclass(frozen=True)
class Habits:
    """What was fitted to those who answer: when they skip and leave, what they begin with, and
    how much a song must lower the log-odds of a skip to be one of those that they like."""

    skips: SkipModel
    leaving: Leaving
    beginnings: IndexArray
    liked_below: float


@dataclass(frozen=True)
class Shown:
    """What recommenders may know of the songs, from those who do not answer; see `Crowd`."""

    vectors: FloatArray
    plays: IndexArray
    artists: IndexArray
    log: tuple[LoggedSession, ...]


class FittedCrowd:
    """A `Crowd` with fitted habits; what it shows comes from other people's sessions."""

    def __init__(self, size: int, habits: Habits, shown: Shown) -> None:
        if size < 1:
            raise SimulationError(f"A crowd of {size} listeners cannot be; ask for 1 or more.")
        self.habits, self.shown = habits, shown
        self._size = size
        self._state = SessionState(size, habits.skips.vectors)

    def of_size(self, size: int) -> FittedCrowd:
        """Listeners with the same habits, `size` of them, before their sessions."""
        return FittedCrowd(size, self.habits, self.shown)

    @property
    def size(self) -> int:
        """How many listeners there are at once."""
        return self._size

    @property
    def vectors(self) -> FloatArray:
        """Where others' co-listening puts the songs, of length 1, shape (songs, dim); a song that
        they did not hear lies somewhere by chance."""
        return self.shown.vectors

    @property
    def plays(self) -> IndexArray:
        """How often each song was played by others, shape (songs,)."""
        return self.shown.plays

    @property
    def artists(self) -> IndexArray:
        """Each song's artist, shape (songs,)."""
        return self.shown.artists

    @property
    def log(self) -> Sequence[LoggedSession]:
        """The others' sessions, without songs outside the catalogue, in order of time."""
        return self.shown.log

    def begin(self, which: BoolArray, rng: np.random.Generator) -> IndexArray:
        """Sessions begin with songs that sessions of the log began with, shape (which.sum(),)."""
        songs: IndexArray = rng.choice(self.habits.beginnings, int(which.sum()))
        self.begin_with(which, songs)
        return songs

    def begin_with(self, which: BoolArray, songs: IndexArray) -> None:
        """Sessions begin with these finished songs, shape (which.sum(),)."""
        self._check(songs)
        self._state.begin(which, songs)

    def hear(self, songs: IndexArray, active: BoolArray, rng: np.random.Generator) -> Outcome:
        """Each active listener finishes or skips a song, likes it, and stays or leaves; UNKNOWN is
        a song outside the catalogue, of which nothing is known."""
        self._check(songs[active])
        songs = np.where(active, songs, UNKNOWN)
        by_session, by_song = self._log_odds(songs)
        draws = rng.random((3, self._size))
        skipped = active & (draws[0] < sigmoid(by_session + by_song))
        finished = active & ~skipped
        liked = finished & (by_song <= self.habits.liked_below) & (draws[1] < LIKED_CHANCE)
        self._state.hear(songs, skipped, active)
        state = self._state
        chances = self.habits.leaving.chances(state.count, state.streaks[:, 0], state.skips)
        return Outcome(finished, liked, active & (draws[2] < chances))

    def skip_chances(self, songs: IndexArray) -> DoubleArray:
        """The probability that each listener would skip a song now, both of shape (size,)."""
        self._check(songs)
        return sigmoid(np.sum(self._log_odds(songs), axis=0))

    def _log_odds(self, songs: IndexArray) -> tuple[DoubleArray, DoubleArray]:
        skips = self.habits.skips
        likeness = self._state.likeness(songs)
        by_session = skips.session_part(self._state.history(songs))
        return by_session, skips.song_part(songs, likeness)

    def _check(self, songs: IndexArray) -> None:
        wrong = songs[(songs < UNKNOWN) | (songs >= len(self.plays))]
        if len(wrong):
            raise SimulationError(
                f"There is no song {int(wrong[0])} among the {len(self.plays)} of this crowd."
            )


def fit_crowd(
    answering: Sequence[LoggedSession], known: Sequence[LoggedSession], artists: IndexArray,
    size: int = 256, seed: int = 0, shown: Shown | None = None,
) -> FittedCrowd:  # fmt: skip
    """Listeners fitted to the sessions of those who answer, who show those of others, `known`.

    `artists` (songs,) has a place for each song of the catalogue. `shown` saves making it anew.
    Raises SimulationError where there is too little to fit.
    """
    return FittedCrowd(
        size, fit_habits(answering, len(artists), seed), shown or show(known, artists, seed)
    )


def crowds_from(
    path: Path, kind: str, *, songs: int = SONGS, size: int = 256, seed: int = 0
) -> tuple[FittedCrowd, FittedCrowd]:
    """A crowd to practise on and one to be judged by, from a log; ReadError or SimulationError.

    The log is parted in three by listener. One third answers in practice, another in judging, and
    both show the last third, so vectors that an agent learnt to read mean the same before the
    judges. No listener is in two of the three. Where users are not told, sessions are parted.
    """
    log = read_log([path], kind, songs)
    known, practising, judging = log.parts(3, seed)
    shown = show(known, log.artists, seed)
    practice = fit_crowd(practising, known, log.artists, size, seed, shown)
    return practice, fit_crowd(judging, known, log.artists, size, seed + 1, shown)


def show(known: Sequence[LoggedSession], artists: IndexArray, seed: int = 0) -> Shown:
    """What the sessions of `known` listeners tell of the songs."""
    log = tuple(each for each in map(_known_songs, known) if len(each.songs) > 1)
    heard = [each.songs for each in log]
    vectors = co_listening(heard, len(artists), DIM, seed)
    chance = np.random.default_rng(seed).standard_normal(vectors.shape)
    chance /= np.linalg.norm(chance, axis=1, keepdims=True)
    nowhere = ~vectors.any(axis=1)
    vectors[nowhere] = chance[nowhere]
    counted = np.concatenate([np.zeros(0, np.int64), *heard])
    plays = np.bincount(counted, minlength=len(artists)).astype(np.int64)
    return Shown(vectors, plays, artists, log)


def fit_habits(answering: Sequence[LoggedSession], songs: int, seed: int = 0) -> Habits:
    """When these people skip and leave and what they begin with; raises SimulationError."""
    sessions = begun(answering)
    if len(sessions) < LEAST_SESSIONS:
        raise SimulationError(
            f"Only {len(sessions)} sessions have a finished song and another after it; "
            f"give a log with {LEAST_SESSIONS} or more for each group of listeners."
        )
    beginnings = sessions.songs[:, 0]
    every = steps(sessions, np.zeros((songs, 1), np.float32))
    skips = int(every.skipped.sum())
    if min(skips, len(every.skipped) - skips) < LEAST_OUTCOMES or (beginnings < 0).all():
        raise SimulationError(
            f"{skips} of {len(every.skipped)} songs in these sessions were skipped, which is too "
            "one-sided to fit; give a longer log, or a larger catalogue."
        )
    model, by_song = fit_skips(sessions, songs, seed)
    suits = np.quantile(by_song[~every.skipped], LIKED_SHARE)
    return Habits(model, _fit_leaving(every, sessions), beginnings[beginnings >= 0], float(suits))


def _fit_leaving(every: Steps, sessions: Begun) -> Leaving:
    """Log-odds by position and by skips; an end where the log itself ends tells nothing."""
    positions, told = sessions.songs.shape[1], every.told
    by_position = np.eye(positions)[np.minimum(every.position[told], positions - 1)]
    cells = _cells(every.position[told], every.streak[told], every.skips[told])
    by_skips = np.eye((LONGEST_STREAK + 1) * SHARES)[cells]
    columns = np.column_stack([np.ones(len(cells)), by_position, by_skips])
    weights = ridge_logistic(columns, every.last[told], 0.0, LEAVING_RIDGE)
    by_place = weights[0] + weights[1 : positions + 1]
    latest = int(every.position[told].max(initial=1))
    by_place[latest + 1 :] = by_place[latest]
    return Leaving(by_place, weights[positions + 1 :].reshape(LONGEST_STREAK + 1, SHARES))


def _cells(position: IndexArray, streak: DoubleArray, skips: DoubleArray) -> IndexArray:
    """Where in `by_skips`, read row by row, a session stands, shape (n,)."""
    share = np.minimum(SHARES * skips / np.maximum(position, 1), SHARES - 1)
    cells: IndexArray = np.minimum(streak, LONGEST_STREAK).astype(np.int64) * SHARES + share.astype(
        np.int64
    )
    return cells


def _known_songs(session: LoggedSession) -> LoggedSession:
    known = session.songs >= 0
    return LoggedSession(session.songs[known], session.heard[known])
