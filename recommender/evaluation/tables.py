"""The rows of a comparison: means and spreads over seeds, as Markdown and as plain values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recommender.evaluation.entries import Entry
from recommender.evaluation.ranking import CUTS
from recommender.evaluation.runs import Run

ACCURACIES = tuple(f"accuracy@{cut}" for cut in CUTS)
MEASURES = (
    *ACCURACIES, "mrr", "log_likelihood", "coverage", "popularity",
    "parameters", "training_s", "step_ms_p50", "step_ms_p95",
)  # fmt: skip
CONSTANT = "¹"


@dataclass(frozen=True, slots=True)
class Mean:
    """A figure over seeds: `spread` is the sample's standard deviation, None with one seed."""

    mean: float
    spread: float | None
    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float | None]) -> Mean:
        """The mean of these values; a value that is not there makes it no number.

        >>> Mean.of([1.0, 3.0]).spread == 2 ** 0.5
        True
        """
        numbers = np.array([math.nan if value is None else value for value in values])
        spread = float(numbers.std(ddof=1)) if len(numbers) > 1 else None
        return cls(float(numbers.mean()), spread, tuple(numbers.tolist()))


@dataclass(frozen=True, slots=True)
class Row:
    """One model's runs, a seed each."""

    entry: Entry
    runs: tuple[Run, ...]

    def mean(self, measure: str) -> Mean:
        """One of `MEASURES` over the seeds."""
        return Mean.of([run.figures.get(measure) for run in self.runs])

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON, numbers that are none left as None."""
        return {
            "model": self.entry.label,
            "kind": self.entry.kind.name,
            "title": self.entry.kind.title,
            "seeded": self.entry.kind.seeded,
            "seeds": [run.seed for run in self.runs],
            "options": self.runs[0].fit["options"],
            "settings": {**self.runs[0].fit["settings"], "seed": None},
            **{measure: _plain(asdict(self.mean(measure))) for measure in MEASURES},
        }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def percent(value: float) -> str:
    """A share in per cent, without the sign."""
    return f"{100 * value:.2f}"


def _four(value: float) -> str:
    return f"{value:.4f}"


def _three(value: float) -> str:
    return f"{value:.3f}"


def _two(value: float) -> str:
    return f"{value:.2f}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


COLUMNS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    *((name, name.replace("accuracy", "acc") + " %", percent) for name in ACCURACIES),
    ("mrr", "MRR", _four),
    ("log_likelihood", "log-lik.", _three),
    ("coverage", "coverage %", percent),
    ("popularity", "popularity", _two),
    ("parameters", "parameters", _whole),
    ("training_s", "training s", _seconds),
    ("step_ms_p50", "step p50 ms", _three),
    ("step_ms_p95", "step p95 ms", _three),
)


def markdown(rows: Sequence[Row]) -> str:
    """The table, one line a model, each figure with its spread over seeds where it has one."""
    head = ["model", "seeds", *(title for _, title, _ in COLUMNS)]
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *(_cells(row) for row in rows)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    if all(row.entry.kind.seeded for row in rows):
        return table
    return f"{table}\n\n{CONSTANT} The same for every seed, so one run is enough."


def _cells(row: Row) -> list[str]:
    mark = "" if row.entry.kind.seeded else CONSTANT
    figures = [_figure(row.mean(name), written) for name, _, written in COLUMNS]
    label = row.entry.label.replace("|", "\\|")
    return [f"`{label}`", f"{len(row.runs)}{mark}", *figures]


def _figure(mean: Mean, written: Callable[[float], str]) -> str:
    if not math.isfinite(mean.mean):
        return "–"
    if mean.spread is None or (len(set(mean.values)) == 1):
        return written(mean.mean)
    return f"{written(mean.mean)} ± {written(mean.spread)}"
