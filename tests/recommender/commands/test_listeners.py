"""`python -m recommender listeners`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.recommender.commands.conftest import Command
from tests.recommender.simulation.made_logs import made_sessions, write_mssd


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of 450 sessions, gzipped."""
    plain = write_mssd(tmp_path / "log.csv", made_sessions(450, 1))
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    return packed


def test_listeners_are_fitted_and_held_against_others(command: Command, log: Path) -> None:
    done = command("listeners", "--data", log, "--format", "mssd", "--songs", "100")
    assert done.code == 0, done.err
    assert "450 sessions over 100 songs" in done.out
    assert "fitted to 150, held against 150 others" in done.out
    assert "song 2 (150 plays)" in done.out


def test_the_figures_come_as_json(command: Command, log: Path) -> None:
    done = command("listeners", "--data", log, "--json")
    found = json.loads(done.out)
    assert found["fitted"]["songs"] == 120
    assert not found["fitted"]["parted_by_user"]
    assert 0 < found["data"]["skips"] < 1
    assert set(found["driven"]) == {"logged songs", "mixed songs", "random songs", "best songs"}
    assert found["foresight"]["auc"] > 0.5


def test_written_listeners_are_held_against_their_own_log(command: Command) -> None:
    done = command("listeners", "--songs", "300")
    assert done.code == 0, done.err
    assert "written down, over 300 songs" in done.out
    assert "logged songs" in done.out


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("s,1,a,true\ns,2,b,true\n", "Every song in this log was skipped"),
        ("s,1,a,false\nr,1,b,true\n", "is of one song"),
        ("s,1,a,false\ns,2,b,true\n", "too few to part"),
        ("s,1,a,perhaps\n", "skip_2 is 'perhaps'"),
    ],
)
def test_a_log_that_will_not_do_gets_a_sentence(
    command: Command, tmp_path: Path, rows: str, said: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_text("session_id,session_position,track_id_clean,skip_2\n" + rows)
    done = command("listeners", "--data", path)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert said in done.err
    assert "Traceback" not in done.err


def test_missing_columns_and_files_are_named(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("session_id,session_position,track_id_clean\ns,1,a\n")
    assert "skip_2" in command("listeners", "--data", path).err
    assert "none.csv" in command("listeners", "--data", tmp_path / "none.csv").err
