"""Models are found by name, those of other packages too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recommender.models.gru import GRU
from recommender.models.registry import UnknownModelError, model_class, model_names


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with the models `other`, `broken`, `wrong` and a second `gru`."""
    (tmp_path / "other_package.py").write_text(
        "from recommender.models.gru import GRU\n\n\n"
        'class Other(GRU):\n    """A GRU by another name."""\n\n    name = "other"\n'
    )
    described = tmp_path / "other_package-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: other-package\nVersion: 1\n")
    (described / "entry_points.txt").write_text(
        "[segue.models]\nother = other_package:Other\nbroken = no_package:Model\n"
        "wrong = other_package:__name__\ngru = other_package:Other\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("other_package", None)


def test_every_built_in_model_answers_to_its_name() -> None:
    assert {"lstm", "gru", "transformer"} <= set(model_names())
    assert all(model_class(name).name == name for name in model_names())


def test_a_model_of_another_package_is_found(package: Path) -> None:
    assert "other" in model_names()
    assert issubclass(model_class("other"), GRU)


def test_a_built_in_name_stays_the_built_in_model(package: Path) -> None:
    assert model_names().count("gru") == 1
    assert model_class("gru") is GRU


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match="no model 'grue'; there are: lstm, gru"):
        model_class("grue")


def test_a_model_that_cannot_be_imported_says_from_where(package: Path) -> None:
    with pytest.raises(UnknownModelError, match="'broken' cannot be imported from no_package"):
        model_class("broken")


def test_something_else_than_a_model_is_refused(package: Path) -> None:
    with pytest.raises(UnknownModelError, match="no SequenceModel"):
        model_class("wrong")
