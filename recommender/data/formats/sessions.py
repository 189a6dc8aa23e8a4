"""Logs whose plays name their session: the grouping, and Spotify's session logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from recommender.data.corpus import Feedback
from recommender.data.formats.lines import ReadError, number, records, time_of
from recommender.data.formats.records import RawList, RawPlay

LONGEST_LIST = 1 << 20
"""Plays of one list; it is held in memory as a whole."""

MSSD = ("session_id", "session_position", "track_id_clean", "skip_2")
MSSD_TIME = ("date", "hour_of_day")
BOOLS = {"true": True, "1": True, "false": False, "0": False}


class Placed(NamedTuple):
    """A play with its session and its place therein."""

    session: tuple[str, ...]
    order: float
    play: RawPlay
    user: str = ""
    at_s: int | None = None


def runs(plays: Iterable[Placed], path: Path) -> Iterator[RawList]:
    """A list of each run of plays with one session, ordered by place; raises ReadError."""
    for session, run in groupby(plays, attrgetter("session")):
        found = list(islice(run, LONGEST_LIST + 1))
        if len(found) > LONGEST_LIST:
            raise ReadError(f"{path}: session {session[-1]!r} has over {LONGEST_LIST} plays.")
        found.sort(key=attrgetter("order"))
        yield RawList(found[0].user, found[0].at_s, [each.play for each in found])


def read_mssd(path: Path) -> Iterator[RawList]:
    """Sessions of a Spotify log; a play is skipped where `skip_2` says so.

    A song's key is its `track_id_clean`; names are not known. The start is the first play's hour.
    """
    return runs(_mssd(path), path)


def _mssd(path: Path) -> Iterator[Placed]:
    for line, fields in records(path, MSSD, ",", optional=MSSD_TIME):
        session, position, track, skipped, date, hour = fields
        if not track.strip():
            raise ReadError(f"{path}, line {line}: track_id_clean is empty.")
        if skipped.casefold() not in BOOLS:
            raise ReadError(f"{path}, line {line}: skip_2 is {skipped!r}; wanted true or false.")
        at_s = None
        if date:
            hours = number(hour or "0", "hour_of_day", path, line)
            at_s = int(time_of(date, "date", path, line) + 3600 * min(hours, 23))
        said = Feedback.SKIPPED if BOOLS[skipped.casefold()] else Feedback.PLAYED
        order = number(position, "session_position", path, line)
        yield Placed((session,), order, RawPlay(track, feedback=said), at_s=at_s)
