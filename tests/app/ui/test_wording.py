from __future__ import annotations

import pytest

from app.library.query import Totals
from app.ui.wording import clock, count, long_time, totals_in_words

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def test_one_is_singular_and_thousands_are_parted():
    assert count(1, "track") == "1 track"
    assert count(12_480, "track") == "12,480 tracks"
    assert count(2, "match", "matches") == "2 matches"


@pytest.mark.parametrize(
    ("duration_ms", "words"),
    [(221_000, "3:41"), (3_723_000, "1:02:03"), (59_600, "1:00"), (None, "–"), (0, "–")],
)
def test_the_length_of_a_song(duration_ms, words):
    assert clock(duration_ms) == words


@pytest.mark.parametrize(
    ("duration_ms", "words"),
    [
        (41 * MINUTE_MS, "41 min"),
        (2 * HOUR_MS + 5 * MINUTE_MS, "2 h 5 min"),
        (3 * HOUR_MS, "3 h"),
        (38 * DAY_MS, "38 days"),
        (10_000, "under a minute"),
    ],
)
def test_the_length_of_a_library(duration_ms, words):
    assert long_time(duration_ms) == words


def test_totals_are_silent_about_nothing():
    assert totals_in_words(Totals(0, 0)) == ""
    assert totals_in_words(Totals(12_480, 38 * DAY_MS)) == "12,480 tracks, 38 days"
