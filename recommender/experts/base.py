"""What every expert has in common, and the moment at which it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.data.history import SESSION_GAP_S, History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.trained import Trained

CONTEXT = 24


@dataclass(frozen=True, slots=True)
class Moment:
    """The listener's situation. `recent` is newest first; `session` is this session's songs.

    `anchor` is the latest song that was not skipped, the current one if all were.
    """

    recent: tuple[int, ...]
    turn: int
    now_s: float
    session: IntArray
    last_skipped: bool
    anchor: int = -1

    @property
    def current(self) -> int:
        """The song that plays or was played last, -1 before the first."""
        return self.recent[0] if self.recent else -1


def moment_of(history: History, started: int | None, now_s: float) -> Moment:
    """The situation after the logged plays, with `started` sounding now if it is given."""
    size = history.size
    recent = history.song[max(0, size - CONTEXT) : size][::-1].tolist()
    session = history.song[:0]
    if size and now_s - float(history.at_s[size - 1]) <= SESSION_GAP_S:
        session = history.song[max(history.session_start, size - 400) : size][::-1]
    skipped = bool(size and history.skipped[size - 1])
    if started is not None:
        recent = [started, *recent[: CONTEXT - 1]]
        session = np.concatenate([np.array([started], np.int32), session])
        skipped = False
    anchor = recent[0] if recent else -1
    if skipped:
        kept = np.flatnonzero(~history.skipped[max(0, size - CONTEXT) : size])
        anchor = int(history.song[max(0, size - CONTEXT) + kept[-1]]) if len(kept) else anchor
    turn = size + (started is not None)
    return Moment(tuple(recent), turn, now_s, session, skipped, anchor)


class Expert:
    """Proposes songs for what comes next, and scores those that the experts together proposed.

    `columns` names the rows that `fill` writes; the first is the expert's own score.
    `arrays` names the attributes that a checkpoint keeps.
    """

    name: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()
    arrays: ClassVar[tuple[str, ...]] = ()

    def __init__(self, history: History) -> None:
        self.history = history
        self.catalogue = history.catalogue

    def load(self) -> None:
        """Learn from the whole log at once, forgetting what was before."""

    def grow(self) -> None:
        """Make room for songs and artists that joined the catalogue."""

    def adopt(self, trained: Trained | None) -> None:
        """Take over what a training gave, or go on without; the log is there already."""

    def observe(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Learn from one play, before it is appended to the log."""

    def propose(self, moment: Moment) -> IndexArray:
        """Candidates, the best first, dense indexes without repeats; empty for an expert that
        only judges."""
        return np.zeros(0, np.int64)

    def fill(self, moment: Moment, pool: Pool, out: FloatArray) -> None:
        """Write the columns of the pool's songs into `out`, zeros of shape (columns, pool)."""
        dense = np.zeros((len(self.columns), len(self.catalogue)), np.float32)
        self.fill_all(moment, dense)
        np.take(dense, pool.songs, axis=1, out=out)

    def fill_all(self, moment: Moment, out: FloatArray) -> None:
        """Write the columns of all songs into `out`, zeros of shape (columns, songs)."""
        raise NotImplementedError
