"""`skips` from session logs to figures."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from recommender.skips import trial
from tests.recommender.commands.conftest import Command
from tests.recommender.skips.logs import as_csv, made_rows, play


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A plain log to learn from and a gzipped one to test on."""
    train, test = tmp_path / "train.csv", tmp_path / "test.csv.gz"
    train.write_text(as_csv(made_rows(80)), encoding="utf-8")
    single = play("single", 1, 1, "t_1", 0)
    test.write_bytes(gzip.compress(as_csv([single, *made_rows(30, seed=1)]).encode()))
    return train, test


def test_json_has_the_figures_and_what_was_left_out(
    command: Command, files: tuple[Path, Path]
) -> None:
    words = ("skips", "--train", files[0], "--test", files[1], "--model", "persistence", "--json")
    done = command(*words)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["train"]["sessions"] == 80
    assert told["test"]["sessions"] == 30
    assert told["notes"] == ["Of the sessions to test on, 1 of a single song were left out."]
    found = told["models"]["persistence"]
    assert found["sessions"] == 30
    low, high = found["maa_interval"]
    assert 0 < low < found["maa"] < high < 1
    assert 0 < found["first"] <= 1
    assert command(*words).out == done.out


def test_a_log_is_split_by_session_when_there_is_no_other(
    command: Command, files: tuple[Path, Path]
) -> None:
    done = command("skips", "--train", files[0], "--split", "0.75", "--model", "persistence")
    assert done.code == 0, done.err
    assert "20 sessions tested, 60 learnt from" in done.out
    assert done.out.splitlines()[1].startswith("persistence")


def test_all_models_stand_in_one_table(
    command: Command, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = trial.Combined(0, rows=300, trees=2, epochs=1, parts=2)
    monkeypatch.setattr(trial, "Combined", lambda *_, **__: quick)
    monkeypatch.setattr(trial, "SequenceModel", lambda seed, _: trial.Persistence())
    monkeypatch.setattr(trial, "Boosting", lambda seed, _: trial.Persistence())
    done = command("skips", "--train", files[0], "--test", files[1], "--threads", "1")
    assert done.code == 0, done.err
    names = [line.split()[0] for line in done.out.splitlines()[1:5]]
    assert names == ["persistence", "boosting", "sequence", "combined"]


def test_sessions_in_both_files_are_only_tested_on(
    command: Command, files: tuple[Path, Path]
) -> None:
    done = command(
        "skips", "--train", files[0], files[1], "--test", files[1], "--model", "persistence"
    )
    assert done.code == 0, done.err
    assert "30 sessions are in both files; they were only tested on." in done.out
    assert "30 sessions tested, 80 learnt from" in done.out


def test_only_baselines_work_where_nobody_skips(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    rows = [play(f"s{n}", at, 4, f"t_{at}", 0) for n in range(50) for at in (1, 2, 3, 4)]
    file.write_text(as_csv(rows), encoding="utf-8")
    refused = command("skips", "--train", file, "--model", "boosting")
    assert refused.code == 2
    assert "no song is skipped, so there is nothing to learn" in refused.err
    done = command("skips", "--train", file)
    assert done.code == 0, done.err
    assert "boosting is left out: " in done.err
    assert "persistence   1.000" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--train", "nowhere.csv"], "nowhere.csv"),
        (["--split", "1.5"], "share between 0 and 1"),
        (["--model", "magic"], "invalid choice"),
        (["--features", "nowhere.csv"], "nowhere.csv"),
        (["--seed", "-1"], "whole number from 0"),
    ],
)
def test_what_cannot_be_gets_a_sentence(
    command: Command, files: tuple[Path, Path], words: list[str], said: str
) -> None:
    done = command("skips", "--train", files[0], "--model", "persistence", *words)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
