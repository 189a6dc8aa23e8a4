"""The rows of the benchmark table: their shape, their print and their JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HEADINGS = ("what", "measured", "budget", "holds", "how")


class NotMeasuredError(Exception):
    """Something this benchmark needs is missing; the text says what, and how to get it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure against its budget.

    `budget` is the limit as a number in `unit`, or words for a limit that is not one number, or
    None for a figure shown for information. `holds` is None when there was nothing to judge:
    no budget, or (with `value` None) not measured. `how` says in a few words how it was measured,
    or why it was not.
    """

    name: str
    value: float | None
    unit: str
    budget: float | str | None
    holds: bool | None
    how: str


def at_most(name: str, value: float, unit: str, budget: float, how: str) -> Row:
    """A row that holds while the value stays at or below the budget."""
    return Row(name, value, unit, budget, value <= budget, how)


def at_least(name: str, value: float, unit: str, budget: float, how: str) -> Row:
    """A row that holds while the value reaches the budget."""
    return Row(name, value, unit, budget, value >= budget, how)


def as_row(given: Row | Mapping[str, object]) -> Row:
    """A row from what a benchmark's `rows()` returned: a Row, or a mapping with its keys."""
    if isinstance(given, Row):
        return given
    return Row(
        name=str(given["name"]),
        value=_number(given.get("value")),
        unit=str(given.get("unit") or ""),
        budget=_budget(given.get("budget")),
        holds=None if given.get("holds") is None else bool(given["holds"]),
        how=str(given.get("how") or ""),
    )


def as_json(rows: Iterable[Row]) -> str:
    """The rows as a JSON list of `{name, value, unit, budget, holds, how}`."""
    return json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False) + "\n"


def write_json(rows: Iterable[Row], file: Path) -> None:
    """Write the rows as JSON, whole or not at all."""
    draft = file.with_name(file.name + ".part")
    draft.write_text(as_json(rows), encoding="utf-8")
    draft.replace(file)


def read_json(file: Path) -> list[Row]:
    """The rows that `write_json` wrote."""
    return [as_row(item) for item in json.loads(file.read_text(encoding="utf-8"))]


def as_table(rows: Sequence[Row]) -> str:
    """The rows as a table of plain text, one line a row."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (lines[0], rule, *lines[1:])
    )


def failed(rows: Iterable[Row]) -> list[Row]:
    """The rows whose budget does not hold."""
    return [row for row in rows if row.holds is False]


def _cells(row: Row) -> tuple[str, ...]:
    measured = "not measured" if row.value is None else f"{_figure(row.value)} {row.unit}".strip()
    if isinstance(row.budget, float | int):
        budget = f"{_figure(row.budget)} {row.unit}".strip()
    else:
        budget = row.budget or "-"
    holds = {True: "yes", False: "NO", None: "-"}[row.holds]
    return row.name, measured, budget, holds, row.how


def _figure(value: float) -> str:
    if value != value or abs(value) in (0.0, float("inf")):
        return f"{value:.0f}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _budget(value: object) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    return float(str(value))
