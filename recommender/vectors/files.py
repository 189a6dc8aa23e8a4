"""Folders of vectors: `weights.safetensors` and `config.json`; never pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recommender.api import CheckpointError

FORMAT_VERSION = 1
WEIGHTS, CONFIG = "weights.safetensors", "config.json"


def write(
    folder: Path, kind: str, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]
) -> None:
    """Write arrays and what belongs to them; each file is put in place at once."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "weights.part"
    save_file({name: np.ascontiguousarray(each) for name, each in arrays.items()}, partial)
    os.replace(partial, folder / WEIGHTS)
    whole = {"kind": kind, "format_version": FORMAT_VERSION, **config}
    partial = folder / "config.part"
    partial.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, folder / CONFIG)


def read(folder: Path, kind: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What `write` wrote under this kind; raises CheckpointError in words."""
    with in_words(folder):
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        if config["kind"] != kind:
            raise ValueError(f"it is of the kind {config['kind']!r}, not {kind!r}")
        version = int(config["format_version"])
        if version > FORMAT_VERSION:
            raise CheckpointError(
                f"The vectors in {folder} were written by a newer version of Segue (format "
                f"{version}, this one reads up to {FORMAT_VERSION}). Update Segue, or remove the "
                "folder to make them again."
            )
        return config, load_file(folder / WEIGHTS)


def kind(folder: Path) -> str:
    """Under which kind `write` wrote; raises CheckpointError in words."""
    with in_words(folder):
        return str(json.loads((folder / CONFIG).read_text(encoding="utf-8"))["kind"])


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Turn what goes wrong while vectors are read into a CheckpointError."""
    try:
        yield
    except FileNotFoundError as error:
        raise CheckpointError(f"There are no vectors in {folder}; make them first.") from error
    except (OSError, ValueError, KeyError, TypeError, IndexError, SafetensorError) as error:
        raise CheckpointError(
            f"The vectors in {folder} are damaged ({error}). Remove the folder to make them again."
        ) from error
