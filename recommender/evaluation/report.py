"""The report of a replay: plain values for JSON, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from recommender.evaluation.metrics import (
    Figures,
    figures_of,
    finish_figures,
    intervals,
    mean_of,
    skip_figures,
)
from recommender.evaluation.replay import UserResult

PARTS = ("after_warmup", "known", "new", "new_of_new", "from_start")
FEW_USERS = 12
WIDTH = 28


def parts_of(result: UserResult) -> dict[str, Figures]:
    """One user's figures: after the warm-up, of songs played before, of new ones, of new ones among
    the new alone, and of all."""
    trace, first = result.trace, result.first
    scored, new = trace.rank[first:], trace.is_new[first:]
    return {
        "after_warmup": figures_of(scored),
        "known": figures_of(scored[~new]),
        "new": figures_of(scored[new]),
        "new_of_new": figures_of(trace.rank_of_new[first:][new]),
        "from_start": figures_of(trace.rank),
    }


def summary(results: Sequence[UserResult]) -> dict[str, Any]:
    """All figures as plain values: per user, and the mean in which each user counts the same."""
    parts = [parts_of(result) for result in results]
    mean: dict[str, Any] = {name: asdict(mean_of([each[name] for each in parts])) for name in PARTS}
    names = results[0].baselines if results else {}
    mean["baselines"] = {
        name: asdict(mean_of([figures_of(r.baselines[name][r.first :]) for r in results]))
        for name in names
    }
    mean["intervals"] = intervals(
        [result.trace.rank[result.first :] for result in results],
        [result.trace.session[result.first :] for result in results],
    )
    skips = [_skips(result) for result in results]
    finishes = [_finishes(result) for result in results]
    mean["finish"] = _mean_of([each for each in finishes if each is not None])
    mean["skips"] = _mean_of([each for each in skips if each["skipped"] and each["finished"]])
    mean["shown"] = _mean_of([asdict(r.shown) for r in results if r.shown and r.shown.lists])
    seconds = sum(result.seconds for result in results)
    plays = sum(result.plays for result in results)
    return {
        "users": [
            _user(*each) for each in zip(results, parts, skips, finishes, strict=True)
        ],
        "mean": mean,
        "events_per_s": plays / seconds if seconds else 0.0,
        "training_s": sum(result.training_s for result in results),
    }  # fmt: skip


def _user(
    result: UserResult, parts: dict[str, Figures], skips: dict[str, Any],
    finish: dict[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """One user's figures as plain values."""
    return {
        "user": result.user,
        "plays": result.plays,
        "songs": result.songs,
        "seconds": result.seconds,
        **{name: asdict(figures) for name, figures in parts.items()},
        "skips": skips,
        "finish": finish,
        "shown": asdict(result.shown) if result.shown is not None else None,
    }


def _skips(result: UserResult) -> dict[str, Any]:
    trace, first = result.trace, result.first
    return asdict(skip_figures(trace.rank[first:], trace.skipped[first:], result.songs))


def _finishes(result: UserResult) -> dict[str, Any] | None:
    trace, first = result.trace, result.first
    figures = finish_figures(trace.finish[first:], trace.skipped[first:])
    return None if figures is None else asdict(figures)


def _mean_of(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The mean of each value; counts are means too."""
    names = rows[0] if rows else {}
    return {name: float(np.mean([row[name] for row in rows])) for name in names}


def line_of(name: str, figures: dict[str, Any]) -> str:
    """One row of the table."""
    values = "".join(f"{figures[key]:>9.4f}" for key in ("hr_1", "hr_10", "hr_20", "hr_100", "mrr"))
    return f"{name:<{WIDTH}}{figures['targets']:>8}{values}"


def table(report: dict[str, Any]) -> str:
    """The report as text."""
    heads = "".join(f"{head:>9}" for head in ("HR@1", "HR@10", "HR@20", "HR@100", "MRR"))
    lines = [f"{'':<{WIDTH}}{'targets':>8}{heads}"]
    if len(report["users"]) <= FEW_USERS:
        for user in report["users"]:
            lines.append(line_of(user["user"][: WIDTH - 2], user["after_warmup"]))
            lines.append(line_of("  played before", user["known"]))
            lines.append(line_of("  new", user["new"]))
            lines.append(line_of("  new, of the new alone", user["new_of_new"]))
    mean = report["mean"]
    lines.append(line_of("mean over users", mean["after_warmup"]))
    lines += [
        f"{'  95 %, ' + side:<{WIDTH}}{'':>8}"
        + "".join(f"{bounds[place]:>9.4f}" for bounds in mean["intervals"].values())
        for place, side in enumerate(("from", "to"))
    ]
    lines.append(line_of("  played before", mean["known"]))
    lines.append(line_of("  new", mean["new"]))
    lines.append(line_of("  new, of the new alone", mean["new_of_new"]))
    lines.append(line_of("  from the first play", mean["from_start"]))
    lines += [line_of(f"  {name}", figures) for name, figures in mean["baselines"].items()]
    lines += [line_of(f"  without {name}", figures)
              for name, figures in report.get("each_off", {}).items()]  # fmt: skip
    lines += _words(mean)
    lines.append(
        f"{report['events_per_s']:.0f} events/s, beside {report['training_s']:.0f} s of training"
    )
    return "\n".join(lines)


def _words(mean: dict[str, Any]) -> list[str]:
    """What does not fit the table's columns."""
    lines = []
    if skips := mean["skips"]:
        lines.append(
            f"skips: mean rank {100 * skips['rank_skipped']:.2f} % of the library, "
            f"finished songs {100 * skips['rank_finished']:.2f} %, AUC {skips['auc']:.3f}"
        )
    if finish := mean["finish"]:
        lines.append(
            f"played to the end: {100 * finish['finished']:.1f} %, foretold with AUC "
            f"{finish['auc']:.3f}, log loss {finish['log_loss']:.4f} (always the share "
            f"{finish['log_loss_of_share']:.4f}), calibration error "
            f"{finish['calibration_error']:.3f}"
        )
    if shown := mean["shown"]:
        pairs = (("coverage", "of the library"), ("artists", "artists in ten"),
                 ("popularity", "by plays"), ("new", "new songs"))  # fmt: skip
        lines += [
            f"shown {shown[name]:.3f}, played {shown[name + '_played']:.3f}: {what}"
            for name, what in pairs
        ]
    return lines
