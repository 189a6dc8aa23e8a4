"""What happens beside the training: hooks are told of each batch and each epoch."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable
from types import FrameType

from recommender.training.run import Epoch, Run


class Hook:
    """Told how a training goes; every method may stay as it is, which is to do nothing."""

    def on_start(self, run: Run) -> None:
        """The training begins, or goes on where a checkpoint left it."""

    def on_batch(self, run: Run) -> None:
        """A batch has been learnt from."""

    def on_epoch(self, run: Run) -> None:
        """An epoch is over; the last of `run.history` has its figures."""

    def on_end(self, run: Run) -> None:
        """The training is over, or breaks off; told in any case, in reverse order."""


class EarlyStopping(Hook):
    """Ends a training after `patience` epochs without a better validation loss.

    The net ends with the weights of its best epoch.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def on_epoch(self, run: Run) -> None:
        """Keep the weights if they are the best so far, else count how long that has been."""
        losses = [each.valid_loss for each in run.history]
        best = min(range(len(losses)), key=lambda at: (math.isnan(losses[at]), losses[at]))
        if best == len(losses) - 1:
            run.best = {name: part.clone() for name, part in run.net.state_dict().items()}
        run.enough |= len(losses) - 1 - best >= self.patience


class History(Hook):
    """Keeps the figures of each epoch for whoever asked for the training."""

    def __init__(self) -> None:
        self.epochs: tuple[Epoch, ...] = ()

    def on_start(self, run: Run) -> None:
        """Take over what was before a resume."""
        self.epochs = tuple(run.history)

    def on_epoch(self, run: Run) -> None:
        """Take over the new figures."""
        self.epochs = tuple(run.history)


class StopOnSignal(Hook):
    """Ctrl-C and SIGTERM end the training after the batch under way; a second one at once."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def on_start(self, run: Run) -> None:
        """Listen to the signals; main thread only."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._stop)

    def on_batch(self, run: Run) -> None:
        """Pass on that someone asked."""
        run.interrupted |= self._asked

    def on_end(self, run: Run) -> None:
        """Give the signals back."""
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        signal.signal(number, self._before[number])
