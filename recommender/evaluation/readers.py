"""Readers of listening histories: plays-csv, 30Music and MSSD, as songs and plays per user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from recommender.api import EndReason, Play, Song
from recommender.data.corpus import Feedback
from recommender.data.formats.lines import ReadError
from recommender.data.formats.plays import Row, plays_csv, thirty_music
from recommender.data.formats.sessions import read_mssd

UNKNOWN_HEARD_MS, SKIPPED_HEARD_MS = 180_000, 15_000
FORMATS = ("plays-csv", "30music", "mssd")
APART_S = 3600.0
"""From the end of one of Spotify's anonymous sessions to the next one's start."""


@dataclass(slots=True)
class UserHistory:
    """One user's library and plays. Song numbers follow names, never the order of the plays."""

    user: str
    songs: list[Song] = field(default_factory=list)
    plays: list[Play] = field(default_factory=list)


def read_histories(
    paths: list[Path], kind: str, unplayed: Iterable[tuple[str, str]] = ()
) -> list[UserHistory]:
    """Every user's history in the files; raises ReadError in words.

    `unplayed` are artist and title of songs that every user has, whether played or not.
    """
    owned = set(unplayed)
    by_user: dict[str, list[Row]] = {}
    for path in paths:
        rows = _rows(path, kind)
        found = False
        for row in rows:
            found = True
            by_user.setdefault(row.user, []).append(row)
        if not found:
            raise ReadError(f"{path}: there are no plays in this file.")
    return [_history(user, rows, kind == "plays-csv", owned) for user, rows in by_user.items()]


def _rows(path: Path, kind: str) -> Iterator[Row]:
    if kind == "plays-csv":
        return plays_csv(path)
    return _as_heard(thirty_music(path)) if kind == "30music" else _one_after_another(path)


def _one_after_another(path: Path) -> Iterator[Row]:
    """Anonymous sessions as if one listener had heard them in the order of the file."""
    at_s = 0.0
    for session in read_mssd(path):
        at_s += APART_S
        for play in session.plays:
            skipped = play.feedback == Feedback.SKIPPED
            heard_ms = SKIPPED_HEARD_MS if skipped else UNKNOWN_HEARD_MS
            at_s += heard_ms / 1000
            yield Row("all sessions", "", play.key, at_s, heard_ms, play.feedback)


def _history(
    user: str, rows: list[Row], named: bool, owned: set[tuple[str, str]]
) -> UserHistory:  # fmt: skip
    """The user's library and plays; plays at the same moment stay as they stand in the file.

    Without `named` the titles are mere numbers, whose likeness must not be taken for a sign.
    """
    rows.sort(key=attrgetter("at_s"))
    keys = sorted(owned | {(row.artist, row.title) for row in rows})
    number = {key: place + 1 for place, key in enumerate(keys)}
    songs = [Song(number[key], title=key[1] if named else "", artist=key[0]) for key in keys]
    plays = [
        Play(turn, number[row.artist, row.title], row.at_s, row.heard_ms or 0,
             EndReason.SKIPPED if row.feedback == Feedback.SKIPPED else EndReason.FINISHED)
        for turn, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return UserHistory(user, songs, plays)


def _as_heard(rows: Iterator[Row]) -> Iterator[Row]:
    """Plays whose length is not told, as if each was heard for three minutes."""
    for row in rows:
        yield row._replace(at_s=row.at_s + UNKNOWN_HEARD_MS / 1000, heard_ms=UNKNOWN_HEARD_MS)
