from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.data.formats import ReadError
from recommender.models.base import OptionError
from recommender.models.checkpoint import load_model
from recommender.models.registry import UnknownModelError
from recommender.training.checkpoint import FILE
from recommender.training.command import add_arguments, run
from recommender.training.settings import TrainingError
from tests.recommender.training.rings import WORDS, as_text, ring

SMALL = (*(part for word in WORDS for part in ("--option", word)), "--batch", "8", "--steps", "4",
         "--lr", "0.01", "--warmup", "5", "--clip", "5", "--device", "cpu")  # fmt: skip


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    file = tmp_path / "lists.txt"
    file.write_text(as_text(ring(60)))
    return file


def words(lists: Path, *more: str, model: str = "gru") -> list[str]:
    out = lists.parent / "out"
    return [model, "--data", str(lists), "--format", "yes", "--out", str(out), *SMALL, *more]


def command(*arguments: str) -> str:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def record(lists: Path) -> dict:
    return json.loads((lists.parent / "out" / "training.json").read_text())


def test_train_leaves_a_model_a_record_and_curves(
    lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(*words(lists, "--split", "playlist", "--holdout", "0.2", "--epochs", "30"))
    out = lists.parent / "out"
    assert told.startswith("GRU: 30 epochs in ")
    assert str(out) in told
    counts = [line.split()[:2] for line in capsys.readouterr().err.splitlines()]
    assert ["train", "48"] in counts
    assert ["valid", "12"] in counts
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert record(lists)["settings"]["lr"] == 0.01
    assert len(record(lists)["curve"]) == 30
    model = load_model(out)
    state = model.start()
    for key in ("4", "5", "6"):
        state = model.observe(state, model.vocabulary.code_of[key])
    assert model.vocabulary.keys[int(model.log_probabilities(state).argmax())] == "7"


def test_lists_to_validate_on_may_come_from_a_packed_file(lists: Path) -> None:
    packed = lists.parent / "valid.txt.gz"
    packed.write_bytes(gzip.compress(as_text(ring(10, seed=2)).encode()))
    command(*words(lists, "--valid", str(packed), "--epochs", "2", "--patience", "1"))
    assert record(lists)["data"]["valid"]["lists"] == 10
    assert record(lists)["valid_loss"] > 0


def test_a_model_that_counts_is_trained_by_the_same_words(lists: Path) -> None:
    told = command(*words(lists, model="popularity")[:7])
    assert "The model is in" in told
    assert load_model(lists.parent / "out").name == "popularity"


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        (["--option", "dim"], TrainingError, "--option dim names no value"),
        (["--option", "width=3"], OptionError, "no option 'width'"),
        (["--option", "dim=wide"], OptionError, "dim is 'wide'"),
        (["--patience", "2"], TrainingError, "--patience needs lists to validate on"),
        (["--epochs", "0"], TrainingError, "epochs is 0"),
        (["--split", "user"], ReadError, "name no users"),
        (["--data", "none.txt"], ReadError, r"none\.txt"),
        (["--resume"], TrainingError, "no training to go on with"),
        (["--out", "/proc/nowhere"], TrainingError, "cannot be kept in .*--out"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    lists: Path, more: list[str], error: type[Exception], said: str
) -> None:
    with pytest.raises((error, TrainingError), match=said):
        command(*words(lists, *more))


def test_a_wrong_model_is_told_which_there_are(lists: Path) -> None:
    with pytest.raises((UnknownModelError, TrainingError), match=r"no model 'grue'.*gru"):
        command(*words(lists, model="grue"))


def test_a_file_without_a_transition_is_named_as_such(tmp_path: Path) -> None:
    file = tmp_path / "lists.txt"
    file.write_text("3\n5\n7\n")
    with pytest.raises(TrainingError, match="nothing to learn from"):
        command(*words(file))


@pytest.mark.timeout(300)
def test_a_killed_training_goes_on_with_resume(
    lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--split", "playlist", "--seed", "3", "--epochs")
    with subprocess.Popen(
        [sys.executable, "-m", "recommender", "train", *words(lists, *more, "1000")],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("epoch 3 of 1000"):
                break
        process.kill()
    out = lists.parent / "out"
    assert (out / "training" / FILE).exists()
    assert not (out / "config.json").exists()
    command(*words(lists, *more, "20", "--resume"))
    assert "epoch 1 of" not in capsys.readouterr().err
    assert len(record(lists)["curve"]) >= 20
