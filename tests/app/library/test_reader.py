from __future__ import annotations

import queue
import sqlite3
import threading
from contextlib import closing

import pytest

from app.library.database import open_database
from app.library.errors import LibraryError
from app.library.query import TrackQuery
from app.library.reader import Reader
from tests.app.library.rows import Song, add_songs

SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
    " SELECT count(*) FROM n"
)


@pytest.fixture
def posted():
    return queue.SimpleQueue()


@pytest.fixture
def reader(tmp_path, posted):
    with closing(open_database(tmp_path / "segue.db")) as connection:
        add_songs(connection, [Song("one"), Song("two")])
    reader = Reader(tmp_path / "segue.db", posted.put)
    yield reader
    reader.close()


def test_an_answer_is_delivered_through_post(reader, posted):
    answers = []
    reader.ask(lambda library: library.totals(TrackQuery()).track_count, answers.append, "count")
    deliver = posted.get(timeout=10)
    assert answers == []
    deliver()
    assert answers == [2]


def test_only_the_latest_ask_of_a_channel_is_answered(reader, posted):
    begun, go_on = threading.Event(), threading.Event()
    answers = []

    def hold(_library):
        begun.set()
        go_on.wait(10)

    reader.ask(hold, answers.append, "other")
    assert begun.wait(10)
    for number in range(5):
        reader.ask(lambda _library, number=number: number, answers.append, "search")
    reader.ask(lambda _library: "end", answers.append, "end")
    go_on.set()
    while "end" not in answers:
        posted.get(timeout=10)()
    assert answers == [None, 4, "end"]


def test_a_long_query_is_interrupted_by_the_next_of_its_channel(reader, posted):
    begun = threading.Event()
    answers = []

    def slow(library):
        begun.set()
        return library._connection.execute(SLOW).fetchone()

    reader.ask(slow, answers.append, "search", fail=answers.append)
    assert begun.wait(10)
    while not answers:
        reader.ask(lambda _library: "quick", answers.append, "search")
        try:
            posted.get(timeout=1)()
        except queue.Empty:
            continue
    assert answers == ["quick"]


def test_an_answer_that_was_replaced_before_delivery_is_dropped(reader, posted):
    answers = []
    reader.ask(lambda _library: "first", answers.append, "search")
    late = posted.get(timeout=10)
    reader.ask(lambda _library: "second", answers.append, "search")
    posted.get(timeout=10)()
    late()
    assert answers == ["second"]


def test_an_error_is_told_and_the_next_ask_works(reader, posted):
    failures, answers = [], []

    def broken(_library):
        raise sqlite3.OperationalError("database or disk is full")

    reader.ask(broken, answers.append, "a", fail=failures.append)
    posted.get(timeout=10)()
    assert isinstance(failures[0], LibraryError)
    assert "full" in str(failures[0])
    reader.ask(lambda library: len(library.track_ids(TrackQuery())), answers.append, "a")
    posted.get(timeout=10)()
    assert answers == [2]


def test_a_database_that_cannot_be_opened_is_told_in_words(tmp_path, posted):
    (tmp_path / "bad.db").write_bytes(b"bad" * 100)
    reader = Reader(tmp_path / "bad.db", posted.put)
    failures = []
    reader.ask(lambda library: library, failures.append, "a", fail=failures.append)
    posted.get(timeout=10)()
    assert "damaged" in str(failures[0])
    reader.close()


def test_a_closed_reader_ends_its_thread_even_in_a_long_query(tmp_path, posted):
    reader = Reader(tmp_path / "segue.db", posted.put)
    begun = threading.Event()

    def slow(library):
        begun.set()
        return library._connection.execute(SLOW).fetchone()

    reader.ask(slow, lambda _: None, "a")
    assert begun.wait(10)
    while reader._thread.is_alive():
        reader.close()
    reader.ask(slow, lambda _: None, "a")
    assert posted.empty()
