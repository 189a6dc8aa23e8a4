"""What every expert has in common, and the moment at which it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.history import SESSION_GAP_S, History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.trained import Trained

CONTEXT = 24


@dataclass(frozen=True, slots=True)
class Moment:
    """The listener's situation. `recent` is newest first; `session` is this session's songs.

    `anchor` is the latest song that was not skipped, the current one if all were. Three quick
    skips in a row begin a new mood: what was said before `since_s` (s since the epoch) is no longer
    meant, and what a session's songs add up to begins anew at the turn `mood_turn`. The songs
    themselves stay: without them the next song is foretold worse. `new_mood` says that nothing was
    heard since; `live` says that the session of the last play goes on.
    """

    recent: tuple[int, ...]
    turn: int
    now_s: float
    session: IntArray
    last_skipped: bool
    anchor: int = -1
    since_s: float = -np.inf
    mood_turn: int = 0
    live: bool = False
    new_mood: bool = False

    @property
    def current(self) -> int:
        """The song that plays or was played last, -1 before the first."""
        return self.recent[0] if self.recent else -1


def moment_of(history: History, started: int | None, now_s: float) -> Moment:
    """The situation after the logged plays, with `started` sounding now if it is given."""
    size = history.size
    live = bool(size and now_s - float(history.at_s[size - 1]) <= SESSION_GAP_S)
    mood_turn = history.mood_start if live else size
    is_new = live and mood_turn > history.session_start
    first = max(0, size - CONTEXT)
    recent = history.song[first:size][::-1].tolist()
    session_turn = history.session_start if live else size
    session = history.song[max(session_turn, size - 400) : size][::-1]
    skipped = bool(size and history.skipped[size - 1])
    if started is not None:
        recent = [started, *recent[: CONTEXT - 1]]
        session = np.concatenate([np.array([started], np.int32), session])
        skipped = False
    anchor = recent[0] if recent else -1
    if skipped:
        kept = np.flatnonzero(~history.skipped[first:size])
        anchor = int(history.song[first + kept[-1]]) if len(kept) else anchor
    turn = size + (started is not None)
    since_s = float(history.at_s[mood_turn - 1]) if is_new else session_since_s(history, now_s)
    return Moment(
        tuple(recent), turn, now_s, session, skipped, anchor, since_s, mood_turn, live,
        is_new and mood_turn == size,
    )  # fmt: skip


def session_plays(history: History, moment: Moment, most: int) -> tuple[IntArray, BoolArray]:
    """The session's songs, newest first, and which of them were skipped: at most `most` from the
    log, beside the one that sounds."""
    sounding = moment.turn - history.size
    logged = min(len(moment.session) - sounding, most)
    skipped = np.zeros(sounding + logged, bool)
    skipped[sounding:] = history.skipped[history.size - logged : history.size][::-1]
    return moment.session[: len(skipped)], skipped


def session_since_s(history: History, now_s: float) -> float:
    """What was said before this time, in s since the epoch, belongs to an earlier session."""
    size = history.size
    last_s = float(history.at_s[size - 1]) if size else -np.inf
    if now_s - last_s > SESSION_GAP_S:
        return max(last_s, now_s - 2 * SESSION_GAP_S) + SESSION_GAP_S
    start = history.session_start
    return float(history.at_s[start - 1]) + SESSION_GAP_S if start else -np.inf


class Expert:
    """Proposes songs for what comes next, and scores those that the experts together proposed.

    `columns` names the rows that `fill` writes; the first is the expert's own score.
    `arrays` names the attributes that a checkpoint keeps, `most` is how many songs it proposes
    at the utmost, 0 for an expert that only judges.
    """

    name: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()
    arrays: ClassVar[tuple[str, ...]] = ()
    most: ClassVar[int] = 0

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
        """Write the columns of the pool's songs into `out`, zeros of shape (columns, pool).

        It may cost what the log's hits and the pool cost, never what the catalogue would.
        """
        raise NotImplementedError


def best_first(
    songs: IntArray | IndexArray, amounts: FloatArray | DoubleArray, most: int
) -> IndexArray:
    """The `most` songs with the largest amounts, best first; equal ones keep their order."""
    if len(songs) > most:
        some = np.sort(np.argpartition(-amounts, most - 1)[:most])
        songs, amounts = songs[some], amounts[some]
    result: IndexArray = songs[np.argsort(-amounts, kind="stable")].astype(np.int64)
    return result
