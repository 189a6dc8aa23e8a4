"""Song vectors counted from pairs: what stands near what, in few numbers a song.

Levy and Goldberg, "Neural word embedding as implicit matrix factorization", NIPS 2014.
"""

from __future__ import annotations

import torch

from recommender.data.arrays import FloatArray
from recommender.data.corpus import Corpus
from recommender.models.counting import Sums, blocks, summed

WINDOW = 20
DECAY = 0.9
TURNS = 2
SPARE = 16


def pair_vectors(corpus: Corpus, dim: int, seed: int) -> FloatArray:
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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        size = min(dim + SPARE, songs)
        left, values, _ = torch.svd_lowrank(matrix.coalesce(), q=size, niter=TURNS)
    found = (left * values.sqrt())[:, :dim]
    vectors[:, : found.shape[1]] = found
    return vectors.numpy()


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
