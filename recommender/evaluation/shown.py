"""What is shown: how much of the library, how many artists, how well known, beside the plays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import FloatArray, IndexArray
from recommender.evaluation.readers import UserHistory
from recommender.live.recommender import LiveRecommender

ROWS = 10


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """Lists of ten against the ten plays that followed each, in the same words.

    `coverage`: share of the library that appeared in any of them; `artists`: distinct artists in
    ten; `popularity`: mean place of the songs by plays in the whole history, 0 the least played
    of the library, 1 the most; `new`: share of songs not played before.
    """

    lists: int
    coverage: float
    coverage_played: float
    artists: float
    artists_played: float
    popularity: float
    popularity_played: float
    new: float
    new_played: float


class Shown:
    """Collects lists during a replay, and the plays they stand beside."""

    def __init__(self, model: LiveRecommender, history: UserHistory) -> None:
        self._model = model
        self._plays = self._indexes(play.song_id for play in history.plays)
        names = [song.artist for song in history.songs]
        self._artist: IndexArray = np.unique(names, return_inverse=True)[1]
        counts = np.bincount(self._plays, minlength=len(history.songs))
        self._place: FloatArray = _places(counts)
        self._lists: list[tuple[int, IndexArray]] = []

    def look(self, turn: int) -> None:
        """Keep the list as it is before the play at `turn`."""
        rows = self._model.recommend(ROWS)
        self._lists.append((turn, self._indexes(row.song_id for row in rows)))

    def figures(self) -> ShownFigures:
        """The figures over all lists that ten plays follow."""
        kept = [(t, s) for t, s in self._lists if t + ROWS <= len(self._plays) and len(s)]
        if not kept:
            return ShownFigures(0, 0, 0, 0, 0, 0, 0, 0, 0)
        lists = [songs for _, songs in kept]
        played = [self._plays[turn : turn + ROWS] for turn, _ in kept]
        first: IndexArray = np.full(len(self._artist), len(self._plays), np.int64)
        np.minimum.at(first, self._plays, np.arange(len(self._plays)))
        new = [float((first[songs] >= turn).mean()) for turn, songs in kept]
        new_played = [
            float((first[songs] >= turn).mean())
            for (turn, _), songs in zip(kept, played, strict=True)
        ]
        return ShownFigures(
            len(kept), self._coverage(lists), self._coverage(played),
            self._artists(lists), self._artists(played),
            self._popularity(lists), self._popularity(played),
            float(np.mean(new)), float(np.mean(new_played)),
        )  # fmt: skip

    def _indexes(self, song_ids: Iterable[int]) -> IndexArray:
        return np.fromiter(map(self._model.index_of, song_ids), np.int64)

    def _coverage(self, groups: list[IndexArray]) -> float:
        return len(np.unique(np.concatenate(groups))) / len(self._artist)

    def _artists(self, groups: list[IndexArray]) -> float:
        return float(np.mean([len(np.unique(self._artist[songs])) for songs in groups]))

    def _popularity(self, groups: list[IndexArray]) -> float:
        return float(np.mean([self._place[songs].mean() for songs in groups]))


def _places(counts: IndexArray) -> FloatArray:
    """Each song's place by plays, 0 to 1; equal counts share the middle of their places."""
    below = np.searchsorted(np.sort(counts), counts, side="left")
    upto = np.searchsorted(np.sort(counts), counts, side="right")
    places: FloatArray = ((below + upto - 1) / 2 / max(1, len(counts) - 1)).astype(np.float32)
    return places
