"""What a reaction moved is counted as a person sees it."""

from __future__ import annotations

import pytest

from app.autoplay.prediction import Prediction
from app.conductor.list_keeper import risen
from app.conductor.up_next import PredictedRow, PredictedView
from app.library.track import Track


def view(letters: str) -> PredictedView:
    return PredictedView(
        tuple(
            PredictedRow(
                Track(ord(letter), f"/music/{letter}", letter, "Somebody"),
                Prediction(ord(letter), 1.0, "Because.", "markov"),
            )
            for letter in letters
        )
    )


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("abcd", "abcd", 0),
        ("abcd", "bcde", 0),
        ("abcd", "acde", 0),
        ("abcd", "bacd", 1),
        ("abcd", "dabc", 1),
        ("abcd", "cdab", 2),
        ("abcd", "axbc", 1),
        ("", "abcd", 0),
        ("abcd", "", 0),
    ],
)
def test_songs_have_moved_up_when_they_overtook_others(before, after, count):
    assert risen(view(before), view(after)) == count
