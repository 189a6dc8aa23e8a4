"""Reading what a training gave, beside the model that serves."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from recommender.api import CheckpointError
from recommender.training.settings import TrainingError

STORE = "recommender.live.trained_store"
TAKES_NONE = "This model takes over no training."


@runtime_checkable
class Trainable(Protocol):
    """A recommender that goes on with parts that were trained elsewhere."""

    def adopt(self, trained: Any) -> None:
        """Go on with a training's parts, None for without."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A version's folder to be read; it takes seconds when there is a net in it."""

    folder: str

    def learn(self) -> Any:
        """The parts; raises TrainingError in words."""
        try:
            return importlib.import_module(STORE).read_trained(Path(self.folder))
        except CheckpointError as error:
            raise TrainingError(str(error)) from error
