"""The progress of a training on a terminal, or as plain lines where there is none."""

from __future__ import annotations

import math
import time
from typing import Any, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from recommender.training.hooks import Hook
from recommender.training.run import Epoch, Run

LINE_EVERY_S = 60.0


def progress_on(stream: TextIO) -> Hook:
    """A bar on a terminal, a line an epoch (and a minute) elsewhere."""
    return ProgressBar(stream) if stream.isatty() else ProgressLines(stream)


class ProgressBar(Hook):
    """A bar with the loss, the speed and the time left; a line for each epoch above it."""

    def __init__(self, stream: TextIO) -> None:
        self._progress = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]} · {task.fields[speed]} songs/s"),
            TimeRemainingColumn(),
            console=Console(file=stream),
        )
        self._task: TaskID | None = None

    def on_start(self, run: Run) -> None:
        """Show the bar, at the place where the training goes on."""
        total = run.batches * run.settings.epochs
        self._task = self._progress.add_task("", total=total, **_fields(run))
        self._progress.start()
        self._move(run)

    def on_batch(self, run: Run) -> None:
        """Move on."""
        self._move(run)

    def on_epoch(self, run: Run) -> None:
        """Leave a line."""
        self._progress.console.print(epoch_line(run), highlight=False)

    def on_end(self, run: Run) -> None:
        """Take the bar away."""
        self._progress.stop()

    def _move(self, run: Run) -> None:
        if self._task is not None:
            done = run.epoch * run.batches + run.batch
            self._progress.update(self._task, completed=done, **_fields(run))


class ProgressLines(Hook):
    """A line for each epoch, and for each minute within one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = (time.monotonic(), 0.0)
        self._told_s = time.monotonic()

    def on_start(self, run: Run) -> None:
        """Start the clock."""
        self._began = (time.monotonic(), run.progress)

    def on_batch(self, run: Run) -> None:
        """Tell of the batch if the last line was long ago."""
        if time.monotonic() - self._told_s > LINE_EVERY_S:
            fields = _fields(run)
            self._say(
                f"epoch {fields['epoch']}, batch {run.batch} of {run.batches}: loss "
                f"{fields['loss']}, {fields['speed']} songs/s, {self._left(run)}"
            )

    def on_epoch(self, run: Run) -> None:
        """Tell of the epoch."""
        self._say(f"{epoch_line(run)}, {self._left(run)}")

    def _left(self, run: Run) -> str:
        began_s, progress = self._began
        share = run.progress - progress
        if share <= 0:
            return "time left unknown"
        return f"{clock((time.monotonic() - began_s) * (1 - run.progress) / share)} left"

    def _say(self, line: str) -> None:
        self._told_s = time.monotonic()
        self._stream.write(line + "\n")
        self._stream.flush()


def epoch_line(run: Run) -> str:
    """The figures of the last epoch in words."""
    number = f"epoch {run.epoch} of {run.settings.epochs}"
    last = run.history[-1]
    return f"{number}: {figures(last)}, {last.songs_per_s:,.0f} songs/s"


def figures(epoch: Epoch) -> str:
    """The losses and accuracies of an epoch in words."""
    words = [f"loss {epoch.train_loss:.3f}"]
    if not math.isnan(epoch.valid_loss):
        words.append(f"validation {epoch.valid_loss:.3f}")
        words += [f"accuracy@{k} {100 * share:.1f} %" for k, share in epoch.accuracy.items()]
    return ", ".join(words)


def clock(seconds: float) -> str:
    """Seconds as a clock shows them.

    >>> clock(3725)
    '1:02:05'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _fields(run: Run) -> dict[str, Any]:
    loss = run.loss if run.seen else run.history[-1].train_loss if run.history else math.nan
    speed = run.seen / run.epoch_seconds if run.epoch_seconds else 0.0
    if not run.seen and run.history:
        speed = run.history[-1].songs_per_s
    return {
        "epoch": f"{min(run.epoch + 1, run.settings.epochs)}/{run.settings.epochs}",
        "loss": "–" if math.isnan(loss) else f"{loss:.3f}",
        "speed": f"{speed:,.0f}",
    }
