"""Files as lines, tables and numbers; whatever is wrong with one is a ReadError in words."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

LONGEST_LINE = 1 << 25
"""Bytes; a longer line is not a list of songs, and must not fill the memory."""

LARGEST_FILE = 1 << 27
"""Bytes of a file that is read as a whole, unpacked."""

GZIP = b"\x1f\x8b"


class ReadError(Exception):
    """A file that cannot be read; the message names the file, the line and what is wrong."""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked if its first bytes or its name say gzip; raises ReadError."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP or path.suffix == ".gz"
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.GzipFile(fileobj=raw) as inner:
                yield io.BufferedReader(inner, 1 << 17)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ReadError(f"{path}: the gzip data cannot be read ({error}).") from error
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}.") from error


def lines(path: Path) -> Iterator[str]:
    """The file's lines as text with their ends; a byte order mark is left out."""
    with opened(path) as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise ReadError(f"{path}, line {number}: longer than {LONGEST_LINE >> 20} MB.")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise ReadError(
                    f"{path}, line {number}: this is not UTF-8 text ({error.reason})."
                ) from error


def whole(path: Path) -> bytes:
    """All bytes of a file that is not streamed; raises ReadError for one that is too large."""
    with opened(path) as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ReadError(f"{path}: larger than {LARGEST_FILE >> 20} MB; please cut it into parts.")
    return content


def records(
    path: Path, columns: Sequence[str], delimiter: str, optional: Sequence[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """Line numbers with the fields of the wanted columns; empty texts for missing optional ones."""
    reader = csv.reader(lines(path), delimiter=delimiter)
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
        places += [header.index(name) if name in header else -1 for name in optional]
        last = max(places)
        for fields in reader:
            if not fields:
                continue
            if len(fields) <= last:
                raise ReadError(
                    f"{path}, line {reader.line_num}: {len(fields)} fields, "
                    f"but the header has {len(header)}."
                )
            yield reader.line_num, [fields[at] if at >= 0 else "" for at in places]
    except csv.Error as error:
        raise ReadError(f"{path}, line {reader.line_num}: {error}.") from error


def number(text: str, name: str, path: Path, line: int) -> float:
    """A number from 0 to below 1e15; raises ReadError."""
    try:
        value = float(text)
    except ValueError as error:
        raise ReadError(f"{path}, line {line}: {name} is {text!r}, not a number.") from error
    if not 0 <= value < 1e15:
        raise ReadError(f"{path}, line {line}: {name} is {text!r}, which cannot be.")
    return value


def time_of(text: str, name: str, path: Path, line: int) -> float:
    """Seconds since the epoch of an ISO time; without an offset it is UTC."""
    try:
        when = datetime.fromisoformat(text.strip())
        at_s = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise ReadError(
            f"{path}, line {line}: {name} is {text!r}; wanted a time such as 2024-05-01T13:37:00Z."
        ) from error
    return at_s
