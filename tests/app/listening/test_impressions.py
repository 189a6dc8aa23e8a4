"""What was shown is kept, a bounded while, and read back row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.listening import impressions as kept
from app.listening.events import Feedback, FeedbackKind, Impression
from app.listening.impressions import impressions
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
