from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from app.library.backup import back_up, back_up_if_due, backups
from app.library.database import open_database


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "segue.db"
    with closing(open_database(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO settings VALUES (?, ?)", [(str(n), "x" * 1_000) for n in range(500)]
        )
    return path


def test_only_the_newest_three_backups_are_kept(path):
    made = [back_up(path) for _ in range(5)]
    assert backups(path) == made[:1:-1]


def test_backups_stay_in_order_while_a_second_turns(path, monkeypatch):
    times = iter([1_999_999_990 + 10 * n for n in range(4)])
    monkeypatch.setattr("app.library.backup.time.time_ns", lambda: next(times))
    made = [back_up(path) for _ in range(3)]
    assert backups(path) == made[::-1]


def test_a_backup_holds_what_is_still_in_the_log_of_a_running_program(path):
    with closing(open_database(path)) as running:
        with running:
            running.execute("INSERT INTO settings VALUES ('fresh', '1')")
        copy_path = back_up(path)
    with closing(sqlite3.connect(copy_path)) as copy:
        assert copy.execute("SELECT count(*) FROM settings").fetchone() == (501,)


def test_a_damaged_database_never_replaces_a_good_backup(path):
    good = [back_up(path) for _ in range(3)]
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(20_000))
    assert back_up(path) is None
    assert backups(path) == good[::-1]
    assert [entry.suffix for entry in (path.parent / "backups").iterdir()] == [".db"] * 3


def test_a_backup_is_made_once_a_day(path):
    first = back_up_if_due(path)
    assert first is not None
    assert back_up_if_due(path) is None
    os.utime(first, (0, 0))
    assert back_up_if_due(path) is not None
