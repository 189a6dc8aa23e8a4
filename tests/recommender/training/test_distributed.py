"""Two processes on this machine, as torchrun would start them, against one."""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.models.checkpoint import load_model
from recommender.training.command import add_arguments, run
from recommender.training.distributed import World, joined
from recommender.training.settings import TrainingError
from tests.recommender.training.rings import WORDS, as_text, ring


def address(rank: int) -> dict[str, str]:
    """What torchrun tells each of two processes, but for the port."""
    return {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2",
            "MASTER_ADDR": "127.0.0.1", "GLOO_SOCKET_IFNAME": "lo"}  # fmt: skip


def words(lists: Path, out: Path) -> list[str]:
    """A training without dropout whose batches two processes cannot share evenly."""
    return [
        "gru", "--data", str(lists), "--format", "yes", "--out", str(out), "--split", "playlist",
        "--holdout", "0.2", "--epochs", "3", "--patience", "2", "--batch", "7", "--steps", "4",
        "--lr", "0.01", "--warmup", "5", "--device", "cpu",
        *(part for word in WORDS for part in ("--option", word)),
    ]  # fmt: skip


def command(*arguments: str) -> str:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def curve(out: Path) -> list[dict[str, float]]:
    epochs: list[dict[str, float]] = json.loads((out / "training.json").read_text())["curve"]
    return epochs


@pytest.mark.timeout(300)
def test_two_processes_learn_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists, one, two = (tmp_path / name for name in ("lists.txt", "one", "two"))
    lists.write_text(as_text(ring(40)))
    command(*words(lists, one))
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("MASTER_PORT", str(server.getsockname()[1]))
    second = subprocess.Popen(
        [sys.executable, "-m", "recommender", "train", *words(lists, two)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **address(1)},
    )  # fmt: skip
    for name, value in address(0).items():
        monkeypatch.setenv(name, value)
    with second:
        try:
            assert "The model is in" in command(*words(lists, two))
            said = second.communicate()
        finally:
            second.kill()
    assert second.returncode == 0, said
    assert said[0] == ""
    assert "epoch" not in said[1]
    for alone, together in zip(curve(one), curve(two), strict=True):
        for loss in ("train_loss", "valid_loss"):
            assert together[loss] == pytest.approx(alone[loss], rel=1e-3)
    assert load_model(two).parameters == load_model(one).parameters


def test_one_process_is_a_world_of_its_own() -> None:
    with joined("auto") as among:
        assert among == World(0, 1)


def test_processes_that_miss_one_another_are_told_of_torchrun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with pytest.raises(TrainingError, match="Start them with torchrun"), joined("cpu"):
        pass
