from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.autoplay.fallback import fallback_rows, note_for
from app.library.database import open_database
from app.listening.events import (
    OPINIONS,
    EndReason,
    Feedback,
    FeedbackKind,
    Origin,
    PlayEvent,
)
from app.listening.records import to_ms
from app.listening.store import ListeningStore
from tests.app.listening.conftest import Window, add_tracks

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "segue.db"
    add_tracks(path, 300, artists=40)
    return path


def rows(database: Path, n: int = 20, exclude: frozenset[int] = frozenset()):
    with closing(open_database(database)) as connection:
        return fallback_rows(connection, n, exclude, to_ms(NOW))


def fill(database: Path, plays=(), feedback=()) -> None:
    store = ListeningStore(database, Window().post)
    for number, (track_id, reason) in enumerate(plays):
        at = NOW - timedelta(days=20) + timedelta(minutes=number)
        store.record_play(PlayEvent(track_id, at, 1000, 1000, reason, Origin.QUEUE))
    for track_id, kind in feedback:
        store.record_feedback(Feedback(track_id, kind, NOW))
    assert store.close()


def test_without_any_history_the_list_is_varied_and_says_so(library):
    listed = rows(library)
    assert len({row.track_id for row in listed}) == 20
    assert len({row.track_id % 40 for row in listed}) >= 10
    note = note_for(listed, "The recommender is restarting")
    assert note == "The recommender is restarting; until then: a varied pick from your library."


def test_a_large_library_gives_a_varied_list_too(tmp_path):
    database = tmp_path / "large.db"
    add_tracks(database, 3_000, artists=300)
    listed = rows(database)
    assert len({row.track_id for row in listed}) == 20
    assert len({row.track_id % 300 for row in listed}) >= 15
    with closing(open_database(database)) as connection, connection:
        connection.execute("UPDATE tracks SET available = 0 WHERE track_id <> 1234")
    assert [row.track_id for row in rows(database)] == [1234]


def test_an_empty_library_gives_an_empty_list_with_a_reason(tmp_path):
    listed = rows(tmp_path / "empty.db")
    assert listed == ()
    assert "no songs" in note_for(listed, "The recommender is restarting")


def test_liked_songs_come_first_then_the_most_played(library):
    old = [(i, EndReason.FINISHED) for i in range(200, 260)]
    plays = [(5, EndReason.FINISHED)] * 3 + [(6, EndReason.SKIPPED)] * 3 + old
    fill(library, plays, [(7, FeedbackKind.LIKE)])
    listed = rows(library)
    assert [row.track_id for row in listed[:2]] == [7, 5]
    assert [row.reason for row in listed[:2]] == ["You like it", "Played 3 times lately"]
    assert 6 not in {row.track_id for row in listed}
    assert note_for(listed, "Wait").endswith("your liked and most played songs.")


def test_what_was_played_just_now_is_left_out(library):
    fill(library, [(i, EndReason.FINISHED) for i in range(1, 41)])
    assert not {row.track_id for row in rows(library)} & set(range(1, 41))


def test_in_a_tiny_library_songs_return_rather_than_silence(tmp_path):
    database = tmp_path / "tiny.db"
    add_tracks(database, 4)
    fill(database, [(i, EndReason.FINISHED) for i in (1, 2, 3, 4)], [(2, FeedbackKind.DISLIKE)])
    assert {row.track_id for row in rows(database, exclude=frozenset({4}))} <= {1, 3}
    assert rows(database)


def test_streams_and_missing_files_are_not_predicted(library):
    with closing(open_database(library)) as connection, connection:
        connection.execute("UPDATE tracks SET available = 0 WHERE track_id % 3 = 0")
        connection.execute("UPDATE tracks SET removed = 1 WHERE track_id % 3 = 1")
        connection.execute(
            "UPDATE tracks SET location = 'http://radio/' || track_id"
            " WHERE track_id % 3 = 2 AND track_id > 30"
        )
    assert {row.track_id for row in rows(library)} == {2, 5, 8, 11, 14, 17, 20, 23, 26, 29}


ids = st.integers(1, 12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    plays=st.lists(st.tuples(ids, st.sampled_from(EndReason)), max_size=15),
    feedback=st.lists(st.tuples(ids, st.sampled_from(FeedbackKind)), max_size=15),
    exclude=st.frozensets(ids),
    n=st.integers(0, 14),
)
def test_the_rules_of_the_list_hold(tmp_path_factory, plays, feedback, exclude, n):
    database = tmp_path_factory.mktemp("rules") / "segue.db"
    add_tracks(database, 12, artists=3)
    fill(database, plays, feedback)
    listed = rows(database, n, exclude)
    shown = [row.track_id for row in listed]
    opinions = {track_id: kind for track_id, kind in feedback if kind in OPINIONS}
    unwanted = {track_id for track_id, kind in feedback if kind is FeedbackKind.NOT_NOW}
    unwanted |= {track_id for track_id, kind in opinions.items() if kind is FeedbackKind.DISLIKE}
    assert len(shown) == len(set(shown)) <= n
    assert not set(shown) & (exclude | unwanted)
    assert all(row.reason for row in listed)
    assert [row.score for row in listed] == sorted((row.score for row in listed), reverse=True)
    usable = set(range(1, 13)) - exclude - unwanted
    assert len(shown) >= min(n, len(usable)) - (len(plays) > 0)
