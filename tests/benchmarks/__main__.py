"""`python -m tests.benchmarks`: measure the budgets, print one table, write bench.json.

Each module beside this one that has a function `rows()` is measured in a process of its own, so
that memory and imports of one do not colour another.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.table import (
    NotMeasuredError,
    Row,
    as_row,
    as_table,
    failed,
    read_json,
    write_json,
)

MODULES = (
    "window", "live_list", "library", "replay", "events", "gap", "corpus", "training", "serving",
    "memory_nets", "vectors", "taste_map", "hearing", "sound_world", "real_music",
    "agents", "agents_in_crowds", "listeners", "skips", "last_word", "judging",
)  # fmt: skip
PACKAGE = "tests.benchmarks"
TIME_LIMIT_S = 1800.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks named (all by default); 1 when a budget does not hold, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="what to measure: " + ", ".join(MODULES))
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where to write")
    parser.add_argument("--rows-to", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.rows_to is not None:
        write_json(measure(options.names[0]), options.rows_to)
        return 0
    rows: list[Row] = []
    for name in options.names or MODULES:
        sys.stderr.write(f"measuring {name} ...\n")
        rows.extend(measure_apart(name))
    sys.stdout.write(as_table(rows) + "\n")
    write_json(rows, options.json)
    broken = failed(rows)
    sys.stdout.write(_verdict(rows, broken) + f"\nAll rows are in {options.json}.\n")
    return 1 if broken else 0


def measure(name: str, package: str = PACKAGE) -> list[Row]:
    """The rows of one benchmark module, measured in this process."""
    try:
        with _stdout_as_stderr():
            given = importlib.import_module(f"{package}.{name}").rows()
    except NotMeasuredError as missing:
        return [Row(name, None, "", None, None, str(missing))]
    return [as_row(row) for row in given]


def measure_apart(name: str, time_limit_s: float = TIME_LIMIT_S) -> list[Row]:
    """The rows of one benchmark module, measured in a process of its own."""
    if importlib.util.find_spec(f"{PACKAGE}.{name}") is None:
        return [Row(name, None, "", None, None, f"there is no module {PACKAGE}.{name}")]
    with tempfile.TemporaryDirectory(prefix="segue-bench-") as folder:
        file = Path(folder) / "rows.json"
        command = [sys.executable, "-m", PACKAGE, name, "--rows-to", str(file)]
        try:
            done = subprocess.run(command, check=False, timeout=time_limit_s)
        except subprocess.TimeoutExpired:
            return [Row(name, None, "", None, False, f"took more than {time_limit_s:.0f} s")]
        if done.returncode or not file.exists():
            reason = f"the benchmark ended with exit code {done.returncode}; see the error above"
            return [Row(name, None, "", None, False, reason)]
        return read_json(file)


def _verdict(rows: Sequence[Row], broken: Sequence[Row]) -> str:
    unmeasured = [row for row in rows if row.value is None and row.holds is None]
    kept = sum(row.holds is True for row in rows)
    sentences = [f"{kept} of {kept + len(broken)} budgets hold."]
    if broken:
        sentences.append("Broken: " + "; ".join(row.name for row in broken) + ".")
    if unmeasured:
        reasons = "; ".join(f"{row.name} ({row.how})" for row in unmeasured)
        sentences.append(f"Not measured: {reasons}.")
    return " ".join(sentences)


@contextmanager
def _stdout_as_stderr() -> Iterator[None]:
    """Keep what a benchmark prints out of the table."""
    kept, sys.stdout = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout = kept


if __name__ == "__main__":
    sys.exit(main())
