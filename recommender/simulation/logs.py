"""Logs of what people finished and skipped, cut to a catalogue and parted by listener."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.data.arrays import IndexArray
from recommender.data.corpus import Feedback
from recommender.data.formats import RawList, ReadError, read_lists
from recommender.data.vocabulary import UNKNOWN
from recommender.simulation.crowd import Heard, LoggedSession, SimulationError

FORMATS = ("mssd", "plays-csv", "segue")
"""The formats that tell skips."""

SONGS = 10_000
LEAST_SESSIONS = 30
"""In each part of a log; fewer tell nothing of a crowd."""

HEARD = {Feedback.SKIPPED: Heard.SKIPPED, Feedback.LIKED: Heard.LIKED}


@dataclass(frozen=True, slots=True)
class Log:
    """The sessions of a log in order of time, over a catalogue of the songs played most.

    `keys` name the songs, `artists` (songs,) is each song's artist, one a song where none is told.
    `listeners` (sessions,) says whose each session is; where users are not told, and where there
    are too few to part, each session counts as a listener of its own, and `by_user` is False.
    `left_out` sessions were of one song.
    """

    keys: tuple[str, ...]
    artists: IndexArray
    sessions: tuple[LoggedSession, ...]
    listeners: IndexArray
    by_user: bool
    left_out: int

    def parts(self, count: int, seed: int = 0) -> list[tuple[LoggedSession, ...]]:
        """The sessions in `count` parts of much the same size, no listener in two of them.

        Each part stays in order of time. Raises SimulationError where a part would be too small.
        """
        rng = np.random.default_rng(seed)
        names, plays = np.unique(self.listeners, return_counts=True)
        sizes, part_of = np.zeros(count, np.int64), np.zeros(int(names.max()) + 1, np.int64)
        for place in rng.permutation(len(names)):
            smallest = int(sizes.argmin())
            part_of[names[place]] = smallest
            sizes[smallest] += plays[place]
        if sizes.min() < LEAST_SESSIONS:
            raise SimulationError(
                f"{len(self.sessions)} sessions are too few to part into {count} groups of "
                f"listeners; give a log with at least {count * LEAST_SESSIONS} sessions of two "
                "songs or more, and of several users."
            )
        mine = part_of[self.listeners]
        return [
            tuple(each for each, part in zip(self.sessions, mine, strict=True) if part == wanted)
            for wanted in range(count)
        ]


def read_log(paths: Sequence[Path], kind: str, songs: int = SONGS, parts: int = 3) -> Log:
    """The sessions in files of a format that tells skips; raises ReadError or SimulationError.

    The catalogue is the `songs` played most; others stand as UNKNOWN in their session. Users are
    told apart where there are at least `parts` of them.
    """
    if kind not in FORMATS:
        raise ReadError(f"The format {kind!r} tells no skips; there are: {', '.join(FORMATS)}.")
    if songs < 1:
        raise SimulationError(f"A catalogue of {songs} songs cannot be heard; give 1 or more.")
    found = list(read_lists(paths, kind))
    lists = [each for each in found if len(each.plays) > 1]
    if not lists:
        raise SimulationError("Every session in this log is of one song; give one with longer.")
    lists.sort(key=lambda each: each.at_s or 0)
    keys, artists = _catalogue(lists, songs)
    code = {key: place for place, key in enumerate(keys)}
    sessions = tuple(_session(each, code) for each in lists)
    _refuse_without_contrast(sessions)
    listeners, by_user = _listeners(lists, parts)
    return Log(keys, artists, sessions, listeners, by_user, len(found) - len(lists))


def _catalogue(lists: Sequence[RawList], songs: int) -> tuple[tuple[str, ...], IndexArray]:
    """The keys of the songs played most, the most played first, and their artists."""
    plays = Counter(play.key for each in lists for play in each.plays)
    names = {play.key: play.artist for each in lists for play in each.plays}
    keys = sorted(plays, key=lambda key: (-plays[key], key))[:songs]
    told = {name: place for place, name in enumerate(sorted({names[key] for key in keys} - {""}))}
    alone = len(told)
    artists = [told.get(names[key], alone + place) for place, key in enumerate(keys)]
    return tuple(keys), np.unique(np.array(artists, np.int64), return_inverse=True)[1]


def _session(each: RawList, code: dict[str, int]) -> LoggedSession:
    songs = [code.get(play.key, UNKNOWN) for play in each.plays]
    heard = [HEARD.get(Feedback(play.feedback), Heard.FINISHED) for play in each.plays]
    return LoggedSession(np.array(songs, np.int64), np.array(heard, np.int8))


def _listeners(lists: Sequence[RawList], parts: int) -> tuple[IndexArray, bool]:
    users = np.unique([each.user for each in lists], return_inverse=True)[1].astype(np.int64)
    if all(each.user for each in lists) and users.max() + 1 >= parts:
        return users, True
    return np.arange(len(lists), dtype=np.int64), False


def _refuse_without_contrast(sessions: Sequence[LoggedSession]) -> None:
    """Raises SimulationError where nothing was skipped, or everything."""
    skipped = np.concatenate([each.heard for each in sessions]) == Heard.SKIPPED
    if skipped.all() or not skipped.any():
        what = "Every song" if skipped.all() else "No song"
        raise SimulationError(
            f"{what} in this log was skipped, so it tells nothing of when people skip; "
            "give a log with both."
        )
