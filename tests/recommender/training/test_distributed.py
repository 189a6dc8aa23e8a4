"""Two processes on this machine, started by torchrun, against one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.models.checkpoint import load_model
from recommender.training.distributed import World, joined
from recommender.training.settings import TrainingError
from tests.recommender.training.rings import as_text, ring

ALONE = (sys.executable, "-m")


def together() -> tuple[str, ...]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return (*ALONE, "torch.distributed.run", "--nproc-per-node", "2", "--master-addr", "127.0.0.1",
            "--master-port", str(port), "-m")  # fmt: skip


def trained(how: tuple[str, ...], lists: Path, out: Path, *more: str) -> dict:
    """The record of a training of a few epochs."""
    command = [
        *how, "recommender", "train", "gru", "--data", str(lists), "--format", "yes", "--out",
        str(out), "--split", "playlist", "--holdout", "0.2", "--epochs", "6", "--batch", "7",
        "--steps", "4", "--lr", "0.01", "--warmup", "5", "--device", "cpu",
        "--option", "dim=12", "--option", "hidden=12", *more,
    ]  # fmt: skip
    env = {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("The model is in") == 1
    assert done.stderr.count("epoch 2 of") == 1
    return json.loads((out / "training.json").read_text())


@pytest.mark.parametrize("dropout", ["0.0", "0.2"])
def test_two_processes_learn_what_one_does(tmp_path: Path, dropout: str) -> None:
    lists = tmp_path / "lists.txt"
    lists.write_text(as_text(ring(80)))
    option = ("--option", f"dropout={dropout}", "--patience", "5")
    one = trained(ALONE, lists, tmp_path / "one", *option)
    two = trained(together(), lists, tmp_path / "two", *option)
    near = 1e-3 if dropout == "0.0" else 0.02
    for name in ("train_loss", "valid_loss"):
        assert two[name] == pytest.approx(one[name], rel=near)
    assert load_model(tmp_path / "two").parameters == one["parameters"]


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
