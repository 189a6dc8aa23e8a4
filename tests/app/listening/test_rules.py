from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.listening.events import EndReason, Origin, PlayEvent
from app.listening.rules import Ending, Label, end_reason, label

FOUR_MINUTES = 240_000


@pytest.mark.parametrize(
    ("ending", "heard_ms", "duration_ms", "since_picked_s", "reason"),
    [
        (Ending.RAN_OUT, 240_000, FOUR_MINUTES, None, EndReason.FINISHED),
        (Ending.RAN_OUT, 5_000, FOUR_MINUTES, None, EndReason.FINISHED),
        (Ending.NEXT, 31_000, FOUR_MINUTES, None, EndReason.SKIPPED),
        (Ending.NEXT, 216_000, FOUR_MINUTES, None, EndReason.FINISHED),
        (Ending.NEXT, 215_999, FOUR_MINUTES, None, EndReason.SKIPPED),
        (Ending.NEXT, 46_000, 60_000, None, EndReason.FINISHED),
        (Ending.NEXT, 44_000, 60_000, None, EndReason.SKIPPED),
        (Ending.NEXT, 5_000, 18_000, None, EndReason.SKIPPED),
        (Ending.NEXT, 9_000, 18_000, None, EndReason.FINISHED),
        (Ending.PICKED_OTHER, 31_000, FOUR_MINUTES, None, EndReason.PICKED_OTHER),
        (Ending.PICKED_OTHER, 239_000, FOUR_MINUTES, None, EndReason.FINISHED),
        (Ending.STOPPED, 31_000, FOUR_MINUTES, None, EndReason.STOPPED),
        (Ending.STOPPED, 235_000, FOUR_MINUTES, None, EndReason.FINISHED),
        (Ending.ERROR, 0, FOUR_MINUTES, None, EndReason.ERROR),
        (Ending.ERROR, 239_000, FOUR_MINUTES, None, EndReason.ERROR),
        (Ending.NEXT, 1_500, FOUR_MINUTES, 1.5, EndReason.PICKED_OTHER),
        (Ending.NEXT, 1_500, FOUR_MINUTES, 60.0, EndReason.SKIPPED),
        (Ending.NEXT, 2_500, FOUR_MINUTES, 2.5, EndReason.SKIPPED),
        (Ending.NEXT, 60_000, None, None, EndReason.SKIPPED),
        (Ending.NEXT, 300_000, None, None, EndReason.FINISHED),
        (Ending.NEXT, 10_000, 0, None, EndReason.SKIPPED),
    ],
)
def test_an_end_is_judged_by_what_was_heard(ending, heard_ms, duration_ms, since_picked_s, reason):
    assert end_reason(ending, heard_ms, duration_ms, since_picked_s) is reason


def kept(reason: EndReason, heard_ms: int) -> PlayEvent:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return PlayEvent(1, at, heard_ms, FOUR_MINUTES, reason, Origin.MANUAL)


@pytest.mark.parametrize(
    ("reason", "heard_ms", "expected"),
    [
        (EndReason.FINISHED, 240_000, Label.LISTENED),
        (EndReason.SKIPPED, 500, Label.SKIPPED),
        (EndReason.PICKED_OTHER, 1_999, Label.NOTHING),
        (EndReason.PICKED_OTHER, 2_000, Label.LEFT),
        (EndReason.STOPPED, 100, Label.NOTHING),
        (EndReason.STOPPED, 60_000, Label.LEFT),
        (EndReason.ERROR, 60_000, Label.NOTHING),
    ],
)
def test_a_label_follows_from_the_kept_event_alone(reason, heard_ms, expected):
    assert label(kept(reason, heard_ms)) is expected


@given(st.integers(0, 10**7), st.none() | st.integers(0, 10**7), st.none() | st.floats(0, 1e6))
def test_an_error_is_never_a_skip_and_a_stop_never_a_verdict(heard_ms, duration_ms, since_s):
    assert end_reason(Ending.ERROR, heard_ms, duration_ms, since_s) is EndReason.ERROR
    stopped = end_reason(Ending.STOPPED, heard_ms, duration_ms, since_s)
    assert stopped in (EndReason.STOPPED, EndReason.FINISHED)


@given(st.integers(0, 1_999))
def test_flicking_through_songs_by_hand_teaches_nothing(heard_ms):
    reason = end_reason(Ending.NEXT, heard_ms, FOUR_MINUTES, since_picked_by_hand_s=1.0)
    assert label(kept(reason, heard_ms)) is Label.NOTHING
