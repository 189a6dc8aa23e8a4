"""`evaluate` on a model that knows where lists go."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.recommender.commands.conftest import Command, walks


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Five transitions in three lists, one of them to a song that the model has never seen."""
    path = tmp_path / "lists.txt"
    path.write_text("1 2 3 4\n11 0 99\n5\n", encoding="utf-8")
    return path


def test_figures_come_as_json_under_stable_names(
    command: Command, circle: Path, lists: Path
) -> None:
    done = command("evaluate", "--model", circle, "--data", lists, "--format", "yes", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert list(told) == [
        "model", "parameters", "accuracy@1", "accuracy@5", "accuracy@10", "accuracy@50",
        "accuracy@500", "mrr", "log_likelihood", "coverage", "popularity", "lists",
        "transitions", "unknown",
    ]  # fmt: skip
    assert (told["lists"], told["transitions"], told["unknown"]) == (3, 5, 1)
    assert told["accuracy@1"] == told["mrr"] == 4 / 5  # all but the song never seen
    assert told["log_likelihood"] > -0.5


def test_figures_come_as_a_table_and_the_file_may_be_gzipped(
    command: Command, circle: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "lists.txt.gz"
    packed.write_bytes(gzip.compress(walks(12).encode()))
    done = command("evaluate", "--model", circle, "--data", packed, "--format", "yes")
    assert done.code == 0, done.err
    assert "accuracy@1      100.00%" in done.out
    assert "nats" in done.out


def test_a_sample_of_lists_is_ranked(command: Command, circle: Path, tmp_path: Path) -> None:
    file = tmp_path / "lists.txt"
    file.write_text(walks(30), encoding="utf-8")
    words = ("evaluate", "--model", circle, "--data", file, "--format", "yes", "--json")
    drawn = json.loads(command(*words, "--lists", "7").out)
    assert drawn["lists"] == 7
    assert json.loads(command(*words, "--lists", "7").out) == drawn
    assert json.loads(command(*words, "--lists", "700").out)["lists"] == 30


@pytest.mark.parametrize(
    ("model", "content", "said"),
    [
        ("", "5\n6\n", "No list has two songs or more"),
        ("", "5 six\n", "line 1: 'six' is not a song number"),
        ("", "", "empty"),
        ("", None, "lists.txt: No such file"),
        ("nothing", "1 2\n", "no complete model"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    command: Command, circle: Path, tmp_path: Path, model: str, content: str | None, said: str
) -> None:
    file = tmp_path / "lists.txt"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    done = command("evaluate", "--model", circle / model, "--data", file, "--format", "yes")
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert said in done.err
    assert done.out == ""
