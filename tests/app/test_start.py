"""Starting the program: refusals in words, one window, the session of the last run."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from app.library.database import open_database


def wait_for(done: Callable[[], object], timeout_s: float = 20.0) -> None:
    until = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < until, "what the test waits for did not come"
        time.sleep(0.05)


def session_text(home: Path) -> str:
    database = home / "data" / "segue.db"
    if not database.exists():
        return ""
    with closing(open_database(database)) as connection:
        row = connection.execute("SELECT value FROM session WHERE key = 'state'").fetchone()
    return row[0] if row else ""


def test_a_database_from_a_newer_version_is_refused_in_words_and_not_touched(start, home):
    database = home / "data" / "segue.db"
    database.parent.mkdir(parents=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE future (x)")
        connection.execute("PRAGMA user_version = 999")
    before = database.read_bytes()
    player = start("--silent")
    _, words = player.communicate(timeout=30)
    assert player.returncode == 1
    assert "newer Segue" in words
    assert database.read_bytes() == before


def test_a_second_start_hands_its_file_to_the_first_and_ends(start, home, music):
    first = start("--silent")
    wait_for(lambda: (home / "data" / "segue.db").exists())
    second = start("--silent", str(music / "00.flac"))
    assert second.wait(timeout=20) == 0
    wait_for(lambda: '"track_id":1' in session_text(home))
    assert first.poll() is None


def test_the_song_of_the_last_run_is_there_at_the_next_start(start, home, music):
    player = start("--silent", str(music / "01.ogg"))
    wait_for(lambda: '"track_id":1' in session_text(home))
    player.kill()
    player.wait()
    again = start("--silent", "--report-start")
    _, errors = again.communicate(timeout=30)
    assert again.returncode == 0, errors
    assert '"track_id":1' in session_text(home)


def test_a_chosen_model_that_is_gone_gives_way_and_is_told(start, home, tmp_path):
    database = home / "data" / "segue.db"
    database.parent.mkdir(parents=True)
    with closing(open_database(database)) as connection, connection:
        connection.execute("INSERT INTO settings VALUES ('model', 'trained')")
        connection.execute("INSERT INTO settings VALUES ('model_folder', ?)", (str(tmp_path),))
    player = start("--silent")
    wait_for(lambda: (home / "data" / "segue.log").exists())
    wait_for(lambda: "no complete model" in (home / "data" / "segue.log").read_text(), 60)
    assert player.poll() is None


def test_a_file_that_is_no_audio_is_told_in_words_and_the_player_goes_on(start, home, tmp_path):
    hostile = tmp_path / "noise.mp3"
    hostile.write_bytes(b"")
    player = start("--silent", str(hostile))
    wait_for(lambda: (home / "data" / "segue.log").exists())
    wait_for(lambda: "noise.mp3" in (home / "data" / "segue.log").read_text())
    assert player.poll() is None
