"""Checkpoints that cannot be read say why."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recommender.api import CheckpointError
from recommender.models.checkpoint import load_model
from recommender.models.gru import GRU
from recommender.models.lstm import LSTM
from tests.recommender.models.cycles import small, vocabulary


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an untrained GRU."""
    model = small(GRU)
    assert isinstance(model, GRU)
    model.vocabulary = vocabulary()
    net = model.build(model.vocabulary)
    arrays = {name: each.detach().numpy() for name, each in net.named_parameters()}
    model.restore({**arrays, "repeats": np.ones(12, np.float32)})
    model.save(tmp_path)
    return tmp_path


def change(folder: Path, **words: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **words}))


def test_a_folder_holds_three_files_and_no_leftovers(folder: Path) -> None:
    names = sorted(each.name for each in folder.iterdir())
    assert names == ["config.json", "vocabulary.json", "weights.safetensors"]


def test_any_model_is_loaded_by_its_folder_alone(folder: Path) -> None:
    assert isinstance(load_model(folder), GRU)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no complete model .* train one"):
        load_model(tmp_path / "nothing")


@pytest.mark.parametrize("name", ["weights.safetensors", "vocabulary.json"])
def test_a_missing_file_is_no_complete_model(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match="no complete model"):
        load_model(folder)


def test_files_of_two_models_are_not_mixed(folder: Path, tmp_path: Path) -> None:
    content = json.loads((folder / "vocabulary.json").read_text())
    content["keys"].reverse()
    (folder / "vocabulary.json").write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match=r"vocabulary\.json is not the file"):
        load_model(folder)


def test_one_kind_of_model_does_not_load_as_another(folder: Path) -> None:
    with pytest.raises(CheckpointError, match="of the kind 'gru', not 'lstm'"):
        LSTM.load(folder)


def test_a_model_of_a_missing_package_is_named(folder: Path) -> None:
    change(folder, model="from_elsewhere")
    with pytest.raises(CheckpointError, match="no model 'from_elsewhere'; there are: lstm"):
        load_model(folder)


@pytest.mark.parametrize(
    "words",
    [{"options": {"moons": 3}}, {"options": {"hidden": 20}}, {"options": 5}, {"digests": None}],
)
def test_a_config_that_does_not_fit_is_damaged(folder: Path, words: dict[str, object]) -> None:
    change(folder, **words)
    with pytest.raises(CheckpointError, match="damaged"):
        load_model(folder)


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_a_config_that_is_no_table_is_damaged(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match="damaged"):
        load_model(folder)
