from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.autoplay import link
from app.autoplay.choice import LIVE_MODEL
from app.autoplay.questions import Explained
from app.listening.events import EndReason, FeedbackKind
from recommender.api import Tuning
from tests.app.autoplay.conftest import Listener

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 here")


def shown(listener: Listener) -> list[int]:
    return [row.track_id for row in listener.ask().rows]


def test_a_list_comes_and_follows_each_reaction(listen):
    listener = listen()
    first = listener.ask()
    assert [row.track_id for row in first.rows] == [1, 2, 3, 4, 5]
    assert "Goes by tags alone" in first.note
    listener.react(9, FeedbackKind.LIKE)
    listener.react(2, FeedbackKind.DISLIKE)
    listener.play(1, EndReason.SKIPPED)
    assert shown(listener) == [9, 3, 4, 5, 6]
    second = listener.lists[-1]
    assert second.rows[0].reason == "Scored 2"
    assert second.note == ""
    assert second.model_version == "stand-in"
    assert not second.is_fallback


def test_a_forgotten_artist_leaves_the_list_by_itself_and_undo_brings_them_back(listen):
    listener = listen()
    listener.play(5)
    listener.play(6)
    before = listener.ask().rows
    event_id = listener.forget("Artist 0")
    listener.window.run_until(lambda: 5 not in top(listener))
    listener.undo(event_id)
    listener.window.run_until(lambda: listener.lists[-1].rows == before)


def top(listener) -> list[int]:
    return [row.track_id for row in listener.lists[-1].rows[:2]]


def test_undo_restores_the_list_it_was_before(listen):
    listener = listen()
    before = shown(listener)
    event_id = listener.react(3, FeedbackKind.DISLIKE)
    assert 3 not in shown(listener)
    listener.undo(event_id)
    assert shown(listener) == before


def test_a_list_held_another_way_comes_by_itself_and_outlives_the_process(listen):
    listener = listen()
    assert shown(listener) == [1, 2, 3, 4, 5]
    answers = listener.lists[-1].answers
    listener.client.tune(Tuning(discover=1.0))
    listener.window.run_until(lambda: listener.lists[-1].rows[0].track_id == 20)
    assert listener.lists[-1].answers == answers
    first_pid = listener.client.pid
    psutil.Process(first_pid).kill()
    listener.window.run_until(lambda: listener.client.pid not in (None, first_pid))
    assert shown(listener) == [20, 19, 18, 17, 16]
    listener.client.tune(Tuning())
    listener.window.run_until(lambda: listener.lists[-1].rows[0].track_id == 1)


def test_how_the_list_is_held_before_the_model_is_ready_counts_once_it_is(listen):
    listener = listen()
    listener.client.tune(Tuning(discover=1.0))
    assert shown(listener) == [20, 19, 18, 17, 16]


def test_the_real_model_discovers_what_was_never_played(listen):
    listener = listen(LIVE_MODEL)
    listener.ask(timeout_s=60.0)
    for track_id in range(1, 15):
        listener.play(track_id)
    listener.client.tune(Tuning(discover=0.0))
    assert set(shown(listener)[:3]) == {1, 2, 3}
    listener.client.tune(Tuning(discover=1.0))
    listener.window.run_until(lambda: listener.lists[-1].rows[0].track_id > 14)
    assert set(shown(listener)) <= set(range(15, 21))


def test_excluded_and_sounding_tracks_are_left_out(listen):
    listener = listen()
    listener.ask()
    from tests.app.autoplay.conftest import START

    listener.client.started(1, START)
    serial = listener.client.request(3, frozenset({2, 4}))
    listener.window.run_until(lambda: listener.lists[-1].answers == serial)
    assert [row.track_id for row in listener.lists[-1].rows] == [3, 5, 6]


def test_a_plain_list_fills_in_until_the_model_is_ready(listen):
    listener = listen()
    serial = listener.client.request(5)
    listener.window.run_until(lambda: any(not shown.is_fallback for shown in listener.lists))
    plain = listener.lists[0]
    assert plain.is_fallback
    assert plain.answers == serial
    assert plain.note.startswith("The recommender is getting ready; until then:")
    assert len(plain.rows) == 5
    assert listener.statuses[0] == "The recommender is getting ready."
    assert listener.statuses[-1] == ""


def test_without_a_process_the_plain_list_stays(listen):
    listener = listen(spawn=False)
    listener.client.request(5)
    listener.window.run_until(lambda: listener.lists)
    assert "switched off" in listener.lists[0].note
    assert listener.client.pid is None


