"""A fitted listener's session so far as numbers, the same while fitting and while simulating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.data.vocabulary import UNKNOWN
from recommender.simulation.crowd import Heard, LoggedSession

LONGEST = 50
"""The most songs of a logged session that are read; what comes after is cut off."""
KEPT = 64
"""The most songs of a session that a listener knows again."""
SLOW, QUICK = 0.85, 0.6
"""What a song counts beside the one after it, in the two faded shares of skips."""
MOST_STREAK = 5
HISTORY = 12


@dataclass(frozen=True, slots=True)
class Begun:
    """Logged sessions side by side, each from its first finished song on; what stood before that
    is left out, as is a session of which fewer than two songs are left.

    `songs` and `skipped` have shape (sessions, longest); a song outside the catalogue, and what
    lies after the last, is UNKNOWN. `lengths` (sessions,) are in songs, `most` (sessions,) what
    they could have been: the longest session of the log less what was left out. `source`
    (sessions,) says which logged session each is.
    """

    songs: IndexArray
    skipped: BoolArray
    lengths: IndexArray
    most: IndexArray
    source: IndexArray

    def __len__(self) -> int:
        return len(self.songs)

    def some(self, which: IndexArray) -> Begun:
        """The sessions at some places."""
        return Begun(self.songs[which], self.skipped[which], self.lengths[which],
                     self.most[which], self.source[which])  # fmt: skip


def begun(sessions: Sequence[LoggedSession]) -> Begun:
    """Logged sessions from their first finished song on."""
    longest = min(max((len(each.songs) for each in sessions), default=1), LONGEST)
    songs = np.full((len(sessions), longest), UNKNOWN, np.int64)
    skipped = np.zeros(songs.shape, np.bool_)
    lengths, most = np.zeros(len(sessions), np.int64), np.zeros(len(sessions), np.int64)
    for place, each in enumerate(sessions):
        outcome = each.heard[:longest] == Heard.SKIPPED
        first = int(np.argmin(outcome)) if not outcome.all() else len(outcome)
        size = len(outcome) - first
        songs[place, :size] = each.songs[first:longest]
        skipped[place, :size] = outcome[first:]
        lengths[place], most[place] = size, longest - first
    kept = np.flatnonzero(lengths > 1)
    return Begun(songs[kept], skipped[kept], lengths[kept], most[kept], kept)


class SessionState:
    """What listeners side by side have heard in their sessions; songs' vectors are (songs, dim)."""

    def __init__(self, size: int, vectors: FloatArray) -> None:
        self.vectors = vectors
        self.songs = np.full((size, KEPT), UNKNOWN, np.int64)
        self.turns = np.zeros((size, KEPT), np.int64)
        self.skipped = np.zeros((size, KEPT), np.bool_)
        self.count = np.zeros(size, np.int64)
        self.last = np.zeros((size, 3))
        self.faded = np.zeros((size, 2))
        self.streaks = np.zeros((size, 2))
        """How many skips came last, and how many finished songs; one of them is 0."""
        self.skips = np.zeros(size)
        self.sums = np.zeros((2, size, vectors.shape[1]), np.float32)
        """The faded sums of the vectors of finished and of skipped songs."""

    def begin(self, which: BoolArray, songs: IndexArray) -> None:
        """New sessions at the places in `which` (size,), with a first song finished at each."""
        self.songs[which] = UNKNOWN
        for each in (self.count, self.last, self.faded, self.streaks, self.skips):
            each[which] = 0
        self.sums[:, which] = 0
        given = np.full(len(which), UNKNOWN, np.int64)
        given[which] = songs
        self.hear(given, np.zeros(len(which), np.bool_), which)

    def hear(self, songs: IndexArray, skipped: BoolArray, active: BoolArray) -> None:
        """What became of a song at each active place; all of shape (size,)."""
        rows = np.flatnonzero(active)
        here, out = songs[rows], skipped[rows]
        at = self.count[rows] % KEPT
        self.songs[rows, at], self.skipped[rows, at] = here, out
        self.turns[rows, at] = self.count[rows]
        self.count[rows] += 1
        self.last[rows] = np.column_stack([out, self.last[rows, :2]])
        self.faded[rows] = self.faded[rows] * (SLOW, QUICK) + out[:, None]
        both = np.column_stack([out, ~out])
        self.streaks[rows] = np.where(both, self.streaks[rows] + 1, 0)
        self.skips[rows] += out
        self.sums[:, rows] *= np.float32(SLOW)
        self.sums[out.astype(np.int64), rows] += self.of(here)

    def of(self, songs: IndexArray) -> FloatArray:
        """The vectors of songs (n,), zeros for UNKNOWN, shape (n, dim)."""
        known: FloatArray = self.vectors[np.maximum(songs, 0)] * (songs >= 0)[:, None]
        return known

    def history(self, songs: IndexArray) -> DoubleArray:
        """What was done so far, and with these very songs (size,), shape (size, HISTORY).

        The last three outcomes, the share of skips faded slowly, quickly and not at all, the
        streaks, the position, whether the song was finished or skipped when it was heard last in
        this session, and how often it was.
        """
        count = np.maximum(self.count, 1)[:, None]
        weights = (1 - np.array([SLOW, QUICK]) ** count) / (1 - np.array([SLOW, QUICK]))
        same = (self.songs == songs[:, None]) & (songs >= 0)[:, None]
        latest = np.where(same, self.turns, -1).argmax(axis=1)
        again = same.any(axis=1)
        skipped = self.skipped[np.arange(len(songs)), latest]
        return np.column_stack([
            self.last, self.faded / weights, np.minimum(self.streaks, MOST_STREAK), self.count,
            self.skips / count[:, 0], again & ~skipped, again & skipped,
            np.minimum(same.sum(axis=1), 3),
        ])  # fmt: skip

    def likeness(self, songs: IndexArray) -> DoubleArray:
        """The cosine of songs (size,) to what was finished and to what was skipped, (size, 2)."""
        vectors = self.of(songs)
        lengths = np.maximum(np.linalg.norm(self.sums, axis=2), 1e-9)
        result: DoubleArray = (np.einsum("knd,nd->kn", self.sums, vectors) / lengths).T.astype(
            np.float64
        )
        return result


