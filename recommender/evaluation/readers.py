"""Readers of listening histories: plays-csv and 30Music, as songs and plays per user."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from recommender.api import EndReason, Play, Song

PLAYS_CSV = ("user", "end_time_utc", "artist", "track", "ms_played")
THIRTY_MUSIC = ("UserId", "SessionId", "ItemId", "Time", "ArtistId")
SKIP_MS = 30_000
UNKNOWN_HEARD_MS = 180_000
FORMATS = ("plays-csv", "30music")


class ReadError(Exception):
    """A file that cannot be read; the message names the file, the line and what is wrong."""


@dataclass(slots=True)
class UserHistory:
    """One user's library and plays. Song numbers follow names, never the order of the plays."""

    user: str
    songs: list[Song] = field(default_factory=list)
    plays: list[Play] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One play as it stands in a file; `at_s` is its end."""

    user: str
    artist: str
    title: str
    at_s: float
    heard_ms: int


def read_histories(paths: list[Path], kind: str) -> list[UserHistory]:
    """Every user's history in the files; raises ReadError in words."""
    by_user: dict[str, list[Row]] = {}
    for path in paths:
        rows = _plays_csv(path) if kind == "plays-csv" else _thirty_music(path)
        found = False
        for row in rows:
            found = True
            by_user.setdefault(row.user, []).append(row)
        if not found:
            raise ReadError(f"{path}: there are no plays in this file.")
    return [_history(user, rows, kind == "plays-csv") for user, rows in by_user.items()]


def _history(user: str, rows: list[Row], named: bool) -> UserHistory:
    """The user's library and plays; plays at the same moment stay as they stand in the file.

    Without `named` the titles are mere numbers, whose likeness must not be taken for a sign.
    """
    rows.sort(key=lambda row: row.at_s)
    keys = sorted({(row.artist, row.title) for row in rows})
    number = {key: place + 1 for place, key in enumerate(keys)}
    songs = [Song(number[key], title=key[1] if named else "", artist=key[0]) for key in keys]
    plays = [
        Play(turn, number[row.artist, row.title], row.at_s, row.heard_ms,
             EndReason.SKIPPED if row.heard_ms < SKIP_MS else EndReason.FINISHED)
        for turn, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return UserHistory(user, songs, plays)


def _lines(path: Path) -> Iterator[str]:
    """The file's lines as text; gzip is recognised by its first bytes."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if packed or path.suffix == ".gz":
                with gzip.GzipFile(fileobj=raw) as inner:
                    yield from io.TextIOWrapper(inner, encoding="utf-8-sig", newline="")
            else:
                yield from io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    except UnicodeDecodeError as error:
        raise ReadError(f"{path}: this is not UTF-8 text ({error.reason}).") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ReadError(f"{path}: the gzip data cannot be read ({error}).") from error
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}.") from error


def _records(
    path: Path, columns: tuple[str, ...], delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """Line numbers with the wanted columns' fields."""
    reader = csv.reader(_lines(path), delimiter=delimiter)
    try:
        header = next(reader, None)
        if header is None:
            raise ReadError(f"{path}: the file is empty.")
        missing = [name for name in columns if name not in header]
        if missing:
            raise ReadError(
                f"{path}, line 1: the column {missing[0]!r} is missing; "
                f"wanted {', '.join(columns)}."
            )
        places = [header.index(name) for name in columns]
        for fields in reader:
            if not fields:
                continue
            if len(fields) <= max(places):
                raise ReadError(
                    f"{path}, line {reader.line_num}: {len(fields)} fields, "
                    f"but the header has {len(header)}."
                )
            yield reader.line_num, [fields[place] for place in places]
    except csv.Error as error:
        raise ReadError(f"{path}, line {reader.line_num}: {error}.") from error


def _plays_csv(path: Path) -> Iterator[Row]:
    for line, (user, end, artist, track, heard) in _records(path, PLAYS_CSV, ","):
        at_s = parse_time(end, path, line)
        heard_ms = _number(heard, "ms_played", path, line)
        yield Row(user, artist, track, at_s, int(heard_ms))


def _thirty_music(path: Path) -> Iterator[Row]:
    for line, (user, _, item, at, artist) in _records(path, THIRTY_MUSIC, "\t"):
        at_s = _number(at, "Time", path, line)
        yield Row(user, artist, item, at_s + UNKNOWN_HEARD_MS / 1000, UNKNOWN_HEARD_MS)


def _number(text: str, name: str, path: Path, line: int) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise ReadError(f"{path}, line {line}: {name} is {text!r}, not a number.") from error
    if not 0 <= value < 1e15:
        raise ReadError(f"{path}, line {line}: {name} is {text!r}, which cannot be.")
    return value


def parse_time(text: str, path: Path, line: int) -> float:
    """Seconds since the epoch of an ISO time; without an offset it is UTC."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ReadError(
            f"{path}, line {line}: end_time_utc is {text!r}; "
            "wanted a time such as 2024-05-01T13:37:00Z."
        ) from error
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
