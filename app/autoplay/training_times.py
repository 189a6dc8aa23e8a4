"""When a training is worth its time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.library.database import open_database
from recommender.training.versions import Report

FEW_PLAYS = 100
"""From so many plays on there is something to learn from them."""

FEWEST_NEW, MOST_NEW, NEW_SHARE = 60, 150, 0.2
"""A fifth more plays than the last time make a training due, but so many at least and at most."""

APART_S = 12 * 3600.0
IDLE_S = 120.0
MORE_SONGS = 1.2
MORE_HEARD, FEW_HEARD = 2, 20
"""Once so many times more songs were listened to, and so many, what was learnt is of too few."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The songs there are, the plays that are new since the last training, and how many songs were
    listened to."""

    songs: int
    new_plays: int
    heard: int = 0


def count(database: Path, read_to: int, sounds: Path | None = None) -> Counted:
    """Count the songs, the plays after the event `read_to`, and what is kept in `sounds`; raises
    sqlite3.Error."""
    with closing(open_database(database, read_only=True)) as connection:
        songs = connection.execute("SELECT count(*) FROM tracks WHERE removed = 0").fetchone()[0]
        plays = connection.execute(
            "SELECT count(*) FROM events WHERE event_id > ? AND kind = 'play'", (read_to,)
        ).fetchone()[0]
    return Counted(songs, plays, _heard(sounds))


def is_due(counted: Counted, latest: Report | None, now_s: float, is_anew: bool = False) -> bool:
    """Whether a training by itself is due now, given what came of the latest one; with `is_anew`
    something was forgotten since, or came back."""
    if not counted.songs:
        return False
    if latest is None or is_anew:
        return True
    if latest.plays < FEW_PLAYS <= latest.plays + counted.new_plays:
        return True
    if counted.heard > max(FEW_HEARD, MORE_HEARD * latest.heard):
        return True
    if 0 <= now_s - latest.at_s < APART_S:
        return False
    if counted.songs > latest.songs * MORE_SONGS:
        return True
    needed = min(MOST_NEW, max(FEWEST_NEW, latest.plays * NEW_SHARE))
    return latest.plays >= FEW_PLAYS and counted.new_plays >= needed


def _heard(sounds: Path | None) -> int:
    """How many songs were listened to; nothing is due because of a store that cannot be read."""
    if sounds is None or not sounds.is_file():
        return 0
    from recommender.audio.store import SoundStore  # numpy, which would slow the start

    try:
        with SoundStore(sounds) as store:
            return store.heard()
    except (OSError, sqlite3.Error):
        return 0
