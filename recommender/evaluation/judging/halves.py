"""Recorded sessions cut in half: the first is what is known, the second what is to be foretold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.agents.policy import SEEN, Sessions
from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.data.corpus import Corpus, Feedback
from recommender.evaluation.judging.errors import JudgingError
from recommender.simulation.crowd import Heard, LoggedSession

LEAST = 8
"""Songs of a session that can be cut in half: four to see, four of which three are chosen."""

TRAIN_SHARE = 0.8
USUAL = 4.0
"""Plays with the usual outcome that each song is taken to have had beside its own."""

_HEARD = {
    Feedback.PLAYED: Heard.FINISHED,
    Feedback.SKIPPED: Heard.SKIPPED,
    Feedback.LIKED: Heard.LIKED,
}


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


def cut_by_session(corpus: Corpus, seed: int) -> tuple[Corpus, Corpus]:
    """80 % of the sessions to learn from and the rest to judge by; raises JudgingError."""
    if len(corpus) < 5:
        raise JudgingError(
            f"{len(corpus)} sessions cannot be split in 80 and 20 %; give 5 or more."
        )
    order = np.random.default_rng(seed).permutation(len(corpus))
    first = int(TRAIN_SHARE * len(corpus))
    return corpus.select(np.sort(order[:first])), corpus.select(np.sort(order[first:]))


def recorded(corpus: Corpus) -> list[LoggedSession]:
    """The sessions with what became of each song; raises JudgingError where all is one."""
    if corpus.feedback is None:
        raise JudgingError(
            "Nothing in this file was skipped, so nothing can be told of skips. Give sessions in "
            "which some songs were skipped, such as a Spotify session log."
        )
    table = np.zeros(len(Feedback), np.int8)
    for said, heard in _HEARD.items():
        table[said] = heard
    found = [
        LoggedSession(corpus[place].astype(np.int64), table[corpus.feedback_of(place)])
        for place in range(len(corpus))
    ]
    if all((each.heard == Heard.SKIPPED).all() for each in found):
        raise JudgingError("Every song in this file was skipped: there is nothing to foretell.")
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
    """What the sessions to learn from say of each song: plays, and skips of them, (songs,)."""

    plays: IndexArray
    skips: IndexArray

    @classmethod
    def of(cls, sessions: Sequence[LoggedSession], songs: int) -> SongTraits:
        """Counted over these sessions."""
        which = np.concatenate([np.zeros(0, np.int64), *(each.songs for each in sessions)])
        heard = np.concatenate([np.zeros(0, np.int8), *(each.heard for each in sessions)])
        return cls(
            np.bincount(which, minlength=songs),
            np.bincount(which[heard == Heard.SKIPPED], minlength=songs),
        )

    def finished(self) -> DoubleArray:
        """The share of plays that were not skipped, drawn to the usual for rare songs, (songs,)."""
        usual = 1 - self.skips.sum() / max(1, self.plays.sum())
        finished: DoubleArray = (self.plays - self.skips + USUAL * usual) / (self.plays + USUAL)
        return finished


def unit_vectors(vectors: FloatArray) -> FloatArray:
    """The vectors at length 1; those of songs never heard stay zeros, (songs, dim)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: FloatArray = np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), 0.0)
    return result.astype(np.float32)
