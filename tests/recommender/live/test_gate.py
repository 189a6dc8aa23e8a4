"""Which plays a training is judged by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recommender.api import EndReason, Play
from recommender.live.gate import FEWEST, MOST, WEEK_S, foretold, split_for_gate
from tests.recommender.listening import NOON_S, library, play

HOUR_S = 3_600.0


def hourly(count: int, gap_h: float = 1.0) -> list[Play]:
    return [
        Play(turn + 1, turn % 30 + 1, NOON_S + turn * gap_h * HOUR_S, 200_000, EndReason.FINISHED)
        for turn in range(count)
    ]


def judged(events: list[Play], learnt_to: int = 0) -> list[int]:
    split = split_for_gate(events, learnt_to)
    return [] if split is None else [event.event_id for event in split.judged]


def test_the_latest_week_is_judged() -> None:
    assert judged(hourly(1_000)) == list(range(1_000 - 168 + 1, 1_001))


def test_a_quiet_week_judges_the_latest_200_plays_instead() -> None:
    assert len(judged(hourly(1_000, gap_h=12))) == 200


def test_a_loud_week_judges_a_thousand() -> None:
    assert len(judged(hourly(5_000, gap_h=0.02))) == MOST


def test_half_of_the_plays_are_left_to_learn_from() -> None:
    assert len(judged(hourly(120))) == 60


def test_nothing_is_judged_that_the_version_in_use_has_learnt_from() -> None:
    assert judged(hourly(1_000), learnt_to=900) == list(range(951, 1_001))


def test_a_version_in_use_from_before_the_week_is_judged_by_the_whole_week() -> None:
    assert len(judged(hourly(1_000), learnt_to=700)) == 168


def test_too_little_that_is_new_is_not_judged() -> None:
    assert judged(hourly(1_000), learnt_to=1_000 - 2 * FEWEST + 1) == []
    assert judged([]) == []


@given(st.integers(0, 400), st.floats(0.01, 48), st.integers(0, 400))
def test_judged_plays_are_the_latest_and_new_to_both(
    count: int, gap_h: float, learnt_to: int
) -> None:
    events = hourly(count, gap_h)
    split = split_for_gate(events, learnt_to)
    if split is None:
        return
    assert [*split.before, *split.judged] == events
    assert FEWEST <= len(split.judged) <= min(MOST, len(split.before))
    assert all(event.event_id > learnt_to for event in split.judged)
    assert len(split.judged) <= 200 or split.judged[0].at_s > events[-1].at_s - WEEK_S


def test_skipped_plays_are_no_targets() -> None:
    events = hourly(200)
    events[-1] = play(200, 3, 60 * 200, EndReason.SKIPPED)
    split = split_for_gate(events)
    assert split is not None
    figures = foretold(library(30), split, None, lambda share: None)
    assert figures.plays == len(split.judged) - 1
    assert figures.mrr > 0.1
