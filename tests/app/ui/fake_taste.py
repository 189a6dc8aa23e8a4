"""A source for the Taste page that says what a test tells it to, and a map of the shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.signals import Signal
from recommender.api import Belief, ExpertWeight, Scope, Taste, Week
from recommender.vectors.song_map import Label, SongMap, write_map
from tests.app.ui import shelf

WEEK_S = 7 * 86_400


def belief(scope: Scope, name: str, strength: float, song: int, **others: object) -> Belief:
    made = Belief(scope, name, strength, strength * 0.8, strength * 1.2, 40, 0.0, (song,))
    return replace(made, **others)


def a_taste() -> Taste:
    """Twelve artists, eight genres, four experts, six weeks, a session of three songs."""
    artists = [
        belief(Scope.ARTIST, name, 0.2 * 0.8**place, 10 * place + 1)
        for place, name in enumerate(shelf.ARTISTS)
    ]
    genres = [
        belief(Scope.GENRE, name, 0.3 * 0.8**place, 10 * place + 2)
        for place, name in enumerate(shelf.GENRES)
    ]
    experts = (
        ExpertWeight("clock", 0.1), ExpertWeight("markov", 0.6), ExpertWeight("artists", 0.299),
        ExpertWeight("skips", 0.001),
    )  # fmt: skip
    weeks = tuple(Week(1.7e9 + n * WEEK_S, 20, 0.2 + 0.05 * n, 0.15) for n in range(6))
    beliefs = tuple(sorted((*artists, *genres), key=lambda each: -each.strength))
    return Taste(beliefs, experts, weeks, 1204, 1.69e9, (5, 250, 17), "3")


class FakeTaste:
    """Answers at once, and records what it is asked to do."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self.taste: Taste | None = a_taste()
        self.folder: Path | None = None
        self.calls: list[tuple[object, ...]] = []
        self.asked = 0

    def ask_taste(self, deliver: Callable[[Taste | None], None]) -> None:
        self.asked += 1
        deliver(self.taste)

    def map_folder(self) -> Path | None:
        return self.folder

    def correct(self, scope: Scope, name: str, value: float) -> None:
        self.calls.append(("correct", scope, name, value))

    def forget(self, scope: Scope, name: str) -> None:
        self.calls.append(("forget", scope, name))

    def learn_now(self) -> None:
        self.calls.append(("learn_now",))


def draw_map(folder: Path, songs: int = 600) -> Path:
    """Songs 1 to `songs` in a grid of 25 columns; song 1 at the upper left."""
    ids = np.arange(1, songs + 1)
    places = np.stack([(ids - 1) % 25 / 24, (ids - 1) // 25 / 23], axis=1).astype(np.float32)
    labels = (Label("Jazz", Scope.GENRE, 0.5, 0.5, 90),)
    write_map(folder, SongMap(ids.astype(np.int64), places, labels))
    return folder
