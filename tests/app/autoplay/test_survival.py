"""The real recommender, killed at random moments."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from app.library.database import open_database
from app.listening.events import EndReason, FeedbackKind
from tests.app.autoplay.conftest import Listener

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 here")

MODEL = "recommender.live:LiveRecommender"
TRACKS = 400
BACK_S = 5.0


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "segue.db"
    with closing(open_database(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO tracks (track_id, location, title, artist, album, genre, added_at_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, 0)",
            [
                (i, f"/m/{i}", f"Song {i}", f"Artist {i % 40}", f"Album {i % 90}", f"Genre {i % 7}")
                for i in range(1, TRACKS + 1)
            ],
        )
    return path


def live_a_moment(listener: Listener, chance: random.Random, liked: list[int]) -> None:
    """One thing that a user does, saved and told."""
    deed = chance.random()
    track_id = 1 + int(chance.paretovariate(0.7)) % TRACKS
    if deed < 0.7:
        listener.start_and_play(track_id, chance.choice([EndReason.FINISHED, EndReason.SKIPPED]))
    elif deed < 0.9 or not liked:
        liked.append(listener.react(track_id, chance.choice(list(FeedbackKind))))
    else:
        listener.undo(liked.pop())


def rows_of(listener: Listener) -> list[tuple[int, float, str]]:
    rows = listener.ask(n=20, timeout_s=BACK_S).rows
    return [(row.track_id, row.score, row.reason) for row in rows]


def test_after_each_kill_the_list_is_what_it_would_have_been(listen):
    """Two listeners hear the same; the recommender of one is killed again and again."""
    chance = random.Random(11)
    listener = listen(MODEL)
    calm = listen(MODEL)
    listener.followers.append(calm)
    liked: list[int] = []
    rows_of(listener)
    rows_of(calm)
    for _ in range(4):
        for _ in range(chance.randrange(1, 8)):
            live_a_moment(listener, chance, liked)
            if chance.random() < 0.5:
                listener.client.request(20)
        pid = listener.client.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        for _ in range(chance.randrange(0, 4)):
            live_a_moment(listener, chance, liked)
        back = rows_of(listener)
        assert time.monotonic() - began < BACK_S
        assert len(back) == 20
        assert back == rows_of(calm)


def test_a_restart_from_a_checkpoint_equals_going_on(listen, monkeypatch):
    """Closing saves what was learned; the next process goes on from there and the later events."""
    chance = random.Random(5)
    listener = listen(MODEL)
    calm = listen(MODEL)
    listener.followers.append(calm)
    liked: list[int] = []
    rows_of(calm)
    for _ in range(30):
        live_a_moment(listener, chance, liked)
    rows_of(listener)
    listener.client.close()
    assert len(list(listener.checkpoints.iterdir())) == 1
    listener.minutes += 60  # what a list showed is remembered within a session only
    for _ in range(5):
        live_a_moment(listener, chance, liked)
    again = listen(MODEL, checkpoints=listener.checkpoints)
    assert rows_of(again) == rows_of(calm)


def test_a_killed_player_leaves_no_recommender_behind(database):
    command = [sys.executable, "-m", "tests.app.autoplay.player_process", str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as player:
        recommender = psutil.Process(int(player.stdout.readline()))
        named = recommender.name()
        player.kill()
    recommender.wait(timeout=10)
    assert named.startswith("segue-recommend")
