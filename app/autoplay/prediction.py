"""One row of the predicted list, as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.api import Recommendation


@dataclass(frozen=True, slots=True)
class Prediction:
    """A track the model expects next; `reason` is a short sentence for the user.

    `probability` is the model's chance, 0 to 1, that it is what comes next; `finish` its chance
    that the track, put on now, is played to the end, None while too little is known.
    """

    track_id: int
    score: float
    reason: str
    expert: str
    probability: float = 0.0
    finish: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The chance, 0 to 1, that a track, put on now, is played to the end; `reason` is a short
    sentence on what speaks for it or against it."""

    chance: float
    reason: str


@dataclass(frozen=True, slots=True)
class PredictedList:
    """A whole list. `note` says in words what the user should know of it, or is empty.

    `answers` is the serial number of the latest request this list answers.
    """

    rows: tuple[Prediction, ...]
    note: str = ""
    model_version: str = ""
    is_fallback: bool = False
    answers: int = 0


def prediction_of(row: Recommendation) -> Prediction:
    """A row of the recommender's list, for the window."""
    return Prediction(row.song_id, row.score, row.reason, row.expert, row.probability, row.finish)
