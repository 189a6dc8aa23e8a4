"""What the model believes, asked of the real process."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from app.autoplay.choice import LIVE_MODEL
from recommender.api import Taste


def asked(listener) -> list[Taste | None]:
    """The answer, in a list that is empty until it comes."""
    told: list[Taste | None] = []
    listener.client.ask_taste(told.append)
    return told


def test_the_own_model_says_what_it_believes(listen):
    listener = listen(LIVE_MODEL)
    listener.ask(timeout_s=60)
    for track in (1, 2, 1, 2):
        listener.play(track)
    told = asked(listener)
    listener.window.run_until(lambda: told, 30)
    (taste,) = told
    assert taste.plays == 4
    assert taste.session == (1, 2, 1, 2)
    assert sum(week.plays for week in taste.weeks) == 4
    assert taste.version


def test_what_was_believed_comes_back_with_the_next_process(listen, tmp_path):
    first = listen(LIVE_MODEL, checkpoints=tmp_path / "kept")
    first.ask(timeout_s=60)
    for track in (1, 2, 3, 1):
        first.play(track)
    before = asked(first)
    first.window.run_until(lambda: before, 30)
    first.client.close()
    again = listen(LIVE_MODEL, checkpoints=tmp_path / "kept")
    again.ask(timeout_s=60)
    after = asked(again)
    again.window.run_until(lambda: after, 30)
    assert after == before


def test_a_model_without_beliefs_says_so(listen):
    listener = listen()
    listener.ask()
    told = asked(listener)
    listener.window.run_until(lambda: told)
    assert told == [None]


def test_while_there_is_no_process_the_answer_is_none_at_once(listen):
    assert asked(listen(spawn=False)) == [None]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 here")
def test_a_process_that_dies_leaves_nobody_waiting(listen):
    listener = listen()
    listener.ask()
    os.kill(listener.client.pid, signal.SIGSTOP)
    told = asked(listener)
    os.kill(listener.client.pid, signal.SIGKILL)
    listener.window.run_until(lambda: told)
    assert told == [None]
