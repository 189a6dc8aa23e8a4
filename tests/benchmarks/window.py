"""What a person waits for: the start, the search, the list; and what the window costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from app.library.database import open_database
from tests.benchmarks.library import make_library
from tests.benchmarks.table import Row, at_most

MANY = 100_000
SOME = 10_000
STARTS = 7
ROOT = Path(__file__).resolve().parents[2]


def rows() -> list[Row]:
    """All rows about the window, each measured in processes of its own."""
    with tempfile.TemporaryDirectory(prefix="segue-bench-") as folder:
        homes = {count: Path(folder) / str(count) for count in (0, SOME, MANY)}
        for count, home in homes.items():
            _make_home(home, count)
        return [
            *_start_rows(homes[0], homes[MANY]),
            *_used_rows(homes[SOME], SOME, 100),
            *_used_rows(homes[MANY], MANY, 150),
        ]


def _make_home(home: Path, count: int) -> None:
    """A library whose files are nowhere: its folder is taken out, so that nothing is scanned."""
    database = home / "data" / "segue.db"
    make_library(database, count)
    with closing(open_database(database)) as connection, connection:
        connection.execute("UPDATE folders SET removed = 1")


def _start_rows(empty: Path, full: Path) -> list[Row]:
    _start_s(empty), _start_s(full)
    pairs = [(_start_s(empty), _start_s(full)) for _ in range(STARTS)]
    empty_s, full_s = (median(column) for column in zip(*pairs, strict=True))
    how = f"spawn of `python -m app` to the paint of the first rows, median of {STARTS}"
    return [
        at_most("start, 100,000 tracks", round(full_s, 3), "s", 0.7, how),
        at_most("start against an empty library", round(full_s / empty_s, 2), "x", 1.25, how),
    ]


def _start_s(home: Path) -> float:
    command = [sys.executable, "-m", "app", "--silent", "--report-start"]
    began = time.time()
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(home), capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1]) - began


def _used_rows(home: Path, count: int, reaction_ms: float) -> list[Row]:
    command = [sys.executable, "-m", "tests.benchmarks.window_in_use"]
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(home), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"The window in use ended badly:\n{done.stderr[-3000:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    tracks = f"{count:,} tracks"
    made = [
        at_most(
            f"like, skip, dislike to new list painted, {tracks}, p95",
            measured["reaction_p95_ms"],
            "ms",
            reaction_ms,
            "a press of the button to the first frame with the new list",
        )
    ]
    if count < MANY:
        return made
    return [
        *made,
        at_most(
            f"search, keystroke to rows shown, {tracks}, p95",
            measured["search_p95_ms"],
            "ms",
            30,
            "a key in the search box to the paint of the rows that answer it",
        ),
        at_most(
            "longest block of the window's thread",
            measured["longest_block_ms"],
            "ms",
            50,
            "while scanning, learning and playing; a timer of 5 ms watched by its lateness",
        ),
        at_most(
            f"memory of the window's process, {tracks}",
            measured["window_mb"],
            "MB",
            250,
            "resident, after search, scrolling and reactions",
        ),
        at_most(
            f"memory of the recommender, {tracks}",
            measured["recommender_mb"],
            "MB",
            500,
            "resident, after the reactions",
        ),
    ]


def _environment(home: Path) -> dict[str, str]:
    """A user's environment: Python keeps what it compiled."""
    environment = {**os.environ, "SEGUE_HOME": str(home)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


if __name__ == "__main__":
    sys.stdout.write("\n".join(str(row) for row in rows()) + "\n")
