"""The benchmark table: rows in both shapes, one verdict, and honest gaps."""

from __future__ import annotations

import json
import sys
import types

import pytest

from tests.benchmarks import __main__ as bench
from tests.benchmarks.table import (
    NotMeasuredError,
    Row,
    as_row,
    as_table,
    at_least,
    at_most,
    failed,
    read_json,
    write_json,
)

FAST = at_most("search", 12.0, "ms", 30.0, "p95 of 200 keystrokes")
SLOW = at_least("scan", 900.0, "files/s", 4000.0, "20,000 files")
OPEN = Row("gap", None, "", None, None, "there is no pulseaudio")


@pytest.fixture
def benchmark(monkeypatch):
    """Puts a benchmark module with the given `rows()` beside the others."""

    def put(name, rows):
        module = types.ModuleType(f"made_up.{name}")
        module.rows = rows
        monkeypatch.setitem(sys.modules, "made_up", types.ModuleType("made_up"))
        monkeypatch.setitem(sys.modules, f"made_up.{name}", module)

    return put


def test_a_limit_holds_at_the_limit():
    assert at_most("a", 30.0, "ms", 30.0, "").holds
    assert not at_most("a", 30.1, "ms", 30.0, "").holds
    assert at_least("a", 4000.0, "x", 4000.0, "").holds


def test_rows_survive_json(tmp_path):
    write_json([FAST, SLOW, OPEN], tmp_path / "bench.json")
    assert read_json(tmp_path / "bench.json") == [FAST, SLOW, OPEN]
    told = json.loads((tmp_path / "bench.json").read_text())
    assert [sorted(row) for row in told] == [
        ["budget", "holds", "how", "name", "unit", "value"]
    ] * 3


def test_a_mapping_is_a_row_too():
    assert as_row({"name": "x", "value": 3, "unit": "ms", "budget": "none", "holds": True}) == Row(
        "x", 3.0, "ms", "none", True, ""
    )


def test_the_table_says_what_breaks_and_what_was_not_measured():
    lines = as_table([FAST, SLOW, OPEN]).splitlines()
    assert " ".join(lines[2].split()) == "search 12 ms 30 ms yes p95 of 200 keystrokes"
    assert " ".join(lines[3].split()) == "scan 900 files/s 4,000 files/s NO 20,000 files"
    assert "not measured" in lines[4]
    assert failed([FAST, SLOW, OPEN]) == [SLOW]


def test_something_missing_is_a_row_that_says_so(benchmark):
    def rows():
        raise NotMeasuredError("there is no pulseaudio; make test brings it")

    benchmark("gap", rows)
    assert bench.measure("gap", "made_up") == [
        Row("gap", None, "", None, None, "there is no pulseaudio; make test brings it")
    ]


def test_what_a_benchmark_prints_stays_out_of_the_table(benchmark, capsys):
    def rows():
        sys.stdout.write("chatter")
        return [FAST]

    benchmark("chatty", rows)
    assert bench.measure("chatty", "made_up") == [FAST]
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "chatter")


def test_a_broken_budget_fails_the_run_and_all_rows_are_still_told(tmp_path, monkeypatch, capsys):
    given = {"window": [SLOW], "gap": [FAST, OPEN]}
    monkeypatch.setattr(bench, "measure_apart", given.__getitem__)
    file = tmp_path / "bench.json"
    assert bench.main(["window", "gap", "--json", str(file)]) == 1
    assert read_json(file) == [SLOW, FAST, OPEN]
    printed = capsys.readouterr().out
    assert "1 of 2 budgets hold. Broken: scan." in printed
    assert "Not measured: gap (there is no pulseaudio)." in printed
    assert bench.main(["gap", "--json", str(file)]) == 0


def test_a_benchmark_that_crashes_is_a_broken_row_in_a_process_of_its_own(tmp_path, monkeypatch):
    package = tmp_path / "crashing"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("raise SystemExit(3)")
    (package / "gap.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(bench, "PACKAGE", "crashing")
    (row,) = bench.measure_apart("gap")
    assert (row.value, row.holds) == (None, False)
    assert "exit code 3" in row.how
