"""Checkpoints: `weights.safetensors`, `config.json` and `vocabulary.json`; never pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recommender.api import CheckpointError, Correction, Reaction, ReactionKind, Scope, Song
from recommender.data.catalogue import Catalogue
from recommender.live.events import EventState
from recommender.live.state import ListenerState

FORMAT_VERSION = 1
FIELDS = tuple(field.name for field in fields(Song))


@dataclass(frozen=True, slots=True)
class Parts:
    """What lies in a checkpoint, whatever model it is of."""

    config: dict[str, Any]
    catalogue: Catalogue
    arrays: dict[str, NDArray[Any]]

    def fill(self, state: EventState) -> None:
        """Give a state whose log was restored its reactions and its place in the events."""
        state.load_reactions(
            Reaction(**{**each, "kind": ReactionKind(each["kind"])})
            for each in self.config["reactions"]
        )
        state.load_corrections(
            Correction(**{**each, "scope": Scope(each["scope"])})
            for each in self.config["corrections"]
        )
        state.now_s = float(self.config["now_s"])
        state.last_event_id = int(self.config["last_event_id"])


def write_checkpoint(folder: Path, state: ListenerState, model_version: str) -> None:
    """Write the whole state; each file is put in place at once."""
    own = {
        "model_version": model_version,
        "seed": state.ranker.seed,
        "deep": state.ranker.network is not None,
        "without": sorted(state.ranker.board.without),
    }
    write_parts(folder, state, state.arrays(), own)


def read_checkpoint(folder: Path) -> ListenerState:
    """Read a state; raises CheckpointError in words when that is not possible."""
    with in_words(folder):
        parts = read_parts(folder)
        config = parts.config
        state = ListenerState(parts.catalogue, config["without"], config["seed"], config["deep"])
        state.restore(parts.arrays)
        parts.fill(state)
    return state


def write_parts(
    folder: Path, state: EventState, arrays: Mapping[str, NDArray[Any]], own: Mapping[str, Any]
) -> None:
    """Write arrays, catalogue and reactions; `own` is what the model adds to `config.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    songs = {name: [getattr(song, name) for song in state.catalogue.songs] for name in FIELDS}
    config = {
        "format_version": FORMAT_VERSION,
        "last_event_id": state.last_event_id,
        "now_s": state.now_s,
        "reactions": [asdict(reaction) for reaction in state.reactions],
        "corrections": [asdict(correction) for correction in state.corrections],
        **own,
    }
    partial = folder / "weights.part"
    weights = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    save_file(weights, partial)
    os.replace(partial, folder / "weights.safetensors")
    _write_json(folder / "vocabulary.json", {**songs, "active": state.catalogue.active.tolist()})
    _write_json(folder / "config.json", config)


def read_parts(folder: Path) -> Parts:
    """Read what `write_parts` wrote, to be called `in_words`."""
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
    return Parts(config, catalogue, load_file(folder / "weights.safetensors"))


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Turn what goes wrong while a checkpoint is read into a CheckpointError."""
    try:
        yield
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no complete checkpoint in {folder}.") from error
    except (OSError, ValueError, KeyError, TypeError, IndexError, SafetensorError) as error:
        raise CheckpointError(
            f"The checkpoint in {folder} is damaged ({error}). Remove the folder to learn again "
            "from your history."
        ) from error


def _write_json(path: Path, content: Any) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, path)
