from __future__ import annotations

import random
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.library.database import open_database
from app.listening.events import EndReason, Origin, PlayEvent, QueueEntry
from app.listening.store import ListeningStore

ROUNDS = 8
START = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def start(database: Path, *options: str) -> subprocess.Popen[bytes]:
    module = "tests.app.listening.writing_process"
    command = [sys.executable, "-m", module, str(database), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)


def check_kept(database: Path, lines: list[list[str]]) -> None:
    """Every line that the writer printed stands in the database."""
    with closing(open_database(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = connection.execute("SELECT event_id, kind, track_id, undoes FROM events").fetchall()
        liked = {row[0] for row in connection.execute("SELECT track_id FROM opinions")}
    kept = {row[0]: row[1:] for row in rows}
    undone = {row[3] for row in rows}
    for kind, *numbers in lines:
        if kind in ("play", "like"):
            assert kept[int(numbers[0])][:2] == (kind, int(numbers[1]))
        elif kind == "undo":
            assert kept[int(numbers[0])][2] == int(numbers[1])
    standing = {r[2] for r in rows if r[1] == "like" and r[0] not in undone}
    assert liked == standing


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 here")
def test_a_kill_at_any_moment_loses_nothing_that_was_shown_as_saved(database, window):
    random.seed(4)
    lines: list[list[str]] = []
    for _ in range(ROUNDS):
        with start(database) as writer:
            for _ in range(random.randrange(1, 400)):
                lines.append(writer.stdout.readline().decode().split())
            writer.kill()
            rest = writer.stdout.read().decode().split("\n")[:-1]
            lines.extend(line.split() for line in rest)
        check_kept(database, lines)
        newest = max((int(x[1]) for x in lines if x[0] == "queue"), default=-1)
        lines = [line for line in lines if line[0] != "queue"]
        if newest >= 0:
            store = ListeningStore(database, window.post)
            restored = store.load_session()
            store.close()
            assert restored.queue[0].entry_id >= newest
            assert restored.queue == (QueueEntry(restored.queue[0].entry_id, restored.track_id),)
    assert sum(line[0] == "play" for line in lines) > ROUNDS


def test_a_process_that_comes_and_goes_takes_no_saved_event_away(database, window):
    """Opening the file again here must not drop the locks that keep the writer's log in place."""
    look = (
        "from pathlib import Path; from app.library.database import open_database;"
        f"connection = open_database(Path({str(database)!r}));"
        "print(connection.execute('SELECT count(*) FROM events').fetchone()[0])"
    )
    store = ListeningStore(database, window.post)
    seen = []
    for second in range(3):
        at = START + timedelta(seconds=second)
        store.record_play(PlayEvent(1, at, 1_000, 2_000, EndReason.FINISHED, Origin.QUEUE))
        assert store.flush()
        store.load_session()
        visitor = subprocess.run([sys.executable, "-c", look], capture_output=True, cwd=ROOT)
        seen.append(int(visitor.stdout))
    assert seen == [1, 2, 3]
    assert store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited here")
def test_a_full_disk_is_told_once_and_costs_nothing(database):
    with start(database, "--full-disk") as writer:
        out = writer.stdout.read().decode().splitlines()
    assert writer.returncode == 0
    lines = [line.split() for line in out]
    told = [line for line in out if line.startswith("failed")]
    assert len(told) == 1
    assert "kept in memory" in told[0]
    assert out[-1] == "done"
    assert "recovered" in out
    assert [int(line[3]) for line in lines if line[0] == "play"] == list(range(1, 201))
    assert sum(line[0] == "like" for line in lines) == 200
    assert sum(line[0] == "queue" for line in lines) == 200
    assert sum(line[0] == "undo" for line in lines) == 20
    check_kept(database, lines)
