"""The command line, through a real process."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

HEADER = "user,end_time_utc,artist,track,ms_played\n"


def recommender(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recommender", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def rows(user: str, count: int) -> str:
    """Four songs in turn, each time format used."""
    times = ("2024-05-01T{:02}:{:02}:00Z", "2024-05-01 {:02}:{:02}", "2024-05-01T{:02}:{:02}:00")
    return "".join(
        f"{user},{times[n % 3].format(n // 20, 3 * (n % 20))},Artist {n % 2},\"Song, {n % 4}\","
        f"{5_000 if n % 7 == 6 else 180_000}\n"
        for n in range(count)
    )  # fmt: skip


def test_replay_prints_figures_of_every_user_as_json(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plays.csv", tmp_path / "plays.csv.gz"
    plain.write_text(HEADER + rows("ann", 40) + rows("bob", 30), encoding="utf-8")
    packed.write_bytes(gzip.compress((HEADER + rows("cid", 50)).encode()))
    done = recommender("replay", plain, packed, "--format", "plays-csv", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [(u["user"], u["plays"], u["songs"]) for u in report["users"]] == [
        ("ann", 40, 4), ("bob", 30, 4), ("cid", 50, 4)]  # fmt: skip
    assert report["users"][0]["after_warmup"]["targets"] == 32
    assert report["mean"]["after_warmup"]["hr_10"] == 1


def test_replay_prints_a_table(tmp_path: Path) -> None:
    file = tmp_path / "plays.csv"
    file.write_text(HEADER + rows("ann", 40), encoding="utf-8")
    done = recommender("replay", file, "--without", "markov")
    assert done.returncode == 0
    assert "HR@10" in done.stdout
    assert "played before" in done.stdout
    assert "events/s" in done.stdout


def test_30music_sessions_can_be_replayed(tmp_path: Path) -> None:
    file = tmp_path / "sessions.txt"
    lines = [f"7\t1\t{100 + n % 5}\t{1_397_982_525 + 200 * n}\t{n % 5}" for n in range(30)]
    file.write_text("UserId\tSessionId\tItemId\tTime\tArtistId\n" + "\n".join(lines) + "\n")
    done = recommender("replay", file, "--format", "30music", "--json")
    assert json.loads(done.stdout)["users"][0]["plays"] == 30


def test_a_simulated_file_can_be_replayed(tmp_path: Path) -> None:
    file = tmp_path / "made.csv"
    made = recommender("simulate", "--users", "1", "--plays", "60", "--seed", "2", "--out", file)
    assert made.returncode == 0, made.stderr
    assert recommender("replay", file).returncode == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (HEADER.encode(), "no plays"),
        (b"user,end_time_utc,artist,track\n", "line 1: the column 'ms_played' is missing"),
        ((HEADER + "a,yesterday,b,c,1\n").encode(), "line 2: end_time_utc is 'yesterday'"),
        ((HEADER + "a,2024-05-01,b,c,long\n").encode(), "line 2: ms_played is 'long'"),
        ((HEADER + "a,2024-05-01,b,c,-5\n").encode(), "line 2: ms_played is '-5'"),
        ((HEADER + "a,2024-05-01,b\n").encode(), "line 2: 3 fields"),
        ((HEADER + "a,2024-05-01,\xff,c,1\n").encode("latin-1"), "not UTF-8"),
        (b"\x1f\x8bnot gzip at all", "gzip data cannot be read"),
        (gzip.compress((HEADER + rows("a", 30)).encode())[:-20], "gzip data cannot be read"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "plays.csv"
    file.write_bytes(content)
    done = recommender("replay", file)
    assert done.returncode == 2
    assert said in done.stderr
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = recommender("replay", tmp_path / "none.csv")
    assert done.returncode == 2
    assert "none.csv" in done.stderr
