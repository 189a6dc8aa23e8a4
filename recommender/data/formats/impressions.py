"""Lists that the player showed, each with what came of it: lines of JSON, or the player's export.

A line is an object: `at_ms` (ms since the epoch), `rows` (the list from the top, each row an
object with `artist`, `title` and `probability`), `chosen` (the row that came next, counted from 0,
null for another song), and `outcome` (of what came next: finished, skipped or liked).
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

from recommender.data.corpus import Feedback
from recommender.data.formats.lines import LONGEST_LINE, ReadError, lines
from recommender.data.formats.records import song_key

MEMBER = "impressions.jsonl"
"""The name of the lines in an export of the player."""

OUTCOMES = {
    "finished": Feedback.PLAYED,
    "skipped": Feedback.SKIPPED,
    "liked": Feedback.LIKED,
}
_ZIP = b"PK"
_LATEST_MS = 32_503_680_000_000


class ShownList(NamedTuple):
    """A list that was shown and what followed. `keys` and `probabilities` are one a row; `chosen`
    is a row, None where another song came next; `outcome` is what became of the song."""

    at_ms: int
    keys: tuple[str, ...]
    probabilities: tuple[float, ...]
    chosen: int | None
    outcome: Feedback


def read_impressions(path: Path) -> Iterator[ShownList]:
    """The lists in a file, which may be gzipped, or in an export; raises ReadError in words."""
    found = False
    for line, text in enumerate(_texts(path), 1):
        if text.strip():
            found = True
            yield _shown(text, path, line)
    if not found:
        raise ReadError(
            f"{path}: no lists are in this file. Segue notes what it shows once the predicted "
            "list was on the screen and something was played."
        )


def _texts(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            is_export = file.read(2) == _ZIP
        if not is_export:
            yield from lines(path)
            return
        with zipfile.ZipFile(path) as archive, archive.open(MEMBER) as member:
            yield from _lines_of(member, path)
    except KeyError as error:
        raise ReadError(
            f"{path}: this export holds no lists that were shown. Export anew with a newer Segue."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ReadError(f"{path}: the export cannot be read ({error}).") from error
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}.") from error


def _lines_of(member: IO[bytes], path: Path) -> Iterator[str]:
    number = 0
    while line := member.readline(LONGEST_LINE):
        number += 1
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ReadError(f"{path}, line {number}: this is not UTF-8 text.") from error


def _shown(text: str, path: Path, line: int) -> ShownList:
    try:
        record = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path}, line {line}: this is no JSON ({error}).") from error
    if not isinstance(record, dict):
        raise ReadError(f"{path}, line {line}: wanted an object with rows, chosen and outcome.")
    for name in ("at_ms", "rows", "chosen", "outcome"):
        if name not in record:
            raise ReadError(f"{path}, line {line}: {name!r} is missing.")
    rows = record["rows"]
    if not isinstance(rows, list) or not rows:
        raise ReadError(f"{path}, line {line}: rows is not a list with a row or more.")
    pairs = [_row(row, path, line) for row in rows]
    chosen = _chosen(record["chosen"], len(rows), path, line)
    outcome = record["outcome"]
    if not isinstance(outcome, str) or outcome not in OUTCOMES:
        wanted = ", ".join(OUTCOMES)
        raise ReadError(f"{path}, line {line}: outcome is {outcome!r}; wanted {wanted}.")
    at_ms = record["at_ms"]
    if not _is_whole(at_ms) or not 0 <= at_ms < _LATEST_MS:
        raise ReadError(f"{path}, line {line}: at_ms is {at_ms!r}, which is no time.")
    keys, probabilities = zip(*pairs, strict=True)
    return ShownList(at_ms, keys, probabilities, chosen, OUTCOMES[outcome])


def _row(row: Any, path: Path, line: int) -> tuple[str, float]:
    """The key of a row's song, and its probability."""
    if not isinstance(row, dict):
        raise ReadError(f"{path}, line {line}: a row is no object.")
    artist, title = row.get("artist", ""), row.get("title", "")
    key = song_key(artist, title) if isinstance(artist, str) and isinstance(title, str) else ""
    if not key:
        raise ReadError(f"{path}, line {line}: a row has neither a title nor an artist.")
    value = row.get("probability")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return key, float(value)
    raise ReadError(
        f"{path}, line {line}: a row's probability is {value!r}; wanted a number from 0 to 1."
    )


def _chosen(value: Any, rows: int, path: Path, line: int) -> int | None:
    if value is None:
        return None
    if not _is_whole(value) or not 0 <= value < rows:
        raise ReadError(
            f"{path}, line {line}: chosen is {value!r}, and the rows go from 0 to {rows - 1}."
        )
    return int(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
