"""The map of a library: where each song lies, and the names written on it.

Needs numpy and safetensors only, so that the window's process can read it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recommender.api import Scope
from recommender.data.arrays import FloatArray, IndexArray

MAP = "map.safetensors"
NAMES = "map.json"


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map, at `x` and `y`, for a region of about `songs` songs."""

    name: str
    scope: Scope
    x: float
    y: float
    songs: int


@dataclass(frozen=True, slots=True)
class SongMap:
    """Where songs lie: `song_ids` of shape (songs,), `xy` of shape (songs, 2), within 0 to 1.

    `labels` are regions' names, the largest first.
    """

    song_ids: IndexArray
    xy: FloatArray
    labels: tuple[Label, ...] = ()

    def places_of(self, song_ids: Sequence[int] | IndexArray) -> FloatArray:
        """Where these songs lie, shape (asked, 2), NaN for a song that is not on the map."""
        asked = np.asarray(song_ids, np.int64)
        found = np.full((len(asked), 2), np.nan, np.float32)
        if len(self.song_ids) and len(asked):
            order = np.argsort(self.song_ids, kind="stable")
            place = np.searchsorted(self.song_ids, asked, sorter=order)
            place = order[np.minimum(place, len(order) - 1)]
            known = self.song_ids[place] == asked
            found[known] = self.xy[place[known]]
        return found


def write_map(folder: Path, song_map: SongMap) -> None:
    """Write `map.safetensors` and `map.json` into a folder; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    names = folder / f"{NAMES}.part"
    words = [asdict(label) for label in song_map.labels]
    names.write_text(json.dumps({"labels": words}, ensure_ascii=False), encoding="utf-8")
    os.replace(names, folder / NAMES)
    arrays = folder / f"{MAP}.part"
    ids, xy = np.ascontiguousarray(song_map.song_ids), np.ascontiguousarray(song_map.xy)
    save_file({"song_ids": ids, "xy": xy}, arrays)
    os.replace(arrays, folder / MAP)


def read_map(folder: Path) -> SongMap | None:
    """The map in a folder, None where there is none or where it cannot be read."""
    try:
        arrays = load_file(folder / MAP)
        words = json.loads((folder / NAMES).read_text(encoding="utf-8"))["labels"]
        labels = tuple(Label(**{**each, "scope": Scope(each["scope"])}) for each in words)
        ids, xy = arrays["song_ids"].astype(np.int64), arrays["xy"].astype(np.float32)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None
    return SongMap(ids, xy, labels) if xy.shape == (len(ids), 2) else None
