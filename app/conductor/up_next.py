"""What *Up next* shows: the user's queue, the predicted list and what was played."""

from __future__ import annotations

from dataclasses import dataclass

from app.autoplay.prediction import Prediction
from app.library.track import Track


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One entry of the user's queue."""

    entry_id: int
    track: Track


@dataclass(frozen=True, slots=True)
class PredictedRow:
    """One predicted track with its reason."""

    track: Track
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class PredictedView:
    """The predicted list ready to show; `note` is empty or a sentence for the user.

    `answers` is the serial number of the latest request that this list answers.
    """

    rows: tuple[PredictedRow, ...] = ()
    note: str = ""
    is_fallback: bool = False
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A toast. `undoable` puts an Undo button on it."""

    text: str
    undoable: bool = False
