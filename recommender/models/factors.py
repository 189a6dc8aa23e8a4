"""Vectors of songs from a weighted matrix factorisation, and new rows without a new one.

Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008: a
session's row is what least squares make of its songs when the vectors of all songs stand still,
and the songs that it does not hold count through their Gramian alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recommender.api import CheckpointError
from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.corpus import ByteArray, Corpus, Feedback
from recommender.data.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WEIGHTS, CONFIG = "factors.safetensors", "factors.json"
FORMAT_VERSION = 1
SIMILARITIES = ("dot", "cosine", "euclid")
TINY = 1e-9
FEW_LISTS = 5


class HalfStep:
    """One half-step of a factorisation: the other side's vectors stand still.

    `gram` is their Gramian as the unobserved count it, (dim, dim), without `regularisation`. What
    is observed weighs `base` already, its share of the unobserved, and its own weight on top.
    """

    def __init__(self, gram: DoubleArray, regularisation: float, base: float = 1.0) -> None:
        self.gram, self.base = gram, base
        self._full = gram + regularisation * np.eye(len(gram))
        self._inverse = np.linalg.inv(self._full)

    def solve(self, vectors: FloatArray | DoubleArray, weights: DoubleArray) -> DoubleArray:
        """The row that fits best, (dim,): `vectors` (n, dim) of what it holds, `weights` (n,) how
        sure that is; weights below 0 say that it does not belong to it."""
        held = vectors.astype(np.float64, copy=False)
        extra = np.abs(weights)
        wanted = np.where(weights > 0, extra + self.base, 0.0)
        if len(held) >= len(self.gram):
            full = self._full + (held * extra[:, None]).T @ held
            return np.asarray(np.linalg.solve(full, held.T @ wanted))
        through = held @ self._inverse
        inner = np.eye(len(held)) + extra[:, None] * (through @ held.T)
        return np.asarray(through.T @ np.linalg.solve(inner, wanted))


def gramian(vectors: FloatArray) -> DoubleArray:
    """The sum of the vectors' outer products, (dim, dim)."""
    double = vectors.astype(np.float64)
    gram: DoubleArray = double.T @ double
    return gram


def similarity(
    query: FloatArray, vectors: FloatArray, norms: FloatArray, how: str = "dot"
) -> FloatArray:
    """How near each of `vectors` (n, dim), whose lengths are `norms`, is to a query (dim,), or to
    each of some (m, dim); shape (n,) or (m, n).

    `euclid` is minus half the squared distance; of vectors without length the cosine is 0.
    """
    dots: FloatArray = query @ vectors.T
    if how == "dot":
        return dots
    if how == "cosine":
        dots /= norms * np.linalg.norm(query, axis=-1, keepdims=True) + np.float32(TINY)
        return dots
    squares = (query * query).sum(-1, keepdims=True)
    near: FloatArray = dots - np.float32(0.5) * (norms * norms + squares)
    return near


def weight_of(feedback: ByteArray, liked: float, skipped: float) -> DoubleArray:
    """What each play weighs: 1, `liked` for a like and -`skipped` for a skip, shape (n,)."""
    table = np.ones(len(Feedback))
    table[Feedback.LIKED], table[Feedback.SKIPPED] = liked, -skipped
    weights: DoubleArray = table[feedback]
    return weights


def confidences(corpus: Corpus, alpha: float, liked: float = 2.0, cut: int = 0) -> csr_matrix:
    """Lists x songs: 1 + `alpha` for each play, more for a liked one, nothing for a skipped one.

    With `cut` above 0, lists are read as several of at most so many songs.
    """
    from scipy.sparse import csr_matrix

    rows, codes, plays = [], [], []
    count = 0
    for place in range(len(corpus)):
        songs, weights = corpus[place], weight_of(corpus.feedback_of(place), liked, 0.0)
        pieces = np.arange(len(songs)) // (cut or max(len(songs), 1))
        kept = (songs != UNKNOWN) & (weights > 0)
        rows.append(count + pieces[kept])
        codes.append(songs[kept])
        plays.append(weights[kept])
        count += int(pieces[-1]) + 1 if len(pieces) else 1
    at = (np.concatenate(rows), np.concatenate(codes)) if rows else ([], [])
    data = np.concatenate(plays) if plays else np.zeros(0)
    matrix = csr_matrix((data, at), (count, len(corpus.vocabulary)), np.float32)
    matrix.sum_duplicates()
    matrix.data = (1 + np.float32(alpha) * matrix.data).astype(np.float32)
    return matrix


