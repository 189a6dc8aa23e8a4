"""The whole player is killed at random moments: what it showed as saved is there."""

from __future__ import annotations

import json
import random
import time
from contextlib import closing
from pathlib import Path

from app.library.database import open_database

ROUNDS = 4


def test_kill_9_of_the_player_loses_nothing_that_it_showed_as_saved(start, home, music):
    rng = random.Random(11)
    for number in range(ROUNDS):
        player = start(str(music), str(number), module="tests.app.busy_player")
        first = player.stdout.readline()
        assert first == "ready\n", player.stderr.read()
        time.sleep(rng.uniform(0.3, 1.2))
        player.kill()
        words, _ = player.communicate()
        whole_lines = words[: words.rfind("\n") + 1].splitlines()
        told = [line.split() for line in whole_lines]
        assert any(line[0] == "event" for line in told), "nothing was done that could be lost"
        check_events(home / "data" / "segue.db", told)
        check_queue(home / "data" / "segue.db", told)


def check_events(database: Path, told: list[list[str]]) -> None:
    with closing(open_database(database)) as connection:
        kept = {
            event_id: (kind, track_id)
            for event_id, kind, track_id in connection.execute(
                "SELECT event_id, kind, track_id FROM events"
            )
        }
        undone = {row[0] for row in connection.execute("SELECT undoes FROM events")}
    for line in told:
        if line[0] == "event":
            assert kept[int(line[1])] == (line[2], int(line[3]))
        elif line[0] == "undone":
            assert int(line[1]) in undone


def check_queue(database: Path, told: list[list[str]]) -> None:
    """The queue is the last one told as saved, or one that was shown after it."""
    shown = [line for line in told if line[0] in ("shown", "saved")]
    saved_at = [number for number, line in enumerate(shown) if line[0] == "saved"]
    if not saved_at:
        return
    possible = ["".join(line[1:]) for line in shown[saved_at[-1] :]]
    with closing(open_database(database)) as connection:
        (text,) = connection.execute("SELECT value FROM session WHERE key = 'state'").fetchone()
    assert ",".join(str(entry_id) for entry_id, _ in json.loads(text)["queue"]) in possible
