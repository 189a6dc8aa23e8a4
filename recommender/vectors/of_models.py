"""The song vectors that a trained model has, whatever it calls them."""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.corpus import Corpus
from recommender.models.base import SequenceModel
from recommender.vectors.song_vectors import EXACT, SongVectors


def vectors_of(model: SequenceModel[Any], exact: int = EXACT) -> SongVectors | None:
    """The vectors of a model's songs under its vocabulary's keys, None if it has no vectors.

    Factors of a factorisation; of a net the rows that its answers are compared with, which for a
    tied net are its songs' embedding as well; of models together those of the first that has any.
    """
    matrix = _matrix(model)
    return None if matrix is None else SongVectors(model.vocabulary.keys, matrix, exact)


def counted_vectors(corpus: Corpus, dim: int, exact: int = EXACT) -> SongVectors:
    """Vectors counted from which songs of the corpus stand together, (songs, dim)."""
    from recommender.models.pair_vectors import pair_vectors

    return SongVectors(corpus.vocabulary.keys, pair_vectors(corpus, dim), exact)


def _matrix(model: SequenceModel[Any]) -> FloatArray | None:
    factors = getattr(model, "vectors", None)
    if isinstance(factors, np.ndarray) and factors.ndim == 2:
        return factors.astype(np.float32)
    net = getattr(model, "net", None)
    if net is not None and callable(getattr(net, "output", None)):
        rows: FloatArray = net.output()[0].detach().cpu().float().numpy()
        return rows
    inner = getattr(model, "model", None)  # the net that a cache stands around
    for member in (*getattr(model, "members", ()), *filter(None, [inner])):
        found = _matrix(member)
        if found is not None:
            return found
    return None
