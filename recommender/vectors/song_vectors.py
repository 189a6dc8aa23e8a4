"""Vectors of songs, whichever model they come from, and which songs are near one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import FloatArray, IndexArray
from recommender.vectors import files
from recommender.vectors.near import Near, Similarity, compared, lengths, nearest_exactly

EXACT = 300_000
"""Up to so many songs every one is compared; above, an index names those worth comparing."""

SPARE = 30
"""Songs beyond those asked for that are compared once more in double precision."""

KIND = "vectors"
MISSING = -1

Key = int | str


class SongVectors:
    """One vector a song. `keys` name the songs: ids or a vocabulary's keys, each once.

    `matrix` is (songs, dim), a row of zeros for a song of which nothing is known: it is near
    none. Above `exact` songs the numbers are kept in half precision, to save memory.
    """

    def __init__(
        self, keys: Sequence[Key] | NDArray[Any], matrix: NDArray[Any], exact: int = EXACT
    ) -> None:
        whole = len(keys) == 0 or isinstance(keys[0], int | np.integer)
        self.keys: NDArray[Any] = np.asarray(keys, np.int64 if whole else object)
        if matrix.ndim != 2 or len(matrix) != len(self.keys):
            raise ValueError(f"{len(self.keys)} keys need a matrix of as many rows.")
        self.exact = exact
        kind = np.float32 if len(matrix) <= exact else np.float16
        self.matrix: NDArray[Any] = np.ascontiguousarray(matrix, kind)
        self._near: dict[str, Near] = {}

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self.matrix.shape[1])

    @cached_property
    def _sorted(self) -> tuple[NDArray[Any], IndexArray]:
        order = np.argsort(self.keys, kind="stable")
        return self.keys[order], order

    def rows(self, keys: Sequence[Key] | NDArray[Any]) -> IndexArray:
        """The row of each key, -1 for those that are not here; shape (keys,)."""
        wanted = np.asarray(keys, self.keys.dtype)
        if not len(self) or not len(wanted):
            return np.full(len(wanted), MISSING, np.int64)
        ordered, order = self._sorted
        places = np.minimum(np.searchsorted(ordered, wanted), len(self) - 1)
        return np.where(ordered[places] == wanted, order[places], MISSING)

    def vectors(self, keys: Sequence[Key] | NDArray[Any]) -> FloatArray:
        """The vectors of these keys, (keys, dim), zeros for those that are not here."""
        rows = self.rows(keys)
        found: FloatArray = np.zeros((len(rows), self.dim), np.float32)
        found[rows != MISSING] = self.matrix[rows[rows != MISSING]]
        return found

    def nearest(
        self,
        query: Key | FloatArray,
        n: int,
        similarity: Similarity = "cosine",
        exclude: Iterable[Key] = (),
    ) -> tuple[NDArray[Any], FloatArray]:
        """The keys of the `n` songs nearest to a vector (dim,) or a song, and their scores.

        The best first, equals in the order of `keys`. A score is the cosine, the dot product, or
        minus the distance. A song is not near itself; raises KeyError for one that is not here.
        """
        left_out = list(exclude)
        if isinstance(query, np.ndarray):
            vector = np.asarray(query, np.float32)
        else:
            row = int(self.rows([query])[0])
            if row == MISSING:
                raise KeyError(query)
            vector = np.asarray(self.matrix[row], np.float32)
            left_out.append(query)
        rows, scores = self.nearest_rows(vector, n, similarity, self.rows(left_out))
        return self.keys[rows], scores

    def nearest_rows(
        self, vector: FloatArray, n: int, similarity: Similarity, without: IndexArray
    ) -> tuple[IndexArray, FloatArray]:
        """`nearest` in rows of the matrix, none of them in `without`."""
        count = min(n + SPARE + len(without), len(self))
        named = self._indexed(vector, count, similarity) if len(self) > self.exact else None
        if named is None:
            named = nearest_exactly(self.matrix, vector, count, similarity, self._sizes)
        found = np.sort(named[~np.isin(named, without)])
        scores = compared(self.matrix[found], vector, similarity)
        best = np.argsort(-scores, kind="stable")[:n]
        return found[best], scores[best].astype(np.float32)

    def _indexed(self, vector: FloatArray, count: int, similarity: Similarity) -> IndexArray | None:
        """Rows that the index names, and of those that joined later the nearest; None when the
        index does not find enough."""
        index = self.index(similarity)
        found, known = index.candidates(vector, min(count, len(index))), len(index)
        if found is None or known == len(self):
            return found
        later = nearest_exactly(self.matrix[known:], vector, count, similarity, self._sizes[known:])
        return np.concatenate([found, known + later])

    @cached_property
    def _sizes(self) -> FloatArray:
        return lengths(self.matrix)

    def index(self, similarity: Similarity = "cosine") -> Near:
        """The index behind `nearest` among many songs, built at its first use: that takes
        two minutes or so for 300,000 songs on one core."""
        if similarity not in self._near:
            self._near[similarity] = Near.built(self.matrix, similarity)
        return self._near[similarity]

    def joined(self, keys: Sequence[Key] | NDArray[Any], matrix: FloatArray) -> SongVectors:
        """These vectors and others behind them; it never takes long.

        An index that was built is taken over, the others stay outside of it and are compared one
        by one. Where there was none, there is none however many the songs become.
        """
        together = np.concatenate([self.keys, np.asarray(keys, self.keys.dtype)])
        rows = np.concatenate([self.matrix, matrix.astype(self.matrix.dtype)])
        exact = max(self.exact, len(together)) if len(self) <= self.exact else self.exact
        both = SongVectors(together, rows, exact)
        both._near.update(self._near)
        return both

    def save(self, folder: Path) -> None:
        """Write `weights.safetensors`, `config.json`, and an index that was built in voyager's
        own format; raises OSError."""
        files.write(folder, KIND, {"matrix": self.matrix}, {"keys": self.keys.tolist()})
        for similarity, near in self._near.items():
            if len(near) == len(self):
                near.save(folder / f"{similarity}.voyager")

    @classmethod
    def load(cls, folder: Path, exact: int = EXACT) -> SongVectors:
        """Read what `save` wrote; raises CheckpointError in words.

        An index that is missing or does not fit the vectors is built anew when it is needed.
        """
        config, arrays = files.read(folder, KIND)
        with files.in_words(folder):
            vectors = cls(config["keys"], arrays["matrix"], exact)
        kinds: tuple[Similarity, ...] = ("cosine", "dot", "euclid")
        for similarity in kinds if len(vectors) > exact else ():
            near = Near.read(folder / f"{similarity}.voyager", vectors.matrix, similarity)
            if near is not None:
                vectors._near[similarity] = near
        return vectors


__all__ = ["EXACT", "MISSING", "Key", "Similarity", "SongVectors"]