def test_of_many_requests_only_the_newest_needs_an_answer(listen):
    listener = listen()
    listener.ask()
    for _ in range(500):
        listener.client.request(5)
    last = shown(listener)
    assert last == [1, 2, 3, 4, 5]
    assert len(listener.lists) < 500


def test_why_a_track_is_there_is_told(listen):
    listener = listen()
    listener.ask()
    told: list[Explained] = []
    listener.client.explain(4, lambda *answer: told.append(answer))
    listener.client.explain(4000, lambda *answer: told.append(answer))
    listener.window.run_until(lambda: len(told) == 2)
    assert told[0] == ("Song 4 stands here", [("stand-in", 1.0, "Because")], None)
    assert "does not know this track" in told[1][0]


def test_new_tracks_join_the_list_by_themselves(listen, database):
    listener = listen()
    listener.ask(n=30)
    add_more(database)
    listener.client.catalogue_changed()
    listener.window.run_until(lambda: len(listener.lists[-1].rows) == 25)


def add_more(database) -> None:
    from contextlib import closing

    from app.library.database import open_database

    with closing(open_database(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO tracks (track_id, location, title, added_at_ms) VALUES (?, ?, 'New', 0)",
            [(i, f"/new/{i}") for i in range(21, 26)],
        )


@needs_signals
def test_a_killed_recommender_is_replaced_and_the_list_says_so(listen):
    listener = listen()
    listener.react(7, FeedbackKind.LIKE)
    before = shown(listener)
    os.kill(listener.client.pid, signal.SIGKILL)
    listener.window.run_until(lambda: listener.lists[-1].is_fallback, timeout_s=2)
    plain = listener.lists[-1]
    assert plain.note == (
        "The recommender is restarting; until then: your liked and most played songs."
    )
    assert all(row.reason for row in plain.rows)
    took_s = listener.window.run_until(lambda: not listener.lists[-1].is_fallback, timeout_s=5)
    assert took_s < 5
    assert [row.track_id for row in listener.lists[-1].rows] == before


@pytest.fixture
def saved(listen) -> Path:
    """Checkpoints that a process goes on from, which the stand-in's note then says."""
    listener = listen()
    listener.play(3)
    listener.ask()
    listener.client.close()
    return listener.checkpoints


def test_what_was_saved_is_gone_on_with(listen, saved):
    assert listen(checkpoints=saved).ask().note == "Restored."


def test_a_relearning_asked_for_before_the_process_is_ready_is_done(listen, saved):
    listener = listen(checkpoints=saved)
    listener.client.relearn()
    listener.ask()
    listener.window.run_until(lambda: listener.ask().note == "")


@needs_signals
def test_a_relearning_that_died_with_the_process_is_done_by_the_next_one(listen, saved):
    listener = listen(checkpoints=saved)
    listener.ask()
    pid = listener.client.pid
    os.kill(pid, signal.SIGSTOP)
    listener.client.relearn()
    os.kill(pid, signal.SIGKILL)
    listener.window.run_until(lambda: listener.client.pid not in (None, pid))
    listener.window.run_until(lambda: listener.ask().note == "")


@needs_signals
def test_a_process_that_hangs_is_killed_and_replaced(listen, monkeypatch):
    monkeypatch.setattr(link, "SILENCE_S", 1.5)
    listener = listen()
    listener.ask()
    pid = listener.client.pid
    os.kill(pid, signal.SIGSTOP)
    listener.window.run_until(lambda: listener.lists[-1].is_fallback)
    listener.window.run_until(lambda: not listener.lists[-1].is_fallback)
    assert not psutil.pid_exists(pid)
    assert listener.client.pid != pid


def test_a_recommender_that_cannot_start_is_tried_ever_more_seldom(listen, monkeypatch):
    monkeypatch.setattr(link, "RESTART_S", (0.0, 0.0, 3.0))
    listener = listen("tests.app.autoplay.stand_in:Crashing")
    listener.client.request(5)
    listener.window.run_until(lambda: "keeps stopping" in (listener.statuses or [""])[-1])
    assert "next try is in 3 s" in listener.statuses[-1]
    listener.window.run_until(
        lambda: listener.lists and "keeps stopping" in listener.lists[-1].note
    )
    assert len(listener.lists[-1].rows) == 5


def test_the_process_leaves_when_the_player_closes(listen):
    listener = listen()
    listener.ask()
    pid = listener.client.pid
    began = time.monotonic()
    listener.client.close()
    assert time.monotonic() - began < 3
    assert not psutil.pid_exists(pid)
