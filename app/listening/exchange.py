"""Everything learned, out to a file and in from one: events with what their tracks are called.

Numbers of tracks differ from machine to machine; a track is known again by its sound, else by
artist, title, album and length. Trained weights stay behind: they are learnt anew from the events.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from app.library.database import begin, open_database
from app.library.errors import explain
from app.library.folding import LAST, sort_key
from app.library.rows import location_of
from app.listening import exchange_file, history
from app.listening.events import OPINIONS
from app.listening.exchange_file import ExchangeError, Record
from app.listening.exchange_rows import NewEvent, event_of
from app.listening.impressions import followed
from app.listening.records import refresh_opinion

__all__ = ["Contents", "ExchangeError", "bring_in", "export", "look_into"]

SAME_LENGTH_MS = 3_000
_INSERT = (
    "INSERT INTO events (kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin,"
    " list_position, model_version, score, scope, name, value, undoes)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SELECT = """
SELECT e.event_id, e.kind, e.at_ms, e.heard_ms, e.duration_ms, e.end_reason, e.origin,
    e.list_position, e.model_version, e.score, e.scope, e.name, e.value, e.undoes,
    t.content_id, t.location, f.path, t.artist, t.title, t.album, t.duration_ms
FROM events e
LEFT JOIN tracks t ON t.track_id = CASE WHEN e.scope = 'song' THEN CAST(e.name AS INTEGER)
    ELSE e.track_id END
