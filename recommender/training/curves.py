"""The curves of a training, for people as PNG and for programs as JSON."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recommender.training.run import Epoch


def write_record(path: Path, record: dict[str, Any], history: Sequence[Epoch]) -> None:
    """Write a training's record with its `curve`, one entry an epoch, as JSON; NaN becomes null."""
    content = _plain({**record, "curve": [asdict(epoch) for epoch in history]})
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(partial, path)


def write_plot(path: Path, title: str, history: Sequence[Epoch]) -> None:
    """Write losses and, where there are validation lists, accuracies over the epochs as PNG."""
    # matplotlib takes a second to import, which only the end of a training should pay.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    measured = any(epoch.accuracy for epoch in history)
    figure = Figure(figsize=(9 if measured else 5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    panes = figure.subplots(1, 2 if measured else 1, squeeze=False)[0]
    epochs = range(1, len(history) + 1)
    losses = {
        "training": [epoch.train_loss for epoch in history],
        "validation": [epoch.valid_loss for epoch in history],
    }
    for name, values in losses.items():
        if not all(map(math.isnan, values)):
            panes[0].plot(epochs, values, marker="o", markersize=3, label=name)
    panes[0].set(ylabel="loss, nats a song", title=title)
    if measured:
        for k in history[-1].accuracy:
            shares = [100 * epoch.accuracy.get(k, math.nan) for epoch in history]
            panes[1].plot(epochs, shares, marker="o", markersize=3, label=f"accuracy@{k}")
        panes[1].set(ylabel="next songs found, %", ylim=(0, None), title="validation")
    for pane in panes:
        pane.set_xlabel("epoch")
        pane.xaxis.set_major_locator(MaxNLocator(integer=True))
        pane.grid(alpha=0.3)
        pane.legend()
    partial = path.with_name(path.name + ".part")
    figure.savefig(partial, format="png", dpi=120)
    os.replace(partial, path)


def _plain(value: Any) -> Any:
    """The same value without NaN and infinities, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
