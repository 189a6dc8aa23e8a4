from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.library.database import open_database
from app.listening import session
from app.listening.events import Origin, QueueEntry, SessionState
from app.listening.store import ListeningStore

FULL = SessionState(
    track_id=4,
    position_ms=61_250,
    origin=Origin.QUEUE,
    queue=(QueueEntry(7, 2), QueueEntry(8, 2), QueueEntry(9, 5)),
    history=(3, 2, 1),
    volume=35,
    muted=True,
    repeat="all",
    shuffle=True,
    extra={"stream": "none"},
)


def put(database, key: str, value: str) -> None:
    with closing(open_database(database)) as connection, connection:
        connection.execute("INSERT OR REPLACE INTO session VALUES (?, ?)", (key, value))


def test_the_whole_session_comes_back(store, database, window):
    store.save_session(FULL)
    assert store.close()
    assert ListeningStore(database, window.post).load_session() == FULL


def test_there_is_no_session_before_the_first(store):
    assert store.load_session() is None


def test_only_the_newest_of_many_sessions_is_kept(store):
    for position_ms in range(0, 50_000, 10):
        store.save_session(replace(FULL, position_ms=position_ms))
    assert store.flush()
    assert store.load_session() == replace(FULL, position_ms=49_990)


def test_each_saved_session_is_reported_even_if_a_newer_one_took_its_place(store, window):
    saved: list[int] = []
    for number in range(30):
        queue = (QueueEntry(number, 1),)
        store.save_session(replace(FULL, queue=queue), lambda number=number: saved.append(number))
    window.run_until(lambda: len(saved) == 30)
    assert saved == list(range(30))


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '{"version":2,"queue":[]}', '{"version":1}', "\x00\x01", "9" * 5000],
)
def test_a_damaged_session_is_set_aside_and_the_player_starts(store, database, text):
    put(database, session.STATE_KEY, text)
    assert store.load_session() is None
    store.save_session(FULL)
    assert store.flush()
    assert store.load_session() == FULL
    with closing(open_database(database)) as connection:
        kept = connection.execute("SELECT value FROM session WHERE key LIKE 'state-unreadable%'")
        assert kept.fetchall() == [(text,)]


@pytest.mark.parametrize(
    "tick", ["", "{}", '{"version":1,"track_id":5,"position_ms":3,"extra":{}}', "[1]"]
)
def test_a_damaged_or_foreign_position_costs_the_position_only(store, database, tick):
    store.save_session(FULL)
    assert store.flush()
    put(database, session.TICK_KEY, tick)
    assert store.load_session() == replace(FULL, position_ms=0, extra={})


def test_the_listening_under_way_goes_on_after_a_restore(store):
    began = datetime(2026, 5, 1, 12, 0, 0, 123_000, tzinfo=UTC)
    store.save_session(session.with_progress(FULL, began, 61_000))
    assert store.flush()
    restored = store.load_session()
    assert session.progress(restored) == (began, 61_000)
    assert session.progress(FULL) is None


def test_a_position_does_not_write_the_queue_again(store, database):
    store.save_session(FULL)
    assert store.flush()
    put(database, session.STATE_KEY, "untouched")
    store.save_session(replace(FULL, position_ms=62_000, extra={"a": "b"}))
    assert store.flush()
    with closing(open_database(database)) as connection:
        values = dict(connection.execute("SELECT key, value FROM session"))
    assert values[session.STATE_KEY] == "untouched"
    assert "62000" in values[session.TICK_KEY]


numbers = st.integers(-(2**62), 2**62)
states = st.builds(
    SessionState,
    track_id=st.none() | numbers,
    position_ms=st.integers(0, 10**9),
    queue=st.lists(st.builds(QueueEntry, numbers, numbers), max_size=4).map(tuple),
    history=st.lists(numbers, max_size=4).map(tuple),
    volume=st.integers(0, 100),
)


@given(states)
def test_any_session_survives_its_text(state):
    assert session.decode(session.encode_state(state), session.encode_tick(state)) == state


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str))
def test_no_text_breaks_the_reader(text):
    with pytest.raises(session.UnreadableSessionError):
        session.decode(text, text)
