"""Checkpoints of models: `weights.safetensors`, `vocabulary.json`, `config.json`; never pickle."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recommender.api import CheckpointError
from recommender.data.vocabulary import Vocabulary
from recommender.models.base import SequenceModel, options_dict, options_from
from recommender.models.registry import UnknownModelError, model_class

WEIGHTS, VOCABULARY, CONFIG = "weights.safetensors", "vocabulary.json", "config.json"

Model = TypeVar("Model", bound=SequenceModel[Any])


def write_model(folder: Path, model: SequenceModel[Any]) -> None:
    """Write a fitted model; each file is put in place at once, `config.json` last."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: np.ascontiguousarray(array) for name, array in model.arrays().items()}
    partial = folder / "weights.part"
    save_file(weights, partial)
    os.replace(partial, folder / WEIGHTS)
    model.vocabulary.save(folder / VOCABULARY)
    config = {
        "model": model.name,
        "format_version": model.version,
        "options": options_dict(model.options),
        "digests": {name: _digest(folder / name) for name in (WEIGHTS, VOCABULARY)},
    }
    partial = folder / "config.part"
    partial.write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(partial, folder / CONFIG)


def read_model(folder: Path, kind: type[Model]) -> Model:
    """Read a model of one kind; raises CheckpointError in words."""
    config = _config(folder)
    if config.get("model") != kind.name:
        raise CheckpointError(
            f"{folder} holds a model of the kind {config.get('model')!r}, not {kind.name!r}."
        )
    version = config.get("format_version")
    if isinstance(version, int) and version > kind.version:
        raise CheckpointError(
            f"The model in {folder} was written by a newer version of Segue (format {version}, "
            f"this one reads up to {kind.version}). Update Segue, or train the model again."
        )
    try:
        for name, digest in config["digests"].items():
            if _digest(folder / name) != digest:
                raise ValueError(f"{name} is not the file that was written")
        model = kind(options_from(kind.Options, config["options"]))
        model.vocabulary = Vocabulary.load(folder / VOCABULARY)
        model.restore(load_file(folder / WEIGHTS))
    except FileNotFoundError as error:
        raise _missing(folder) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise _damaged(folder, error) from error
    return model


def load_model(folder: Path) -> SequenceModel[Any]:
    """Read a model of whichever kind the folder holds; raises CheckpointError in words."""
    name = _config(folder).get("model")
    try:
        return read_model(folder, model_class(str(name)))
    except UnknownModelError as error:
        raise CheckpointError(f"The model in {folder} cannot be read. {error}") from error


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _missing(folder) from error
    except (OSError, ValueError) as error:
        raise _damaged(folder, error) from error
    if not isinstance(config, dict):
        raise _damaged(folder, f"{CONFIG} is no table")
    return config


def _missing(folder: Path) -> CheckpointError:
    return CheckpointError(f"There is no complete model in {folder}; train one into it first.")


def _damaged(folder: Path, why: object) -> CheckpointError:
    return CheckpointError(f"The model in {folder} is damaged ({why}); train it again.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
