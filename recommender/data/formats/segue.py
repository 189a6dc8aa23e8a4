"""Segue's own history, from the player's database, which is never written to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from recommender.api import EndReason, ReactionKind
from recommender.data.corpus import Feedback
from recommender.data.formats.lines import ReadError
from recommender.data.formats.plays import Row, sessions
from recommender.data.formats.records import RawList

BROWSED_MS = 2_000
"""A song left sooner for another was only looked at."""

EVENTS = """
SELECT e.kind, e.track_id, t.artist, t.title, e.at_ms, e.heard_ms, e.end_reason
FROM events AS e JOIN tracks AS t ON t.track_id = e.track_id
WHERE e.kind IN ('play', 'like', 'dislike', 'clear') AND instr(t.location, '://') = 0
    AND NOT EXISTS (SELECT 1 FROM events AS u WHERE u.undoes = e.event_id)
ORDER BY e.at_ms, e.event_id
"""


def read_segue(path: Path) -> Iterator[RawList]:
    """The sessions in a database of Segue's, cut where 30 minutes pass without music.

    What was taken back, broken plays, songs only looked at and streams are left out. A play is
    liked when a like during it still held at its end, skipped when it ended so. Raises ReadError.
    """
    if not path.is_file():
        raise ReadError(f"{path}: there is no such file; wanted Segue's database.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            yield from sessions(_rows(database.execute(EVENTS)))
    except sqlite3.Error as error:
        raise ReadError(f"{path}: Segue's history cannot be read from it ({error}).") from error
    except (TypeError, ValueError) as error:
        raise ReadError(f"{path}: an event in it is damaged ({error}).") from error


def _rows(events: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    """Plays in order, each with what was said of it before the next began."""
    playing: Any = None
    latest: Row | None = None
    liked = False
    for kind, track, artist, title, at_ms, heard_ms, reason in events:
        if kind == "play":
            if latest is not None:
                yield _said(latest, liked)
            latest, playing, liked = _play(artist, title, at_ms, heard_ms, reason), track, False
        elif track == playing:
            liked = kind == ReactionKind.LIKE
    if latest is not None:
        yield _said(latest, liked)


def _said(play: Row, liked: bool) -> Row:
    return play._replace(feedback=Feedback.LIKED) if liked else play


def _play(artist: Any, title: Any, at_ms: Any, heard_ms: Any, reason: Any) -> Row | None:
    heard = int(heard_ms or 0)
    browsed = heard < BROWSED_MS and reason not in (EndReason.FINISHED, EndReason.SKIPPED)
    if reason == EndReason.ERROR or browsed:
        return None
    said = Feedback.SKIPPED if reason == EndReason.SKIPPED else Feedback.PLAYED
    return Row("", str(artist), str(title), (int(at_ms) + heard) / 1000, heard, said)
