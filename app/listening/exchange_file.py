"""The file in which listening travels from one machine to another: a zip of three texts.

`segue.json` says what it is, `events.jsonl` holds one event a line with the identity of its track,
`impressions.jsonl` one list a line that was shown, with what followed, for those who judge lists;
it is not brought in anywhere.
Nothing is ever unpacked to disk, and what is read is measured while it is read.
"""

from __future__ import annotations

import json
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NoReturn

FORMAT, VERSION = "segue-listening", 1
HEAD, EVENTS, SHOWN = "segue.json", "events.jsonl", "impressions.jsonl"
MOST_LINE_BYTES = 65_536
MOST_HEAD_BYTES = 65_536
MOST_BYTES = 4_000_000_000
MOST_EVENTS = 10_000_000

Record = dict[str, Any]


class ExchangeError(Exception):
    """A file that cannot be read or written; the message says why and what to do."""


def write(
    path: Path, records: Iterator[Mapping[str, Any]], now: datetime,
    shown: Iterable[Mapping[str, Any]] = (),
) -> int:  # fmt: skip
    """Write a file whole or not at all; gives the number of events. Raises ExchangeError."""
    part = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            count = 0
            with archive.open(EVENTS, "w", force_zip64=True) as events:
                for record in records:
                    events.write(_line(record))
                    count += 1
            with archive.open(SHOWN, "w", force_zip64=True) as lists:
                for record in shown:
                    lists.write(_line(record))
            head = {"format": FORMAT, "version": VERSION, "made_at": now.isoformat(),
                    "events": count}  # fmt: skip
            archive.writestr(HEAD, json.dumps(head))
        os.replace(part, path)
    except (OSError, zipfile.LargeZipFile) as error:
        part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise ExchangeError(f"{path.name} could not be written: {reason}.") from error
    return count


def read(path: Path) -> Iterator[tuple[int, Record]]:
    """The events with the numbers of their lines, from 1; raises ExchangeError in words."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_head(archive, path)
            with archive.open(_member(archive, EVENTS, path)) as lines:
                yield from _records(lines, path)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise ExchangeError(
            f"{path.name} is damaged, or no export of Segue. Nothing was changed."
        ) from error
    except (OSError, RuntimeError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ExchangeError(f"{path.name} could not be read: {reason}.") from error


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(name)
    except KeyError:
        raise ExchangeError(
            f"{path.name} is no export of Segue: it holds no {name}. Nothing was changed."
        ) from None


def _check_head(archive: zipfile.ZipFile, path: Path) -> None:
    with archive.open(_member(archive, HEAD, path)) as file:
        text = file.read(MOST_HEAD_BYTES + 1)
    head = _object(text, MOST_HEAD_BYTES)
    if head is None or head.get("format") != FORMAT:
        raise ExchangeError(f"{path.name} is no export of Segue. Nothing was changed.")
    version = head.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ExchangeError(
            f"{path.name} was made by a newer Segue. Install the newer one to bring it in."
        )


def _records(lines: IO[bytes], path: Path) -> Iterator[tuple[int, Record]]:
    number = read_bytes = 0
    while line := lines.readline(MOST_LINE_BYTES + 1):
        number += 1
        read_bytes += len(line)
        if read_bytes > MOST_BYTES or number > MOST_EVENTS:
            raise ExchangeError(f"{path.name} holds more than any listener hears: not brought in.")
        record = _object(line, MOST_LINE_BYTES)
        if record is None:
            raise ExchangeError(
                f"Line {number} of {path.name} cannot be understood. Nothing was changed."
            )
        yield number, record


def _object(text: bytes, most_bytes: int) -> Record | None:
    """A JSON object, None for anything else."""
    if len(text) > most_bytes:
        return None
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
