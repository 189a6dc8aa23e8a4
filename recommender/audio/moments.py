"""What excites each dimension of the sound vectors most: songs, and the seconds in them.

Needs numpy only, so that the window's process can read it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

MOMENTS = "moments.json"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Moment:
    """From `start_s` to `end_s` a song excites a dimension by `strength`, in standard deviations
    above what is usual."""

    song_id: int
    start_s: float
    end_s: float
    strength: float


@dataclass(frozen=True, slots=True)
class Dimension:
    """A learned filter or latent dimension: `name` is short (`Bright and loud`), `words` say
    what else it goes with, `moments` are the strongest, at most one a song."""

    name: str
    words: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Moments:
    """All dimensions of what is in use, `model` in words."""

    model: str
    dimensions: tuple[Dimension, ...]


def write_moments(folder: Path, moments: Moments) -> None:
    """Write `moments.json` into a folder; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{MOMENTS}.part"
    value = {"format_version": FORMAT_VERSION, **asdict(moments)}
    partial.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, folder / MOMENTS)


def read_moments(folder: Path) -> Moments | None:
    """The moments in a folder; None where there are none, or they cannot be read."""
    try:
        value = json.loads((folder / MOMENTS).read_text(encoding="utf-8"))
        if value["format_version"] > FORMAT_VERSION:
            return None
        dimensions = tuple(
            Dimension(each["name"], each["words"], tuple(Moment(**one) for one in each["moments"]))
            for each in value["dimensions"]
        )
        return Moments(value["model"], dimensions)
    except (OSError, ValueError, KeyError, TypeError):
        return None
