"""Checkpoints: `weights.safetensors`, `config.json` and `vocabulary.json`; never pickle."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recommender.api import CheckpointError, Reaction, ReactionKind, Song
from recommender.data.catalogue import Catalogue
from recommender.live.state import ListenerState

FORMAT_VERSION = 1
FIELDS = tuple(field.name for field in fields(Song))


def write_checkpoint(folder: Path, state: ListenerState, model_version: str) -> None:
    """Write the whole state; each file is put in place at once."""
    folder.mkdir(parents=True, exist_ok=True)
    songs = {name: [getattr(song, name) for song in state.catalogue.songs] for name in FIELDS}
    reactions = [asdict(reaction) for reaction in state.reactions]
    config = {
        "format_version": FORMAT_VERSION,
        "model_version": model_version,
        "last_event_id": state.last_event_id,
        "now_s": state.now_s,
        "seed": state.ranker.seed,
        "deep": state.ranker.network is not None,
        "without": sorted(state.ranker.board.without),
        "reactions": reactions,
    }
    partial = folder / "weights.part"
    weights = {name: np.ascontiguousarray(array) for name, array in state.arrays().items()}
    save_file(weights, partial)
    os.replace(partial, folder / "weights.safetensors")
    _write_json(folder / "vocabulary.json", {**songs, "active": state.catalogue.active.tolist()})
    _write_json(folder / "config.json", config)


def _write_json(path: Path, content: Any) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, path)


def read_checkpoint(folder: Path) -> ListenerState:
    """Read a state; raises CheckpointError in words when that is not possible."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        version = int(config["format_version"])
        if version > FORMAT_VERSION:
            raise CheckpointError(
                f"The checkpoint in {folder} was written by a newer version of Segue "
                f"(format {version}, this one reads up to {FORMAT_VERSION}). Update Segue, or "
                "remove the folder to learn again from your history."
            )
        songs = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        catalogue = Catalogue(list(map(Song, *(songs[name] for name in FIELDS))))
        catalogue.active[:] = songs["active"]
        state = ListenerState(catalogue, config["without"], config["seed"], config["deep"])
        state.restore(load_file(folder / "weights.safetensors"))
        state.load_reactions(
            Reaction(**{**each, "kind": ReactionKind(each["kind"])}) for each in config["reactions"]
        )
        state.now_s = float(config["now_s"])
        state.last_event_id = int(config["last_event_id"])
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no complete checkpoint in {folder}.") from error
    except (OSError, ValueError, KeyError, TypeError, IndexError, SafetensorError) as error:
        raise CheckpointError(
            f"The checkpoint in {folder} is damaged ({error}). Remove the folder to learn again "
            "from your history."
        ) from error
    return state