@dataclass(frozen=True, slots=True)
class Steps:
    """Every song of sessions but the first of each, row by row.

    `history` (rows, HISTORY) and `likeness` (rows, 2) as before the song; `songs`, `skipped`,
    `session` (place in the sessions), `position` (songs heard), `streak` (skips in a row) and
    `skips` (all of them), each with this one, and `last` (the session ended with it) of shape
    (rows,); where the log was cut, nobody knows, and `told` is False.
    """

    history: DoubleArray
    likeness: DoubleArray
    songs: IndexArray
    skipped: BoolArray
    session: IndexArray
    position: IndexArray
    streak: DoubleArray
    skips: DoubleArray
    last: BoolArray
    told: BoolArray


def steps(sessions: Begun, vectors: FloatArray) -> Steps:
    """Walk through sessions side by side; rows come in the order of position, then session."""
    state = SessionState(len(sessions), vectors)
    state.begin(np.ones(len(sessions), np.bool_), sessions.songs[:, 0])
    parts = []
    for place in range(1, sessions.songs.shape[1]):
        active = sessions.lengths > place
        songs, skipped = sessions.songs[:, place], sessions.skipped[:, place]
        before = state.history(songs), state.likeness(songs)
        state.hear(songs, skipped, active)
        parts.append([each[active] for each in (
            *before, songs, skipped, np.arange(len(sessions)), state.count,
            state.streaks[:, 0], state.skips, sessions.lengths == place + 1,
            sessions.most > place + 1,
        )])  # fmt: skip
    return Steps(*(np.concatenate(each) for each in zip(*parts, strict=True)))
