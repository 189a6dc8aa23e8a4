"""What the model learned, kept in the cache folder so that a restart need not learn it again.

Two generations are kept: an undo of an event that the newer one holds is exact in the older one.
Everything here may be deleted at any time; then the model is fitted again from the events.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.autoplay.steady_clock import SteadyClock
from app.listening import history

log = logging.getLogger(__name__)

VERSION = 1
GENERATIONS = 2
_TAKEN = "taken.json"
_DRAFT = "draft-"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a saved model has taken in: events up to a number, those taken back, its clock.

    `last_at_ms` and `last_kind` are of the row with that number: they tell whether the database
    is still the one that the model learned from.
    """

    last_event_id: int
    last_at_ms: int
    last_kind: str
    undone: frozenset[int]
    clock_last_s: float
    clock_offset_s: float
    model_version: str


def taken_now(
    connection: sqlite3.Connection,
    last_event_id: int,
    undone: AbstractSet[int],
    clock: SteadyClock,
    version: str,
) -> Taken:
    """Describe a model that holds all events up to a number."""
    at_ms, kind = _row(connection, last_event_id)
    held = frozenset(undone)
    return Taken(last_event_id, at_ms, kind, held, clock.last_s, clock.offset_s, version)


def fits(connection: sqlite3.Connection, taken: Taken, version: str) -> bool:
    """Whether a saved model learned from this database and is of this version."""
    if taken.model_version != version:
        return False
    return _row(connection, taken.last_event_id) == (taken.last_at_ms, taken.last_kind)


def undone_meanwhile(connection: sqlite3.Connection, taken: Taken) -> list[int]:
    """The events in a saved model that were taken back after it was saved."""
    undone = history.undone(connection) - taken.undone
    return sorted(event_id for event_id in undone if event_id <= taken.last_event_id)


def generations(folder: Path) -> Iterator[tuple[Path, Taken]]:
    """The checkpoints that can be read, newest first."""
    for place in sorted(_saved(folder), reverse=True):
        try:
            taken = _decoded(json.loads((place / _TAKEN).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as problem:
            log.warning("The checkpoint %s is left out: %s", place.name, problem)
            continue
        yield place, taken


def draft(folder: Path) -> Path:
    """A new empty folder to save a model into; `publish` makes it a checkpoint."""
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(f"{_DRAFT}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    place = folder / f"{_DRAFT}{os.getpid()}"
    place.mkdir()
    return place


def forget(folder: Path) -> None:
    """Drop all checkpoints: a model restored from them went wrong."""
    for place in _saved(folder):
        shutil.rmtree(place, ignore_errors=True)


def publish(place: Path, taken: Taken) -> None:
    """Make a filled draft the newest checkpoint, whole or not at all, and drop the oldest."""
    folder = place.parent
    (place / _TAKEN).write_text(json.dumps(_encoded(taken)), encoding="utf-8")
    number = 1 + max([0, *(int(old.name) for old in _saved(folder))])
    place.rename(folder / f"{number:08d}")
    for old in sorted(_saved(folder))[:-GENERATIONS]:
        shutil.rmtree(old, ignore_errors=True)


def _saved(folder: Path) -> list[Path]:
    return [place for place in folder.glob("*") if place.name.isdecimal()]


def _row(connection: sqlite3.Connection, event_id: int) -> tuple[int, str]:
    row = connection.execute(
        "SELECT at_ms, kind FROM events WHERE event_id = ?", (event_id,)
    ).fetchone()
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def _encoded(taken: Taken) -> dict[str, Any]:
    return {
        "version": VERSION,
        "last_event_id": taken.last_event_id,
        "last_at_ms": taken.last_at_ms,
        "last_kind": taken.last_kind,
        "undone": sorted(taken.undone),
        "clock_last_s": taken.clock_last_s,
        "clock_offset_s": taken.clock_offset_s,
        "model_version": taken.model_version,
    }


def _decoded(value: dict[str, Any]) -> Taken:
    if value["version"] != VERSION:
        raise ValueError(f"version {value['version']} is unknown")
    return Taken(
        int(value["last_event_id"]),
        int(value["last_at_ms"]),
        str(value["last_kind"]),
        frozenset(int(item) for item in value["undone"]),
        float(value["clock_last_s"]),
        float(value["clock_offset_s"]),
        str(value["model_version"]),
    )
