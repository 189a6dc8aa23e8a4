from __future__ import annotations

import json
import multiprocessing
import random
import sqlite3
from contextlib import closing, suppress

import pytest

from app.library import scan_process
from app.library.backup import backups
from app.library.library import Library
from app.library.query import TrackQuery
from app.library.scan_request import ScanRequest


def run(music, **options) -> list[dict]:
    """Run the process's entry point here and return its messages."""
    ours, theirs = multiprocessing.Pipe()
    request = ScanRequest(str(music.database), workers=1, **options)
    scan_process.main(theirs, request.to_json())
    theirs.close()
    messages = []
    try:
        while True:
            messages.append(json.loads(ours.recv_bytes()))
    except EOFError:
        return messages


@pytest.fixture(autouse=True)
def keep_the_interrupt_handler(monkeypatch):
    monkeypatch.setattr(scan_process.signal, "signal", lambda *_: None)


def test_a_full_disk_ends_the_scan_in_words_and_keeps_what_was_there(music, monkeypatch):
    music.song("a.mp3", title="Kept")
    music.scan()
    for number in range(150):
        music.song(f"{number}.mp3", title="x" * 250 + str(number), artist="y" * 250)
    ((pages,),) = music.sql("PRAGMA page_count")
    monkeypatch.setattr(scan_process, "_SETTINGS", (f"PRAGMA max_page_count = {pages + 20}",))
    report = run(music)[-1]
    assert "full" in report["error"]
    assert "Kept" in music.titles()
    monkeypatch.undo()
    monkeypatch.setattr(scan_process.signal, "signal", lambda *_: None)
    assert run(music)[-1]["error"] == ""
    assert len(music.titles()) == 151


def test_the_daily_backup_is_made_after_the_scan(music):
    music.song("a.mp3", title="A")
    run(music, add=(str(music.folder),))
    (backup,) = backups(music.database)
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT title FROM tracks").fetchall() == [("A",)]


def test_workers_that_cannot_start_are_reported(music):
    music.song("a.mp3")
    report = run(music, add=(str(music.folder),), read="tests.app.library.nowhere:read")[-1]
    assert "do not start" in report["error"]


def test_after_kills_at_random_moments_a_scan_completes_and_the_index_agrees(music):
    for number in range(240):
        music.song(f"{number}.mp3", title=f"Song number{number}", artist=f"Artist {number % 9}")
    context = multiprocessing.get_context("spawn")
    choose = random.Random(7)
    for _ in range(4):
        ours, theirs = context.Pipe()
        request = ScanRequest(str(music.database), add=(str(music.folder),), workers=1)
        process = context.Process(target=scan_process.main, args=(theirs, request.to_json()))
        process.start()
        theirs.close()
        with suppress(EOFError):
            for _ in range(choose.randint(1, 4)):
                ours.recv_bytes()
        process.kill()
        process.join()
        ours.close()
    music.scan()
    library = music.library()
    assert len(library.track_ids(TrackQuery())) == 240
    for number in (0, 57, 239):
        (found,) = library.page(TrackQuery(text=f"number{number} song"), 0, 9)[:1]
        assert found.title.startswith(f"Song number{number}")
    assert music.sql("PRAGMA integrity_check") == [("ok",)]
    words = "SELECT count(*) FROM track_words WHERE track_words MATCH 'song'"
    assert music.sql(words) == [(240,)]


def test_the_words_of_many_changes_stay_right(music):
    choose = random.Random(3)
    for number in range(12):
        music.song(f"{number}.mp3", hertz=300 + number, title=f"first{number}")
    music.scan()
    for turn in range(3):
        for number in choose.sample(range(12), 4):
            music.song(f"{number}.mp3", hertz=300 + number, title=f"turn{turn}x{'y' * turn}")
        music.scan()
    library: Library = music.library()
    for track in library.page(TrackQuery(), 0, 99):
        same = {t.track_id for t in library.page(TrackQuery(), 0, 99) if t.title == track.title}
        assert set(library.track_ids(TrackQuery(text=f'"{track.title}"'))) == same
