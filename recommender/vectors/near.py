"""Nearest vectors: all compared, or those that a graph of neighbours leads to.

The graph is Malkov and Yashunin's (HNSW, 2018), as voyager builds it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray

if TYPE_CHECKING:
    from voyager import Index

Similarity = Literal["cosine", "dot", "euclid"]
SIMILARITIES: tuple[Similarity, ...] = ("cosine", "dot", "euclid")

LINKS = 12
LOOKED_AT_BUILDING = 100
LOOKED_AT = 600
LOOKED_AT_ONCE = 200
WIDER = 3
"""So many times more songs are looked for than are wanted: what the graph misses is at the end."""

BLOCK = 20_000


def lengths(matrix: NDArray[Any]) -> FloatArray:
    """The length of each row, (rows,)."""
    parts = [
        np.linalg.norm(matrix[start : start + BLOCK].astype(np.float32), axis=1)
        for start in range(0, len(matrix), BLOCK)
    ]
    found: FloatArray = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return found


def compared(rows: NDArray[Any], vector: FloatArray, similarity: Similarity) -> DoubleArray:
    """How near each of a few rows is to the vector, in double precision; (rows,)."""
    given, wanted = rows.astype(np.float64), vector.astype(np.float64)
    if similarity == "euclid":
        far: DoubleArray = -np.linalg.norm(given - wanted, axis=1)
        return far
    scores: DoubleArray = np.einsum("ij,j->i", given, wanted)  # row by row, whatever is beside it
    if similarity == "cosine":
        sizes = np.linalg.norm(given, axis=1) * np.linalg.norm(wanted)
        scores = np.divide(scores, sizes, out=np.zeros_like(scores), where=sizes > 0)
    return scores


def nearest_exactly(
    matrix: NDArray[Any],
    vector: FloatArray,
    count: int,
    similarity: Similarity,
    sizes: FloatArray,
) -> IndexArray:
    """The `count` rows nearest to the vector in any order; `sizes` are the rows' lengths."""
    if count >= len(matrix):
        return np.arange(len(matrix))
    step = len(matrix) if matrix.dtype == np.float32 else BLOCK
    parts = [
        matrix[start : start + step].astype(np.float32, copy=False) @ vector
        for start in range(0, len(matrix), step)
    ]
    scores: FloatArray = np.concatenate(parts)
    if similarity == "cosine":
        scores = np.divide(scores, sizes, out=np.zeros_like(scores), where=sizes > 0)
    elif similarity == "euclid":
        scores = np.subtract(scores, sizes * sizes / 2)
    found: IndexArray = np.argpartition(-scores, count)[:count]
    return found


class Near:
    """An index over the rows of a matrix, which names the rows that may be nearest."""

    def __init__(self, index: Index, similarity: Similarity) -> None:
        self._index, self._similarity = index, similarity

    @classmethod
    def built(cls, matrix: NDArray[Any], similarity: Similarity) -> Near:
        """An index of all rows; the same rows give the same index."""
        near = cls(_empty(matrix.shape[1], similarity), similarity)
        for start in range(0, len(matrix), BLOCK):
            rows = near._shaped(matrix[start : start + BLOCK].astype(np.float32))
            near._index.add_items(rows, np.arange(start, start + len(rows)), 1)
        return near

    def __len__(self) -> int:
        return len(self._index)

    def candidates(self, vector: FloatArray, count: int) -> IndexArray | None:
        """Rows among which the `count` nearest are, all but surely; None when the graph does not
        lead to so many, as it may be where many rows are the same."""
        from voyager import RecallError

        wide = min(max(WIDER * count, 200), len(self))
        query = self._shaped(vector[None].astype(np.float32))[0]
        try:
            found, _ = self._index.query(query, wide, 1, max(LOOKED_AT, wide))
        except RecallError:
            return None
        rows: IndexArray = found.astype(np.int64)
        return rows

    def candidates_of_each(self, vectors: FloatArray, count: int) -> IndexArray | None:
        """For each vector (queries, dim) `count` rows that are near, (queries, count): looked for
        less widely than `candidates` does. None when the graph does not lead to so many."""
        from voyager import RecallError

        shaped = self._shaped(vectors.astype(np.float32))
        try:
            found, _ = self._index.query(shaped, count, 1, max(LOOKED_AT_ONCE, count))
        except RecallError:
            return None
        rows: IndexArray = found.astype(np.int64)
        return rows

    def _shaped(self, rows: FloatArray) -> FloatArray:
        """Rows of length 1 for the cosine; voyager's own would divide by zero."""
        if self._similarity != "cosine":
            return rows
        sizes = np.linalg.norm(rows, axis=1, keepdims=True)
        shaped: FloatArray = np.divide(rows, sizes, out=np.zeros_like(rows), where=sizes > 0)
        return shaped

    def save(self, path: Path) -> None:
        """Write it in voyager's own format, put in place at once."""
        partial = path.with_suffix(".part")
        self._index.save(str(partial))
        os.replace(partial, path)

    @classmethod
    def read(cls, path: Path, matrix: NDArray[Any], similarity: Similarity) -> Near | None:
        """An index that `save` wrote of these rows, None if it is not there or is another's."""
        from voyager import Index

        if not path.is_file():
            return None
        try:
            index = Index.load(str(path))
            near = cls(index, similarity)
            fits = len(index) == len(matrix) and index.num_dimensions == matrix.shape[1]
            return near if fits and near._holds(matrix) else None
        except (RuntimeError, ValueError, OSError):
            return None

    def _holds(self, matrix: NDArray[Any]) -> bool:
        """Whether a few rows of the matrix are those in the index."""
        rows = np.linspace(0, len(matrix) - 1, 5).astype(np.int64)
        held = self._index.get_vectors(rows)
        return bool(np.allclose(held, self._shaped(matrix[rows].astype(np.float32)), atol=0.01))


def _empty(dim: int, similarity: Similarity) -> Index:
    from voyager import Index, Space, StorageDataType

    space = Space.Euclidean if similarity == "euclid" else Space.InnerProduct
    bytewise = similarity == "cosine"  # numbers of at most 1 do with a byte each
    kind = StorageDataType.Float8 if bytewise else StorageDataType.Float32
    return Index(space, dim, LINKS, LOOKED_AT_BUILDING, random_seed=1, storage_data_type=kind)