def wals(
    matrix: csr_matrix, factors: int, regularisation: float, rounds: int, seed: int, threads: int
) -> tuple[FloatArray, FloatArray]:
    """Alternating least squares by the library `implicit`: the rows' and the songs' vectors.

    The last half-step is the rows', solved exactly, so that folding in is one more of the same.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=factors, regularization=regularisation, alpha=1.0, iterations=rounds,
            num_threads=threads, random_state=seed,
        )  # fmt: skip
        model.fit(matrix, show_progress=False)
        rows = model.recalculate_user(np.arange(matrix.shape[0]), matrix)
    return rows, model.item_factors


@dataclass(frozen=True)
class Factors:
    """Vectors of the songs that one listener's sessions hold.

    `ids` (songs,) are song ids in rising order, `vectors` (songs, dim), `plays` (songs,) how often
    each was played. `gram` and `row_gram` (dim, dim) are the Gramians of the songs and of the
    sessions, `alpha` and `regularisation` what the fit was done with.
    """

    ids: IndexArray
    vectors: FloatArray
    plays: FloatArray
    gram: DoubleArray
    row_gram: DoubleArray
    alpha: float
    regularisation: float

    @cached_property
    def norms(self) -> FloatArray:
        """The length of each song's vector, shape (songs,)."""
        lengths: FloatArray = np.linalg.norm(self.vectors, axis=1)
        return lengths

    @cached_property
    def _songs_still(self) -> HalfStep:
        return HalfStep(self.gram, self.regularisation)

    @cached_property
    def _rows_still(self) -> HalfStep:
        return HalfStep(self.row_gram, self.regularisation)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self.vectors.shape[1])

    def places(self, song_ids: IndexArray) -> IntArray:
        """Where songs stand in `vectors`, UNKNOWN for those that do not, shape (n,)."""
        if not len(self.ids):
            return np.full(len(song_ids), UNKNOWN, np.int32)
        at = np.minimum(np.searchsorted(self.ids, song_ids), len(self.ids) - 1)
        return np.where(self.ids[at] == song_ids, at, UNKNOWN).astype(np.int32)

    def fold_in(
        self, places: IntArray | IndexArray, weights: FloatArray | DoubleArray
    ) -> FloatArray:
        """The vector of a session or a listener of these songs, (dim,), without a new fit.

        `weights` (n,) are plays, faded or not; below 0 for what does not belong there. A song
        must not come twice.
        """
        weighed = self.alpha * weights.astype(np.float64)
        return self._songs_still.solve(self.vectors[places], weighed).astype(np.float32)

    def fold_in_song(self, rows: FloatArray, weights: FloatArray | DoubleArray) -> FloatArray:
        """The vector of a song that was not there at the fit, (dim,), from the vectors of the
        sessions that hold it, `rows` (n, dim), and how often it was played in each, (n,)."""
        weighed = self.alpha * weights.astype(np.float64)
        return self._rows_still.solve(rows, weighed).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write `factors.safetensors` and `factors.json` into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {name: np.ascontiguousarray(getattr(self, name)) for name in ARRAYS}
        save_file(arrays, folder / f"{WEIGHTS}.part")
        os.replace(folder / f"{WEIGHTS}.part", folder / WEIGHTS)
        config = {"format_version": FORMAT_VERSION, "alpha": self.alpha,
                  "regularisation": self.regularisation}  # fmt: skip
        (folder / f"{CONFIG}.part").write_text(json.dumps(config), encoding="utf-8")
        os.replace(folder / f"{CONFIG}.part", folder / CONFIG)

    @classmethod
    def load(cls, folder: Path) -> Factors:
        """Read what `save` wrote; raises CheckpointError in words."""
        with _in_words(folder):
            config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
            if int(config["format_version"]) > FORMAT_VERSION:
                raise CheckpointError(
                    f"The song vectors in {folder} were written by a newer version of Segue. "
                    "Update Segue, or train again."
                )
            arrays = load_file(folder / WEIGHTS)
            made = cls(
                **{name: arrays[name] for name in ARRAYS},
                alpha=float(config["alpha"]),
                regularisation=float(config["regularisation"]),
            )
            made._check()
        return made

    def _check(self) -> None:
        songs, dim = self.vectors.shape
        shapes = {"ids": (songs,), "plays": (songs,), "gram": (dim, dim), "row_gram": (dim, dim)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, not {shape}")


ARRAYS = ("ids", "vectors", "plays", "gram", "row_gram")


@dataclass(frozen=True, slots=True)
class FactorChoices:
    """How a listener's sessions are factorised; `cut` is the most songs that one row holds."""

    factors: int = 64
    alpha: float = 10.0
    regularisation: float = 10.0
    liked: float = 2.0
    cut: int = 40
    rounds: int = 12


def fit_factors(
    corpus: Corpus, choices: FactorChoices | None = None, seed: int = 0, threads: int = 1
) -> Factors | None:
    """Song vectors from a listener's sessions, whose vocabulary's keys are song ids.

    None when there are too few sessions to tell anything. The same sessions give the same vectors.
    """
    chosen = choices or FactorChoices()
    matrix = confidences(corpus, chosen.alpha, chosen.liked, chosen.cut)
    heard = np.flatnonzero(np.diff(matrix.tocsc().indptr))
    if matrix.shape[0] < FEW_LISTS or not len(heard):
        return None
    ids = np.array([int(corpus.vocabulary.keys[code]) for code in heard], np.int64)
    heard = heard[np.argsort(ids)]
    rows, vectors = wals(
        matrix[:, heard], min(chosen.factors, len(heard)), chosen.regularisation, chosen.rounds,
        seed, threads,
    )  # fmt: skip
    plays = corpus.counts()[heard].astype(np.float32)
    return Factors(
        np.sort(ids), vectors, plays, gramian(vectors), gramian(rows), chosen.alpha,
        chosen.regularisation,
    )  # fmt: skip


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise CheckpointError(f"There are no song vectors in {folder}; train again.") from error
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise CheckpointError(
            f"The song vectors in {folder} are damaged ({error}); train again."
        ) from error
