"""Logs of single plays: plays-csv, Last.fm 1K and 30Music, as rows and as sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from recommender.data.corpus import Feedback
from recommender.data.formats.lines import ReadError, lines, number, records, time_of
from recommender.data.formats.records import RawList, RawPlay, named
from recommender.data.formats.sessions import LONGEST_LIST, Placed, runs
from recommender.data.history import SESSION_GAP_S

PLAYS_CSV = ("user", "end_time_utc", "artist", "track", "ms_played")
THIRTY_MUSIC = ("UserId", "SessionId", "ItemId", "Time", "ArtistId")
LASTFM_FIELDS = 6
LASTFM_LINES_A_FLAW = 100_000
"""The published file has nine broken lines in 19 million."""

SKIP_MS = 30_000


class Row(NamedTuple):
    """One play as it stands in a file; `at_s` is its end, `heard_ms` None where untold."""

    user: str
    artist: str
    title: str
    at_s: float
    heard_ms: int | None = None
    feedback: int = Feedback.PLAYED
    session: str = ""


def plays_csv(path: Path) -> Iterator[Row]:
    """The rows of a plays-csv file; a play under 30 s is a skip."""
    for line, (user, end, artist, track, heard) in records(path, PLAYS_CSV, ","):
        at_s = time_of(end, "end_time_utc", path, line)
        heard_ms = int(number(heard, "ms_played", path, line))
        said = Feedback.SKIPPED if heard_ms < SKIP_MS else Feedback.PLAYED
        yield Row(user, artist, track, at_s, heard_ms, said)


def thirty_music(path: Path) -> Iterator[Row]:
    """The rows of a 30Music file, whose songs and artists are numbers; `at_s` is the start."""
    for line, (user, session, item, at, artist) in records(path, THIRTY_MUSIC, "\t"):
        if not item.strip():
            raise ReadError(f"{path}, line {line}: ItemId is empty.")
        yield Row(user, artist, item, number(at, "Time", path, line), session=session)


def lastfm1k(path: Path) -> Iterator[Row]:
    """The rows of a Last.fm 1K file: user, time, artist id, artist, track id and track, no header.

    The time is the play's start, and how long it was heard is not told. Broken lines are passed
    over while they are at most one in LASTFM_LINES_A_FLAW; raises ReadError for more.
    """
    flaws = 0
    for at, line in enumerate(lines(path), start=1):
        text = line.rstrip("\r\n")
        if not text:
            continue
        try:
            row = _lastfm_row(text, path, at)
        except ReadError:
            flaws += 1
            if flaws * LASTFM_LINES_A_FLAW > at:
                raise
            continue
        yield row


def _lastfm_row(text: str, path: Path, at: int) -> Row:
    fields = text.split("\t", LASTFM_FIELDS - 1)
    if len(fields) < LASTFM_FIELDS:
        raise ReadError(
            f"{path}, line {at}: {len(fields)} fields; wanted {LASTFM_FIELDS} with tabs: "
            "user, time, artist id, artist, track id, track."
        )
    user, when, _, artist, _, track = fields
    return Row(user, artist, track, time_of(when, "the time", path, at))


def read_plays(paths: Sequence[Path], reader: Callable[[Path], Iterator[Row]]) -> Iterator[RawList]:
    """Sessions of logs in which plays may stand in any order; users come in order of name."""
    for path in paths:
        if next(reader(path), None) is None:
            raise ReadError(f"{path}: there are no plays in this file.")
    return sessions(_in_order(row for path in paths for row in reader(path)))


def read_30music(path: Path) -> Iterator[RawList]:
    """The file's own sessions; a song's key is its number, and its names are not known."""
    return runs(
        (
            Placed((row.user, row.session), row.at_s, RawPlay(row.title), row.user, int(row.at_s))
            for row in thirty_music(path)
        ),
        path,
    )


def sessions(rows: Iterable[Row]) -> Iterator[RawList]:
    """Rows, ordered by user and time, cut wherever 30 minutes pass without music.

    Plays without any name are left out.
    """
    user, began_s, ended_s = "", 0.0, 0.0
    plays: list[RawPlay] = []
    for row in rows:
        play = named(row.artist, row.title, row.feedback)
        if not play.key:
            continue
        start_s = row.at_s - (row.heard_ms or 0) / 1000
        apart = row.user != user or start_s - ended_s > SESSION_GAP_S
        if plays and (apart or len(plays) == LONGEST_LIST):
            yield RawList(user, int(began_s), plays)
            plays = []
        if not plays:
            user, began_s = row.user, start_s
        ended_s = row.at_s
        plays.append(play)
    if plays:
        yield RawList(user, int(began_s), plays)


def _in_order(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows by user and time, sorted on disk when they are many; raises ReadError."""
    marks = ", ".join("?" * len(Row._fields))
    try:
        with closing(sqlite3.connect("")) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute(f"CREATE TABLE plays ({', '.join(Row._fields)})")
            database.executemany(f"INSERT INTO plays VALUES ({marks})", rows)
            found = database.execute("SELECT * FROM plays ORDER BY user, at_s, rowid")
            yield from (Row(*each) for each in found)
    except sqlite3.Error as error:
        raise ReadError(f"The plays could not be sorted on disk: {error}.") from error
