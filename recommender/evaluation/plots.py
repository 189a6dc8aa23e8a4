"""The plots of a comparison, as PNG."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FixedFormatter,
    FixedLocator,
    FuncFormatter,
    LogLocator,
    NullFormatter,
    NullLocator,
)

from recommender.evaluation.ranking import CUTS
from recommender.evaluation.tables import ACCURACIES, Row

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f")
MARKS = ("o", "s", "^", "D", "v", "P", "X")
COSTS = (("step_ms_p95", "one step served, p95 in ms"), ("parameters", "parameters"))
LETTERS = 34
HEADLINE = "accuracy@10"


def draw(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Write `accuracy.png`, `mrr.png` and `cost.png`, and return their paths."""
    plots = {"accuracy": _accuracy(rows), "mrr": _mrr(rows), "cost": _cost(rows)}
    paths = []
    for name, figure in plots.items():
        FigureCanvasAgg(figure)
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=120)
    return paths


def _accuracy(rows: Sequence[Row]) -> Figure:
    figure = Figure(figsize=(9, 5.5), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(rows):
        means = [row.mean(name) for name in ACCURACIES]
        axes.errorbar(
            CUTS, [100 * each.mean for each in means],
            yerr=[100 * (each.spread or 0) for each in means],
            label=_label(row), capsize=2, linewidth=1.4, markersize=5, **_style(place),
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(CUTS))
    axes.xaxis.set_major_formatter(FixedFormatter([str(cut) for cut in CUTS]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set(xlabel="k", ylabel="next song among the best k, %", ylim=(0, None))
    axes.set_title("Accuracy at k")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right center", fontsize=8)
    return figure


def _mrr(rows: Sequence[Row]) -> Figure:
    figure = Figure(figsize=(9, 1.4 + 0.34 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(rows):
        mean = row.mean("mrr")
        axes.errorbar(mean.mean, place, xerr=mean.spread or 0, capsize=3, **_style(place))
        axes.plot(mean.values, [place] * len(mean.values), "|", color="#555555", markersize=9)
    axes.set_yticks(range(len(rows)), [_label(row) for row in rows])
    axes.invert_yaxis()
    axes.set(xlabel="mean reciprocal rank, ± over seeds", xlim=(0, None))
    axes.grid(alpha=0.3, axis="x")
    return figure


def _cost(rows: Sequence[Row]) -> Figure:
    figure = Figure(figsize=(11, 5), layout="constrained")
    for axes, (measure, title) in zip(figure.subplots(1, 2, sharey=True), COSTS, strict=True):
        _against(axes, rows, measure)
        axes.set_xlabel(title)
    figure.axes[0].set_ylabel(f"{HEADLINE}, %")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", fontsize=8)
    return figure


def _against(axes: Axes, rows: Sequence[Row], measure: str) -> None:
    for place, row in enumerate(rows):
        cost, reached = row.mean(measure).mean, row.mean(HEADLINE)
        if not (math.isfinite(cost) and cost > 0):
            continue
        axes.errorbar(
            cost, 100 * reached.mean, yerr=100 * (reached.spread or 0), capsize=2,
            label=_label(row), **_style(place),
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(alpha=0.3)


def _label(row: Row) -> str:
    return textwrap.fill(row.entry.label, LETTERS)


def _style(place: int) -> dict[str, Any]:
    """A colour and a mark of its own for each of the first 56 rows."""
    return {"color": COLOURS[place % len(COLOURS)], "marker": MARKS[place % len(MARKS)]}
