"""Songs for the tests of *Up next*, the transport bar and what goes with them."""

from __future__ import annotations

from collections.abc import Sequence

from app.autoplay.prediction import Prediction
from app.conductor.up_next import PredictedRow, PredictedView, QueueRow
from app.library.track import Track


def song(number: int, **changes: object) -> Track:
    values: dict[str, object] = {
        "track_id": number,
        "location": f"/music/{number}.flac",
        "title": f"Song {number}",
        "artist": f"Artist {number % 7}",
        "duration_ms": 200_000,
    }
    return Track(**(values | changes))


def queued(numbers: Sequence[int]) -> tuple[QueueRow, ...]:
    """Entry 100 + n holds song n."""
    return tuple(QueueRow(100 + number, song(number)) for number in numbers)


def predicted(numbers: Sequence[int], answers: int = 0, note: str = "") -> PredictedView:
    rows = tuple(
        PredictedRow(song(number), Prediction(number, 1.0, f"Because of {number}", "markov"))
        for number in numbers
    )
    return PredictedView(rows, note, answers=answers)
