from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.library.database import open_database
from app.listening import history
from app.listening.events import (
    OPINIONS,
    Correction,
    EndReason,
    Feedback,
    FeedbackKind,
    Forgotten,
    Origin,
    PlayEvent,
    Recorded,
    Scope,
    Undone,
)
from app.listening.store import ListeningStore
from tests.app.listening.conftest import Window, add_tracks

NOON = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


def play(track_id: int, minute: float = 0, reason: EndReason = EndReason.FINISHED) -> PlayEvent:
    at = NOON + timedelta(minutes=minute)
    return PlayEvent(track_id, at, 180_000, 180_000, reason, Origin.PREDICTED, 3, "v1", 0.5)


def opinions(connection: sqlite3.Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT track_id, kind FROM opinions").fetchall())


def test_a_play_is_read_back_as_it_was_recorded(store, window, connection):
    saved: list[Recorded] = []
    store.record_play(play(3), saved.append)
    window.run_until(lambda: saved)
    assert saved == [Recorded(1, play(3))]
    assert list(history.events(connection)) == saved


def test_saved_is_called_only_after_the_commit(store, window, database):
    seen: list[int] = []

    def look(recorded: Recorded) -> None:
        with closing(open_database(database)) as other:
            seen.append(history.last_event_id(other))

    store.record_feedback(Feedback(1, FeedbackKind.LIKE, NOON), look)
    window.run_until(lambda: seen)
    assert seen == [1]


def test_the_same_listening_reported_twice_is_one_play(store, window, connection):
    saved: list[Recorded] = []
    store.record_play(play(3), saved.append)
    store.record_play(play(3), saved.append)
    window.run_until(lambda: len(saved) == 2)
    assert [item.event_id for item in saved] == [1, 1]
    assert len(list(history.events(connection))) == 1


def test_a_play_that_goes_on_after_an_undone_skip_is_kept(store, connection):
    store.record_play(play(3, reason=EndReason.SKIPPED))
    store.undo(1)
    store.record_play(play(3))
    assert store.flush()
    assert list(history.events(connection)) == [Recorded(3, play(3))]


def test_a_clock_that_goes_back_leaves_the_order_alone(store, connection):
    for track_id, minute in ((1, 0), (2, -600), (3, -1200)):
        store.record_play(play(track_id, minute))
    assert store.flush()
    assert [item.event.track_id for item in history.events(connection)] == [1, 2, 3]
    assert history.recently_played(connection, 2) == [3, 2]


def test_an_undo_brings_back_the_opinion_from_before(store, window, connection):
    saved: list[Recorded] = []
    undone: list[Undone] = []
    store.record_feedback(Feedback(1, FeedbackKind.LIKE, NOON), saved.append)
    store.record_feedback(Feedback(1, FeedbackKind.DISLIKE, NOON), saved.append)
    window.run_until(lambda: len(saved) == 2)
    assert opinions(connection) == {1: "dislike"}
    store.undo(saved[1].event_id, undone.append)
    window.run_until(lambda: undone)
    assert undone[0].opinion is FeedbackKind.LIKE
    assert undone[0].undone == saved[1]
    assert opinions(connection) == {1: "like"}
    store.undo(saved[0].event_id, undone.append)
    window.run_until(lambda: len(undone) == 2)
    assert undone[1].opinion is None
    assert opinions(connection) == {}


SAID = (
    Feedback(1, FeedbackKind.MORE, NOON),
    Feedback(1, FeedbackKind.LESS, NOON),
    Feedback(2, FeedbackKind.NOT_NOW, NOON),
    Correction(Scope.ARTIST, "Artist 3", -0.5, NOON),
    Correction(Scope.SONG, "7", 1.0, NOON),
    Forgotten(Scope.GENRE, "Trip Hop", NOON),
)


def test_all_that_can_be_said_is_read_back_as_it_was_said(store, connection):
    for said in SAID:
        store.record_feedback(said)
    assert store.flush()
    assert [item.event for item in history.events(connection)] == list(SAID)


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
def test_whatever_was_said_is_taken_back_by_an_undo_that_deletes_nothing(
    store, window, connection, said
):
    undone: list[Undone] = []
    store.record_feedback(Feedback(1, FeedbackKind.LIKE, NOON))
    store.record_feedback(said)
    store.undo(2, undone.append)
    window.run_until(lambda: undone)
    assert undone[0].undone == Recorded(2, said)
    assert [item.event_id for item in history.events(connection)] == [1]
    assert history.last_event_id(connection) == 3


def test_what_is_said_of_the_moment_leaves_opinions_alone(store, connection):
    store.record_feedback(Feedback(1, FeedbackKind.LIKE, NOON))
    for kind in (FeedbackKind.MORE, FeedbackKind.LESS, FeedbackKind.NOT_NOW):
        store.record_feedback(Feedback(1, kind, NOON))
    assert store.flush()
    assert opinions(connection) == {1: "like"}


def test_an_undo_deletes_nothing(store, connection):
    store.record_feedback(Feedback(1, FeedbackKind.LIKE, NOON))
    store.undo(1)
    assert store.flush()
    kinds = connection.execute("SELECT kind, undoes FROM events ORDER BY event_id").fetchall()
    assert kinds == [("like", None), ("undo", 1)]
    assert list(history.events(connection)) == []
    assert history.undone(connection) == {1}


@pytest.mark.parametrize("event_id", [1, 2, 77])
def test_undoing_twice_or_nothing_is_refused_in_words(store, window, connection, event_id):
    refused: list[str] = []
    store.record_feedback(Feedback(1, FeedbackKind.LIKE, NOON))
    store.undo(1)
    store.undo(event_id, refused=refused.append)
    window.run_until(lambda: refused)
    assert "undo" in refused[0]
    assert history.last_event_id(connection) == 2


def test_an_event_the_library_does_not_take_holds_up_no_other(store, window, connection):
    saved: list[Recorded] = []
    store.record_play(play(999), saved.append)
    store.record_play(play(2**70), saved.append)
    store.record_play(play(2), saved.append)
    window.run_until(lambda: saved)
    assert [item.event.track_id for item in saved] == [2]


def test_a_time_without_a_zone_is_refused_at_once(store):
    with pytest.raises(ValueError, match="zone"):
        store.record_feedback(Feedback(1, FeedbackKind.LIKE, datetime(2026, 5, 1)))


def test_a_locked_database_delays_events_and_loses_none(database, window, monkeypatch):
    monkeypatch.setattr("app.library.database.BUSY_TIMEOUT_MS", 50)
    store = ListeningStore(database, window.post)
    failures: list[str] = []
    recoveries: list[bool] = []
    saved: list[int] = []
    store.failed.connect(failures.append)
    store.recovered.connect(lambda: recoveries.append(True))
    with closing(open_database(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        for track_id in range(1, 11):
            store.record_play(play(track_id), lambda item: saved.append(item.event.track_id))
        window.run_until(lambda: failures)
        assert not saved
        other.execute("ROLLBACK")
    window.run_until(lambda: len(saved) == 10)
    assert saved == list(range(1, 11))
    assert len(failures) == 1
    assert "kept in memory" in failures[0]
    assert recoveries == [True]
    assert store.close()


def test_close_writes_what_is_left(database, window, connection):
    store = ListeningStore(database, window.post)
    for minute in range(700):
        store.record_play(play(1 + minute % 12, minute))
    assert store.close()
    assert len(list(history.events(connection))) == 700
    with pytest.raises(RuntimeError, match="closed"):
        store.record_play(play(1))


def test_plays_are_counted_without_errors_and_undone_ones(store, connection):
    store.record_play(play(1, 0))
    store.record_play(play(1, 5))
    store.record_play(play(1, 9))
    store.record_play(play(2, 20, EndReason.ERROR))
    store.undo(3)
    assert store.flush()
    counted = history.plays_by_track(connection)
    assert counted == {1: history.TrackPlays(2, NOON + timedelta(minutes=5))}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(FeedbackKind), st.integers(1, 3)),
        st.tuples(st.just("undo"), st.integers(1, 25)),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_opinions_are_the_fold_of_what_was_not_undone(tmp_path_factory, steps):
    database: Path = tmp_path_factory.mktemp("fold") / "segue.db"
    add_tracks(database, 3)
    store = ListeningStore(database, Window().post)
    log: list[tuple[FeedbackKind, int] | None] = []
    for step, number in steps:
        if step != "undo":
            store.record_feedback(Feedback(number, step, NOON))
            log.append((step, number))
            continue
        store.undo(number)
        if number <= len(log) and log[number - 1] is not None:
            log[number - 1] = None
            log.append(None)
    assert store.close()
    expected: dict[int, str] = {}
    for kind, track_id in filter(None, log):
        if kind in OPINIONS:
            expected[track_id] = kind.value
    expected = {track_id: kind for track_id, kind in expected.items() if kind != "clear"}
    with closing(open_database(database)) as connection:
        assert opinions(connection) == expected
