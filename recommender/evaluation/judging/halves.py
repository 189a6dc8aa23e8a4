"""Recorded sessions cut in half: the first is what is known, the second what is to be foretold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, IndexArray
from recommender.evaluation.judging.errors import JudgingError
from recommender.simulation.crowd import Heard, LoggedSession
from recommender.simulation.sessions import SEEN, Sessions
from recommender.skips.sessions import SessionLog

LEAST = 8
"""Songs of a session that can be cut in half: four to see, four of which three are chosen."""

USUAL = 4.0
"""Plays with the usual outcome that each song is taken to have had beside its own."""


@dataclass(frozen=True, slots=True)
class Halves:
    """Second halves of sessions beside each other, row by row, filled up with -1 and False.

    `known` are the first halves; `songs`, `skipped` and `there` have the shape (sessions, most).
    """

    known: Sessions
    songs: IndexArray
    skipped: BoolArray
    there: BoolArray

    def __len__(self) -> int:
        return len(self.songs)


def recorded(log: SessionLog) -> list[LoggedSession]:
    """The sessions with what became of each song; raises JudgingError where all is one."""
    skipped = log.skipped()
    found = [
        LoggedSession(
            songs[:length],
            np.where(skips[:length], Heard.SKIPPED, Heard.FINISHED).astype(np.int8),
        )
        for songs, skips, length in zip(log.songs, skipped, log.lengths.tolist(), strict=True)
    ]
    share = skipped.sum() / max(1, int(log.lengths.sum()))
    if share in (0.0, 1.0):
        which = "Every song" if share else "No song"
        raise JudgingError(
            f"{which} in these sessions was skipped, so nothing can be told apart. Give a log in "
            "which some songs were skipped and some were not."
        )
    return found


def halves_of(sessions: Sequence[LoggedSession]) -> Halves:
    """Sessions of LEAST songs or more, cut in the middle; raises JudgingError without any."""
    long = [each for each in sessions if len(each.songs) >= LEAST]
    if not long:
        raise JudgingError(
            f"No session has the {LEAST} songs that it takes to cut one in half. Give longer ones."
        )
    known = sessions_before(long, [len(each.songs) // 2 for each in long])
    rests = [len(each.songs) - len(each.songs) // 2 for each in long]
    there: BoolArray = np.arange(max(rests)) < np.array(rests)[:, None]
    songs: IndexArray = np.full(there.shape, -1, np.int64)
    skipped: BoolArray = np.zeros(there.shape, np.bool_)
    songs[there] = np.concatenate([each.songs[len(each.songs) // 2 :] for each in long])
    ends = np.concatenate([each.heard[len(each.heard) // 2 :] for each in long])
    skipped[there] = ends == Heard.SKIPPED
    return Halves(known, songs, skipped, there)


def sessions_before(sessions: Sequence[LoggedSession], ends: Sequence[int]) -> Sessions:
    """What was heard in each session before its place in `ends`, the latest SEEN songs of it."""
    result = Sessions.none_yet(len(sessions))
    for row, (each, end) in enumerate(zip(sessions, ends, strict=True)):
        count = min(end, SEEN)
        if count:
            result.songs[row, -count:] = each.songs[end - count : end]
            result.heard[row, -count:] = each.heard[end - count : end]
    return result


@dataclass(frozen=True, slots=True)
class SongTraits:
    """What the sessions to learn from say of each song: plays, and skips of them, (songs,).

    `beyond` are the skips above what the share skipped of each session would give, (songs,).
    """

    plays: IndexArray
    skips: IndexArray
    beyond: DoubleArray

    @classmethod
    def of(cls, sessions: Sequence[LoggedSession], songs: int) -> SongTraits:
        """Counted over these sessions."""
        which = np.concatenate([np.zeros(0, np.int64), *(each.songs for each in sessions)])
        heard = np.concatenate([np.zeros(0, np.int8), *(each.heard for each in sessions)])
        lengths = [len(each.songs) for each in sessions]
        shares = [np.mean(each.heard == Heard.SKIPPED) for each in sessions]
        skipped = heard == Heard.SKIPPED
        beyond: DoubleArray = np.zeros(songs)
        np.add.at(beyond, which, skipped - np.repeat(shares, lengths))
        plays = np.bincount(which, minlength=songs)
        return cls(plays, np.bincount(which[skipped], minlength=songs), beyond)

    def finished(self) -> DoubleArray:
        """The share of plays that were not skipped, drawn to the usual for rare songs, (songs,)."""
        usual = 1 - self.skips.sum() / max(1, self.plays.sum())
        finished: DoubleArray = (self.plays - self.skips + USUAL * usual) / (self.plays + USUAL)
        return finished