LEFT JOIN folders f ON f.folder_id = t.folder_id
ORDER BY e.event_id
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What bringing a file in would do, counted in events; `tracks` are those known again.

    `unknown` are about tracks that are not in this library, `present` are here already.
    """

    new: int = 0
    present: int = 0
    unknown: int = 0
    tracks: int = 0
    unknown_tracks: int = 0


def export(database: Path, target: Path, now: datetime) -> int:
    """Write all events to a file, and give their number; raises ExchangeError, LibraryError.

    The lists that were shown go along, with what followed.
    """
    with closing(open_database(database, read_only=True)) as connection:
        try:
            connection.execute("BEGIN")
            return exchange_file.write(target, _told(connection), now, _shown(connection))
        except sqlite3.Error as error:
            raise explain(error, database) from error


def look_into(database: Path, source: Path) -> Contents:
    """What bringing this file in would do; raises ExchangeError, LibraryError."""
    with closing(open_database(database, read_only=True)) as connection:
        try:
            connection.execute("BEGIN")
            return _Import(connection).read(source)
        except sqlite3.Error as error:
            raise explain(error, database) from error


def bring_in(database: Path, source: Path) -> Contents:
    """Append what is new in one transaction, and tell what was done.

    Raises ExchangeError or LibraryError, and has then changed nothing.
    """
    with closing(open_database(database)) as connection:
        connection.isolation_level = None
        plan = _Import(connection)
        plan.read(source)
        try:
            begin(connection)
            # Once more, now that nobody else can write: what was saved meanwhile counts as well.
            plan = _Import(connection)
            contents = plan.read(source)
            plan.write()
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise explain(error, database) from error
            raise
    return contents


def _told(connection: sqlite3.Connection) -> Iterator[Record]:
    names = ("heard_ms", "duration_ms", "end_reason", "origin", "list_position", "model_version",
             "score", "scope", "name", "value", "undoes")  # fmt: skip
    for row in connection.execute(_SELECT):
        record: Record = {"id": row[0], "kind": row[1], "at_ms": row[2]}
        values = zip(names, row[3:14], strict=True)
        record |= {name: value for name, value in values if value is not None}
        if row[15] is not None:
            record["track"] = _identity(row[14:])
            if record.get("scope") == "song":
                del record["name"]
        yield record


def _shown(connection: sqlite3.Connection) -> Iterator[Record]:
    for each in followed(connection):
        rows = [
            {"artist": artist, "title": title, "probability": probability}
            for artist, title, probability in each.rows
        ]
        yield {"at_ms": each.shown_at_ms, "rows": rows, "chosen": each.chosen,
               "outcome": each.outcome}  # fmt: skip


def _identity(row: tuple[Any, ...]) -> Record:
    """How a track is known again elsewhere; where its folder is says nothing there."""
    content_id, stored, folder, artist, title, album, duration_ms = row
    location = location_of(stored)
    if "://" not in location and folder is not None:
        whole, root = PurePath(location), PurePath(location_of(folder))
        location = str(whole.relative_to(root) if whole.is_relative_to(root) else whole.name)
    elif "://" not in location:
        location = PurePath(location).name
    text = location.encode("utf-8", "replace").decode()
    named = {"content_id": content_id, "path": text, "artist": artist, "title": title,
             "album": album, "duration_ms": duration_ms}  # fmt: skip
    return {name: value for name, value in named.items() if value}


class _Import:
    """Which events of a file are new here. Reads the library once, then line by line."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._by_content: dict[str, int] = {}
        self._by_url: dict[str, int] = {}
        self._by_name: dict[tuple[str, str, str], list[tuple[int | None, int]]] = {}
        self._known: dict[tuple[Any, ...], int | NewEvent] = {}
        self._undone: set[int | NewEvent] = set()
        self._last_opinion: dict[int, int] = {}
        self._new: list[NewEvent] = []
        self._read_tracks()
        self._read_events()

    def read(self, source: Path) -> Contents:
        """Sort the events of a file; raises ExchangeError."""
        numbers: dict[int, int | NewEvent] = {}
        present = unknown = 0
        matched: set[int] = set()
        missing: set[tuple[Any, ...]] = set()
        for number, record in exchange_file.read(source):
            event = event_of(record)
            if event is None:
                raise ExchangeError(
                    f"Line {number} of {source.name} is no event. Nothing was changed."
                )
            if event.identity:
                event.track_id = self._track(event.identity)
                if event.track_id is None:
                    missing.add(tuple(sorted(event.identity.items(), key=str)))
                    unknown += 1
                    continue
                matched.add(event.track_id)
            if event.undoes is not None:
                event.target = numbers.get(event.undoes)
                if event.target is None:
                    unknown += 1
                    continue
            is_new = self._is_new(event)
            if event.undoes is None and event.key in self._known:
                numbers[event.number] = self._known[event.key]
            present += not is_new
        return Contents(len(self._new), present, unknown, len(matched), len(missing))

    def write(self) -> None:
        """Append what is new, and bring opinions up to date; within the caller's transaction."""
        touched: set[int] = set()
        for event in self._new:
            target = event.target
            undoes = target.saved_as if isinstance(target, NewEvent) else target
            cursor = self._connection.execute(_INSERT, event.row(undoes))
            event.saved_as = cursor.lastrowid
            track_id = target.track_id if isinstance(target, NewEvent) else event.track_id
            if track_id is not None:
                touched.add(track_id)
        if self._new:
            first, last = self._new[0].saved_as, self._new[-1].saved_as
            history.note_imported(self._connection, first or 0, last or 0)
        for track_id in touched:
            refresh_opinion(self._connection, track_id)

    def _is_new(self, event: NewEvent) -> bool:
        """Note an event unless it is here already, or a later word was said here since."""
        if event.undoes is not None:
            if event.target is None or event.target in self._undone:
                return False
            self._undone.add(event.target)
        elif event.key in self._known or (event.kind in OPINIONS and self._said_since(event)):
            return False
        self._new.append(event)
        if event.undoes is None:
            self._known[event.key] = event
        return True

    def _said_since(self, event: NewEvent) -> bool:
        """Whether a later word was said here of the same track: it holds."""
        return event.track_id is not None and (
            self._last_opinion.get(event.track_id, -1) > event.at_ms
        )

    def _track(self, identity: Record) -> int | None:
        """The track here that a file's track is."""
        by_sound = self._by_content.get(identity.get("content_id", ""))
        if by_sound is not None:
            return by_sound
        by_url = self._by_url.get(identity.get("path", ""))
        if by_url is not None:
            return by_url
        title = identity.get("title", "")
        if not title:
            return None
        name = _name(identity.get("artist", ""), title, identity.get("album", ""))
        length = identity.get("duration_ms")
        for duration_ms, track_id in self._by_name.get(name, ()):
            if not length or not duration_ms or abs(length - duration_ms) <= SAME_LENGTH_MS:
                return track_id
        return None

    def _read_tracks(self) -> None:
        """Tracks that can be played are preferred to others of the same name."""
        rows = self._connection.execute(
            "SELECT track_id, content_id, location, artist_key, title_key, album_key, duration_ms"
            " FROM tracks ORDER BY removed <> 0, available = 0, track_id"
        )
        for track_id, content_id, stored, artist, title, album, duration_ms in rows:
            if content_id:
                self._by_content.setdefault(content_id, track_id)
            location = location_of(stored)
            if "://" in location:
                self._by_url.setdefault(location, track_id)
            if title != LAST:
                self._by_name.setdefault((artist, title, album), []).append((duration_ms, track_id))

    def _read_events(self) -> None:
        rows = self._connection.execute(
            "SELECT event_id, kind, track_id, at_ms, heard_ms, scope, name, undoes FROM events"
        )
        for event_id, kind, track_id, at_ms, heard_ms, scope, name, undoes in rows:
            if undoes is not None:
                self._undone.add(undoes)
                continue
            if scope == "song":
                track_id, name = int(name), None
            self._known[kind, track_id, at_ms, heard_ms, scope, name] = event_id
            if kind in OPINIONS:
                self._last_opinion[track_id] = max(at_ms, self._last_opinion.get(track_id, at_ms))


def _name(artist: str, title: str, album: str) -> tuple[str, str, str]:
    return sort_key(artist), sort_key(title), sort_key(album)
