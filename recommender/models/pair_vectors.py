"""Song vectors counted from pairs: what stands near what, in few numbers a song.

Levy and Goldberg, "Neural word embedding as implicit matrix factorization", NIPS 2014. That songs
which go together should share the rows of a Bloom code is from Serra and Karatzoglou, "Getting
deep recommenders fit", RecSys 2017; which do is found here by residual vector quantisation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.counting import Sums, blocks, summed
from recommender.vectors.lexicon import unit

WINDOW = 20
DECAY = 0.9
TURNS = 2
MEAN_TURNS = 8
SPARE = 16


def pair_vectors(corpus: Corpus, dim: int) -> FloatArray:
    """A vector a song, (songs, dim), whose dot products come near the songs' mutual information.

    That is the logarithm of how much more often two songs stand near each other than chance has
    it, where it is above 0; pairs up to WINDOW songs apart count, each DECAY times as much as one
    a song nearer. The largest singular values are kept, zeros fill up what is missing.
    """
    songs = len(corpus.vocabulary)
    vectors = torch.zeros(songs, dim)
    keys, weights = _information(_pairs(corpus, songs), songs)
    if not len(keys):
        return vectors.numpy()
    matrix = torch.sparse_coo_tensor(
        torch.stack([keys // songs, keys % songs]), weights, (songs, songs), check_invariants=False
    )
    size = min(dim + SPARE, songs)
    left, values, _ = torch.svd_lowrank(matrix.coalesce(), q=size, niter=TURNS)
    found = (left * values.sqrt())[:, :dim]
    vectors[:, : found.shape[1]] = found
    return vectors.numpy()


def co_listening(sessions: Sequence[IndexArray], songs: int, dim: int, seed: int) -> FloatArray:
    """Vectors (songs, dim) of length 1 from the dense songs of sessions, -1 for one to leave out;
    zeros where there is nothing to tell. The same sessions and seed give the same vectors."""
    names = Vocabulary([str(song) for song in range(songs)])
    lists = [each[each >= 0].astype(np.int32) for each in sessions]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        found = pair_vectors(corpus_of(lists, names), dim)
    return unit(found)


def shared_rows(vectors: FloatArray, rows: int, hashes: int) -> tuple[IntArray, FloatArray]:
    """Codes (songs, hashes) and `rows` weights whose sums come near the vectors (songs, dim).

    Each of `hashes` tables in turn holds the means of what the tables before it left.
    """
    left = torch.from_numpy(vectors).clone()
    codes: list[torch.Tensor] = []
    tables: list[torch.Tensor] = []
    for table in range(hashes):
        size = (rows + table) // hashes
        means, nearest = _means(left, size)
        codes.append(nearest + sum(len(each) for each in tables))
        tables.append(means)
        left = left - means[nearest]
    return torch.stack(codes, 1).int().numpy(), torch.cat(tables).numpy()


def _means(points: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Lloyd's k-means: `size` means, and which of them is nearest to each point."""
    means = points[torch.randint(len(points), (size,))]
    for turn in range(MEAN_TURNS + 1):
        far = means.square().sum(1) - 2 * points @ means.T
        nearest = far.argmin(1)
        if turn < MEAN_TURNS:
            sums = torch.zeros_like(means).index_add_(0, nearest, points)
            held = torch.bincount(nearest, minlength=size).unsqueeze(1)
            means = torch.where(held > 0, sums / held.clamp(min=1), means)
    return means, nearest


def _pairs(corpus: Corpus, songs: int) -> Sums:
    """What each pair of songs weighs, under `first * songs + second` both ways round."""
    parts = []
    for block in blocks(corpus):
        for distance in range(1, WINDOW + 1):
            earlier, later = block.apart(distance)
            parts.append((earlier * songs + later, DECAY ** (distance - 1)))
            parts.append((later * songs + earlier, DECAY ** (distance - 1)))
    return summed(parts)


def _information(pairs: Sums, songs: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The pairs that stand together more often than by chance, and the logarithm of how much."""
    keys, weights = torch.from_numpy(pairs[0]), torch.from_numpy(pairs[1])
    totals = torch.zeros(songs, dtype=weights.dtype).index_add_(0, keys // songs, weights)
    chance = totals[keys // songs] * totals[keys % songs] / weights.sum()
    information = (weights / chance).log()
    kept = information > 0
    return keys[kept], information[kept].float()
