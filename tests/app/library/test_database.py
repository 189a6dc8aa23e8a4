from __future__ import annotations

import os
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest

from app.library import database, migrations
from app.library.backup import backups
from app.library.database import open_database, statements
from app.library.errors import (
    DamagedDatabaseError,
    FullDiskError,
    LibraryError,
    NewerDatabaseError,
    UnwritableDatabaseError,
    explain,
)
from app.listening import history

NEXT = migrations.SCHEMA_VERSION + 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "folder" / "segue.db"


def test_a_new_database_has_the_schema_and_is_ready_for_several_writers(path):
    with closing(open_database(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (migrations.SCHEMA_VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM tracks").fetchone() == (0,)


def test_an_up_to_date_database_opens_without_the_migration_library(path):
    import subprocess

    open_database(path).close()
    code = (
        "import sys; from pathlib import Path; from app.library.database import open_database;"
        "from app.library.library import Library; from app.library.scans import ScanRunner;"
        "open_database(Path(sys.argv[1])).close();"
        "print(sorted({'sqlite_utils', 'mutagen', 'tinytag', 'PIL', 'watchdog', 'numpy'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_with_block_is_a_transaction(path):
    with closing(open_database(path)) as one, closing(open_database(path)) as other:
        with suppress(ZeroDivisionError), one:
            one.execute("INSERT INTO settings VALUES ('a', '1')")
            raise ZeroDivisionError
        with one:
            one.execute("INSERT INTO settings VALUES ('b', '1')")
            assert other.execute("SELECT key FROM settings").fetchall() == []
        assert other.execute("SELECT key FROM settings").fetchall() == [("b",)]


def test_a_read_only_connection_cannot_write(path):
    with closing(open_database(path, read_only=True)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("INSERT INTO settings VALUES ('a', '1')")
        assert connection.execute("SELECT * FROM settings").fetchall() == []


def test_a_database_from_a_newer_version_is_refused_and_not_touched(path):
    open_database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA user_version = {migrations.SCHEMA_VERSION + 1}")
    before, entries = path.read_bytes(), sorted(path.parent.iterdir())
    for read_only in (False, True):
        with pytest.raises(NewerDatabaseError, match="newer Segue"):
            open_database(path, read_only=read_only)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == entries


def test_a_newer_version_that_is_still_in_the_log_is_refused_too(path):
    with closing(open_database(path)) as running:
        running.execute(f"PRAGMA user_version = {migrations.SCHEMA_VERSION + 1}")
        before = path.read_bytes()
        with pytest.raises(NewerDatabaseError):
            open_database(path)
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database " * 400, b"SQLite format 3\0", b"\0" * 4096], ids=lambda b: b[:6]
)
def test_a_damaged_file_is_refused_with_words_and_not_touched(path, content):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(DamagedDatabaseError, match="damaged"):
        open_database(path)
    assert path.read_bytes() == content


def test_a_database_can_be_opened_while_another_connection_copies_its_log_back(path):
    def grow():
        with closing(open_database(path)) as connection:
            for number in range(60):
                with connection:
                    connection.execute(
                        "INSERT INTO settings VALUES (?, ?)", (str(number), "x" * 200_000)
                    )
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    open_database(path).close()
    with ThreadPoolExecutor(1) as threads:
        growing = threads.submit(grow)
        while not growing.done():
            open_database(path).close()
        growing.result()


def test_an_empty_file_becomes_a_database(path):
    path.parent.mkdir(parents=True)
    path.touch()
    open_database(path).close()
    assert path.stat().st_size > 0


def test_a_folder_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableDatabaseError, match="SEGUE_HOME"):
        open_database(tmp_path / "file" / "segue.db")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_explained(tmp_path):
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(UnwritableDatabaseError, match="writable"):
        open_database(tmp_path / "shut" / "segue.db")


def test_a_full_disk_is_explained_and_loses_nothing_saved(path):
    with closing(open_database(path)) as connection:
        with connection:
            connection.execute("INSERT INTO settings VALUES ('kept', '1')")
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(sqlite3.OperationalError) as caught, connection:
            connection.execute("INSERT INTO settings VALUES ('big', ?)", ("x" * 100_000,))
        words = explain(caught.value, path)
        assert isinstance(words, FullDiskError)
        assert "Free some space" in str(words)
    with closing(open_database(path)) as connection:
        assert connection.execute("SELECT key FROM settings").fetchall() == [("kept",)]


def test_an_older_database_is_backed_up_and_brought_up_to_date(path, monkeypatch):
    with closing(open_database(path)) as connection, connection:
        connection.execute("INSERT INTO settings VALUES ('kept', '1')")
    monkeypatch.setattr(database, "SCHEMA_VERSION", NEXT)
    step = "CREATE TABLE later (a); INSERT INTO later VALUES (1);"
    monkeypatch.setattr(database, "STEPS", {**migrations.STEPS, NEXT: step})
    with closing(open_database(path)) as connection:
        assert connection.execute("SELECT a FROM later").fetchall() == [(1,)]
        assert connection.execute("SELECT key FROM settings").fetchall() == [("kept",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (NEXT,)
    (backup,) = backups(path, f"version-{NEXT - 1}")
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (NEXT - 1,)
        assert copy.execute("SELECT key FROM settings").fetchall() == [("kept",)]


def first_version(path, monkeypatch):
    """A database as the first release left it: plays, likes and undos of them."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "SCHEMA_VERSION", 1)
        patch.setattr(database, "STEPS", {1: migrations.STEPS[1]})
        with closing(open_database(path)) as connection, connection:
            connection.execute(
                "INSERT INTO tracks (track_id, location, title, added_at_ms)"
                " VALUES (1, '/1', 'One', 0), (2, '/2', 'Two', 0)"
            )
            connection.executescript("""
                INSERT INTO events (kind, track_id, at_ms, heard_ms, duration_ms, end_reason,
                    origin, list_position, model_version, score)
                    VALUES ('play', 1, 1000, 9, 10, 'finished', 'predicted', 3, 'live-2', 0.5);
                INSERT INTO events (kind, track_id, at_ms) VALUES ('like', 1, 2000);
                INSERT INTO events (kind, track_id, at_ms) VALUES ('dislike', 2, 3000);
                INSERT INTO events (kind, track_id, at_ms, undoes) VALUES ('undo', 2, 4000, 3);
                INSERT INTO events (kind, track_id, at_ms, undoes) VALUES ('undo', 1, 5000, 1);
                INSERT INTO opinions VALUES (1, 'like', 2000);
            """)


def test_a_database_of_the_first_version_loses_no_play_no_like_and_no_undo(path, monkeypatch):
    columns = (
        "event_id, kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin,"
        " list_position, model_version, score, undoes"
    )
    first_version(path, monkeypatch)
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute(f"SELECT {columns} FROM events").fetchall()
    with closing(open_database(path)) as connection:
        assert connection.execute(f"SELECT {columns} FROM events").fetchall() == before
        assert connection.execute("SELECT * FROM opinions").fetchall() == [(1, "like", 2000)]
        assert [item.event_id for item in history.events(connection)] == [2]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_after_the_step_numbers_go_on_and_an_undo_still_needs_its_event(path, monkeypatch):
    first_version(path, monkeypatch)
    with closing(open_database(path)) as connection, connection:
        connection.execute(
            "INSERT INTO events (kind, at_ms, scope, name, value)"
            " VALUES ('correct', 6000, 'artist', 'Nobody', -1)"
        )
        assert history.last_event_id(connection) == 6
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO events (kind, at_ms, undoes) VALUES ('undo', 7, 99)")


def test_a_step_that_fails_changes_nothing(path, monkeypatch):
    open_database(path).close()
    monkeypatch.setattr(database, "SCHEMA_VERSION", NEXT)
    step = "CREATE TABLE later (a);\nINSERT INTO nowhere VALUES (1);"
    monkeypatch.setattr(database, "STEPS", {**migrations.STEPS, NEXT: step})
    with pytest.raises(LibraryError):
        open_database(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (NEXT - 1,)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'later'")
        assert tables.fetchall() == []


def test_two_starts_at_once_make_one_database(path):
    errors = []

    def start() -> None:
        try:
            open_database(path).close()
        except LibraryError as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_script_is_cut_into_statements_and_triggers_stay_whole():
    trigger = "CREATE TRIGGER c AFTER INSERT ON a BEGIN\n DELETE FROM a; -- all; really\nEND;"
    script = f"CREATE TABLE a (b); {trigger}\n"
    assert list(statements(script)) == ["CREATE TABLE a (b);", trigger]
    with pytest.raises(LibraryError):
        list(statements("CREATE TABLE"))
