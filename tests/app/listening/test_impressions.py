"""What was shown is kept, a bounded while, and read back row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.listening import impressions as kept
from app.listening.events import (
    EndReason,
    Feedback,
    FeedbackKind,
    Impression,
    Origin,
    PlayEvent,
)
from app.listening.impressions import Followed, followed, impressions
from app.listening.records import to_ms

NOON = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


def shown(minute: float = 0, rows: int = 3) -> list[Impression]:
    at = NOON + timedelta(minutes=minute)
    return [Impression(at, row, 1 + row, 5.0 - row, 0.5**row, "live-2") for row in range(rows)]


def test_a_shown_list_is_read_back_with_its_places_scores_and_chances(store, connection):
    store.record_impressions(shown())
    store.record_impressions(shown(1))
    assert store.flush()
    assert list(impressions(connection)) == shown() + shown(1)
    assert list(impressions(connection, to_ms(NOON))) == shown(1)


def test_lists_are_written_along_with_the_next_event(store, window, connection):
    saved: list[object] = []
    store.record_impressions(shown())
    store.record_feedback(Feedback(1, FeedbackKind.LIKE, NOON), saved.append)
    window.run_until(lambda: saved)
    assert list(impressions(connection)) == shown()


def test_lists_alone_are_written_before_many_wait(store, window, connection):
    for minute in range(20):
        store.record_impressions(shown(minute))
    window.run_until(lambda: len(list(impressions(connection))) == 60)


def test_nothing_shown_is_lost_at_a_quit(store, connection):
    store.record_impressions(shown())
    assert store.close()
    assert list(impressions(connection)) == shown()


def test_of_many_lists_the_latest_are_kept_whole(store, connection, monkeypatch):
    monkeypatch.setattr(kept, "MOST_ROWS", 9)
    monkeypatch.setattr(kept, "PRUNE_EVERY", 1)
    for minute in range(6):
        store.record_impressions(shown(minute))
    assert store.flush()
    assert list(impressions(connection)) == shown(3) + shown(4) + shown(5)


def test_lists_of_half_a_year_ago_are_dropped(store, connection, monkeypatch):
    monkeypatch.setattr(kept, "PRUNE_EVERY", 1)
    store.record_impressions(shown())
    half_a_year_min = 181 * 24 * 60
    store.record_impressions(shown(half_a_year_min))
    assert store.flush()
    assert list(impressions(connection)) == shown(half_a_year_min)


def play(
    minute: float,
    track_id: int,
    reason: EndReason = EndReason.FINISHED,
    origin: Origin = Origin.PREDICTED,
    heard_ms: int = 30_000,
) -> PlayEvent:
    at = NOON + timedelta(minutes=minute)
    return PlayEvent(track_id, at, heard_ms, 200_000, reason, origin)


def listened(store, connection, *events) -> list[tuple[int, int | None, str]]:
    """Minute of the list, row that was chosen, outcome."""
    for event in events:
        if isinstance(event, PlayEvent):
            store.record_play(event)
        elif isinstance(event, Feedback):
            store.record_feedback(event)
        else:
            store.record_impressions(event)
    assert store.flush()
    return [
        ((each.shown_at_ms - to_ms(NOON)) // 60_000, each.chosen, each.outcome)
        for each in followed(connection)
    ]


def test_a_list_is_followed_by_the_play_after_it(store, connection):
    listened(store, connection, shown(), play(1, 2))
    rows = (("Artist 1", "Song 1", 1.0), ("Artist 2", "Song 2", 0.5), ("Artist 3", "Song 3", 0.25))
    assert list(followed(connection)) == [Followed(to_ms(NOON), rows, 1, "finished")]


def test_of_lists_in_a_row_the_last_one_before_the_play_counts_and_once_only(store, connection):
    found = listened(store, connection, shown(0), shown(1), play(2, 1), play(3, 2), shown(4))
    assert found == [(1, 0, "finished")]


def test_a_song_from_elsewhere_is_no_row_of_the_list(store, connection):
    assert listened(store, connection, shown(), play(1, 9, EndReason.SKIPPED)) == [
        (0, None, "skipped")
    ]


def test_songs_of_the_queue_are_no_choice_from_the_list(store, connection):
    queued = play(1, 1, origin=Origin.QUEUE)
    assert listened(store, connection, shown(), queued, play(2, 3)) == [(0, 2, "finished")]


def test_a_like_during_the_play_is_its_outcome_and_a_later_one_is_not(store, connection):
    likes = [Feedback(1, FeedbackKind.LIKE, NOON + timedelta(minutes=m)) for m in (1.5, 9)]
    found = listened(store, connection, shown(), play(1, 1), likes[0], shown(2), play(3, 2),
                     shown(4), play(5, 1), play(6, 2), likes[1])  # fmt: skip
    assert found == [(0, 0, "liked"), (2, 1, "finished"), (4, 0, "finished")]


@pytest.mark.parametrize(
    ("reason", "heard_ms"),
    [(EndReason.ERROR, 0), (EndReason.STOPPED, 50_000), (EndReason.PICKED_OTHER, 1_500)],
)
def test_what_broke_or_was_only_looked_at_leaves_the_choice_open(
    store, connection, reason, heard_ms
):
    found = listened(store, connection, shown(), play(1, 1, reason, heard_ms=heard_ms), play(2, 2))
    assert found == [(0, 1, "finished")]


def test_who_leaves_a_song_for_another_one_has_skipped_it(store, connection):
    other = play(1, 1, EndReason.PICKED_OTHER)
    assert listened(store, connection, shown(), other) == [(0, 0, "skipped")]
