"""How the songs of a library sound, as vectors that can be compared, and what made them.

Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from recommender.api import CheckpointError
from recommender.audio.hand_space import HandSpace
from recommender.audio.sound import METHOD
from recommender.audio.store import SoundStore
from recommender.data.arrays import FloatArray, IndexArray
from recommender.vectors import files
from recommender.vectors.song_vectors import MISSING, SongVectors

FEWEST = 8
"""Under so many sounds nothing can be said of any: there is no usual sound to compare with."""

SAMPLE = 5_000
"""So many sounds tell what is usual."""

AT_ONCE = 2_000
"""So many sounds are turned into vectors at a time, to need little memory besides them."""

KIND, VECTORS, MODEL = "hearing", "songs", "model"
BY_HAND = "hand-made features"


class SoundModel(Protocol):
    """Turns what was heard into vectors that can be compared."""

    @property
    def name(self) -> str:
        """What is in use, in words: `hand-made features`, or a network and what it learnt from."""

    def vectors(self, store: SoundStore, contents: Sequence[str]) -> tuple[list[str], FloatArray]:
        """Those of the contents that were heard, and their vectors of length 1, (found, dim)."""

    def save(self, folder: Path) -> None:
        """Write it; raises OSError."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """Hand-made features, for libraries in which nothing better can be learnt; `note` says why."""

    space: HandSpace
    note: str = ""

    @property
    def name(self) -> str:
        """What is in use, and why."""
        return f"{BY_HAND}: {self.note}" if self.note else BY_HAND

    def vectors(self, store: SoundStore, contents: Sequence[str]) -> tuple[list[str], FloatArray]:
        """Directions of the features, measured against the library's own."""
        found, hands = store.hands(contents)
        if not found:
            return [], np.zeros((0, self.space.turn.shape[1]), np.float32)
        return found, self.space.vectors(hands)

    def save(self, folder: Path) -> None:
        """Write the space."""
        arrays = {"mean": self.space.mean, "spread": self.space.spread, "turn": self.space.turn}
        files.write(folder, BY_HAND, arrays, {"note": self.note})

    @classmethod
    def load(cls, folder: Path) -> ByHand:
        """Read what `save` wrote; raises CheckpointError in words."""
        config, arrays = files.read(folder, BY_HAND)
        with files.in_words(folder):
            space = HandSpace(arrays["mean"], arrays["spread"], arrays["turn"])
            return cls(space, str(config.get("note", "")))


@dataclass(frozen=True, slots=True)
class Hearing:
    """`songs` are the vectors by song id, rows of length 1; `model` made them."""

    songs: SongVectors
    model: SoundModel

    def extended(self, store: SoundStore, contents: Mapping[int, str]) -> Hearing:
        """The same with songs that were heard since; `contents` names each song id's sound."""
        ids = np.fromiter(contents, np.int64, len(contents))
        strange = ids[self.songs.rows(ids) == MISSING]
        found, rows = vectors_of(self.model, store, {int(i): contents[int(i)] for i in strange})
        return replace(self, songs=self.songs.joined(found, rows)) if len(found) else self

    def without(self, ids: Collection[int]) -> Hearing:
        """The same without these songs, for those that went away or sound otherwise now."""
        gone = np.isin(self.songs.keys, np.fromiter(ids, np.int64, len(ids)))
        if not gone.any():
            return self
        kept = SongVectors(self.songs.keys[~gone], self.songs.matrix[~gone], self.songs.exact)
        return replace(self, songs=kept)

    def save(self, folder: Path) -> None:
        """Write vectors and model into a folder; raises OSError."""
        files.write(folder, KIND, {"method": np.array([METHOD])}, {})
        self.songs.save(folder / VECTORS)
        self.model.save(folder / MODEL)

    @classmethod
    def load(cls, folder: Path) -> Hearing:
        """Read what `save` wrote; raises CheckpointError in words, also when songs are heard by
        another method now: what it says of them could not be compared."""
        _, arrays = files.read(folder, KIND)
        if int(arrays["method"][0]) != METHOD:
            raise CheckpointError(
                f"The sounds in {folder} were heard in another way than Segue hears now. "
                "Train again to learn from what is heard now."
            )
        return cls(SongVectors.load(folder / VECTORS), _model(folder / MODEL))


def _model(folder: Path) -> SoundModel:
    """What `SoundModel.save` wrote, whichever it was."""
    from recommender.audio.net_steps import KIND as NET  # it has hand-made features beside it
    from recommender.audio.net_steps import HeardNet

    return HeardNet.load(folder) if files.kind(folder) == NET else ByHand.load(folder)


def by_hand(store: SoundStore, contents: Mapping[int, str]) -> Hearing | None:
    """The library's songs by hand-made features, None while too few were heard."""
    kept = set(store.contents())
    heard = [name for name in dict.fromkeys(contents.values()) if name in kept]
    heard = heard[:: max(1, len(heard) // SAMPLE)]
    sampled, hands = store.hands(heard)
    if len(sampled) < FEWEST:
        return None
    aparts = store.aparts(heard)
    model = ByHand(HandSpace.fit(hands, within=aparts[aparts.any(1)]))
    ids, rows = vectors_of(model, store, contents)
    return Hearing(SongVectors(ids, rows), model)


def vectors_of(
    model: SoundModel, store: SoundStore, contents: Mapping[int, str]
) -> tuple[IndexArray, FloatArray]:
    """The song ids whose sound was heard, and their vectors (found, dim)."""
    by_content: dict[str, list[int]] = {}
    for song_id, content in contents.items():
        by_content.setdefault(content, []).append(song_id)
    names, ids, parts = list(by_content), [], []
    if len(names) > AT_ONCE:
        heard = set(store.contents())
        names = [name for name in names if name in heard]
    for first in range(0, max(1, len(names)), AT_ONCE):
        found, rows = model.vectors(store, names[first : first + AT_ONCE])
        counts = [len(by_content[content]) for content in found]
        ids += [song_id for content in found for song_id in by_content[content]]
        parts.append(np.repeat(rows, counts, axis=0))
    return np.array(ids, np.int64), np.concatenate(parts)
