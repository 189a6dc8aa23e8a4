"""A calibration as a table for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recommender.simulation.calibration import Behaviour, Calibration

Told = tuple[str, Callable[[Behaviour], str]]


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


ROWS: Sequence[Told] = (
    ("sessions", lambda each: f"{each.sessions:,}"),
    ("songs skipped", lambda each: _percent(each.skips)),
    ("spread over sessions", lambda each: _percent(each.spread)),
    ("songs heard before", lambda each: _percent(each.repeats)),
    ("mean length in songs", lambda each: f"{each.mean_length:.1f}"),
    ("length, 10/50/90 %", lambda each: "/".join(f"{value:.0f}" for value in each.lengths)),
    ("runs of 1, 2, 3, 4, 5+", lambda each: " ".join(f"{100 * s:.0f}" for s in each.streaks)),
)


def table(found: Calibration) -> str:
    """The figures beside the data's, skip rates by position, and how well skips are foretold."""
    columns = {"data": found.data, **found.driven}
    lines = [_line("", list(columns))]
    lines += [_line(name, [tell(each) for each in columns.values()]) for name, tell in ROWS]
    gaps = [each.apart(found.data) for each in found.driven.values()]
    lines.append(_line("skips by position, off", ["", *(_percent(mean) for mean, _ in gaps)]))
    lines.append(_line("  at most", ["", *(_percent(most) for _, most in gaps)]))
    lines += ["", "skipped, by position"]
    for place, plays in enumerate(found.data.plays_by_position):
        if plays:
            rates = [_rate(each, place) for each in columns.values()]
            lines.append(_line(f"  song {place + 2} ({plays:,} plays)", rates))
    return "\n".join([*lines, *_foresight(found), "", f"{found.steps_per_s:,.0f} steps/s"])


def _rate(each: Behaviour, place: int) -> str:
    there = place < len(each.plays_by_position) and each.plays_by_position[place]
    return _percent(each.by_position[place]) if there else "–"


def _foresight(found: Calibration) -> list[str]:
    told = found.foresight
    if told is None:
        return []
    low, high = told.gain_interval
    return [
        "",
        f"Foretelling {told.plays:,} songs, each from those before it in its session:",
        _line("", ["log loss", "AUC", "error"]),
        _line("by session and song",
              [f"{told.log_loss:.4f}", f"{told.auc:.4f}", _percent(told.error)]),
        _line("by session alone",
              [f"{told.log_loss_without_song:.4f}", f"{told.auc_without_song:.4f}"]),
        _line("always the mean", [f"{told.log_loss_of_mean:.4f}", "0.5000"]),
        f"The song takes {told.gain:.4f} off the log loss (95 % interval {low:.4f} to {high:.4f}).",
    ]  # fmt: skip


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:<24}" + "".join(f"{cell:>15}" for cell in cells).rstrip()
