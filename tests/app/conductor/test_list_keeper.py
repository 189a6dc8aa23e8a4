"""What a reaction moved is counted as a person sees it."""

from __future__ import annotations

import pytest

from app.autoplay.prediction import PredictedList, Prediction
from app.conductor.list_keeper import risen
from app.conductor.up_next import PredictedRow, PredictedView
from app.library.track import Track
from app.listening.impressions import impressions


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


def foretold(letters: str) -> PredictedList:
    rows = tuple(
        Prediction(1 + place, 5.0 - place, "Because.", "markov", 0.5**place)
        for place in range(len(letters))
    )
    return PredictedList(rows, model_version="live-9")


def test_a_list_that_is_shown_is_kept_once_with_places_scores_and_chances(studio):
    studio.autoplay.list_changed.emit(foretold("abc"))
    for _ in range(3):
        studio.conductor.list_shown()
    studio.autoplay.list_changed.emit(foretold("abc"))
    studio.conductor.list_shown()
    studio.listening.flush()
    kept = list(impressions(studio.connection))
    assert [(row.position, row.track_id, row.score, row.probability) for row in kept] == [
        (0, 1, 5.0, 1.0), (1, 2, 4.0, 0.5), (2, 3, 3.0, 0.25),
    ]  # fmt: skip
    assert {row.model_version for row in kept} == {"live-9"}
    assert len({row.shown_at for row in kept}) == 1


def test_neither_a_list_that_nobody_saw_nor_the_plain_one_is_kept(studio):
    studio.settle()
    assert studio.seen.predicted.is_fallback
    studio.conductor.list_shown()
    studio.autoplay.list_changed.emit(foretold("abc"))
    studio.listening.flush()
    assert list(impressions(studio.connection)) == []


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
