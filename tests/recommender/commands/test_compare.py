"""`compare` from files to a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.recommender.commands.conftest import Command, walks

SMALL = "gru[dim=16;hidden=16;batch=16;lr=0.02]"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str | Path, ...]:
    """The words that every comparison here begins with."""
    (tmp_path / "train.txt").write_text(walks(48), encoding="utf-8")
    (tmp_path / "test.txt").write_text(walks(13), encoding="utf-8")
    return (
        "compare", "--train", tmp_path / "train.txt", "--test", tmp_path / "test.txt",
        "--format", "yes", "--out", tmp_path / "out",
    )  # fmt: skip


def test_the_table_is_printed_and_kept_with_its_plots(
    command: Command, files: tuple[str | Path, ...], tmp_path: Path
) -> None:
    done = command(*files, "--models", SMALL, "--seeds", "2", "--epochs", "1")
    assert done.code == 0, done.err
    assert f"| `{SMALL}` | 2 |" in done.out
    assert done.out == (tmp_path / "out" / "table.md").read_text(encoding="utf-8")
    assert "seed 1: epoch 1 of 1, loss " in done.err
    for plot in ("accuracy", "mrr", "cost"):
        assert (tmp_path / "out" / f"{plot}.png").read_bytes().startswith(b"\x89PNG")


def test_json_is_printed_alone_and_kept(
    command: Command, files: tuple[str | Path, ...], tmp_path: Path
) -> None:
    words = ("--models", SMALL, "--seeds", "1", "--epochs", "1", "--lists", "5", "--json")
    done = command(*files, *words)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told == json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert told["test"]["lists"] == 5
    assert told["models"][0]["settings"]["epochs"] == 1
    assert 0 < told["models"][0]["accuracy@5"]["mean"] <= 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--models", "lstn"], "There is no model 'lstn'; there are: lstm, gru"),
        (["--models", "gru[hiden=3]"], "no option 'hiden'"),
        (["--models", "gru", "--option", "gru.hidden=no"], "hidden is 'no'"),
        (["--models", "gru", "--seeds", "0"], "give 1 or more"),
        (["--models", "gru", "--train", "nowhere.txt"], "nowhere.txt"),
        (["--models", "gru", "--holdout", "2"], "share between 0 and 1"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    command: Command, files: tuple[str | Path, ...], words: list[str], said: str
) -> None:
    done = command(*files, *words)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
