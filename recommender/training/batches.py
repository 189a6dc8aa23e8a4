"""Lists to chunks: lists of similar length side by side, a bounded number of songs at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from recommender.data.arrays import IndexArray
from recommender.data.corpus import Corpus
from recommender.data.vocabulary import UNKNOWN
from recommender.models.net import Chunk
from recommender.training.settings import TrainSettings

SORTED_BATCHES = 20
"""So many batches' lists, drawn by chance, are sorted by length before they are cut apart."""

LONGEST = 1000
"""A list of more transitions than this is read as several, which share the song at the cut."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is read in one go: `sizes` transitions from `begins` in a list that ends at `ends`."""

    begins: IndexArray
    sizes: IndexArray
    ends: IndexArray

    def __len__(self) -> int:
        return len(self.begins)

    def __getitem__(self, places: IndexArray | slice) -> Pieces:
        return Pieces(self.begins[places], self.sizes[places], self.ends[places])


def pieces_of(corpus: Corpus) -> Pieces:
    """The lists that have a transition, the very long ones cut up."""
    begins = np.asarray(corpus.starts[:-1])[corpus.rows].astype(np.int64)
    lengths = corpus.lengths.astype(np.int64)
    parts = np.maximum(lengths + LONGEST - 2, 0) // LONGEST
    parts[lengths < 2] = 0
    number = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    ends = np.repeat(begins + lengths, parts)
    begins = np.repeat(begins, parts) + number * LONGEST
    return Pieces(begins, np.minimum(ends - begins - 1, LONGEST), ends)


def batch_count(pieces: Pieces, settings: TrainSettings) -> int:
    """How many batches an epoch has."""
    return -(-len(pieces) // settings.batch)


def batches(
    corpus: Corpus,
    settings: TrainSettings,
    horizon: int = 1,
    epoch: int = 0,
    rank: int = 0,
    world: int = 1,
    *,
    first: int = 0,
    pieces: Pieces | None = None,
) -> Iterator[list[Chunk]]:
    """One epoch's batches from the `first` on, each cut into chunks of `settings.steps` songs.

    The order follows from the seed and the epoch alone. Longer lists stand above shorter ones,
    and a chunk leaves out the rows of lists that have ended: its rows are the uppermost of the
    chunk before. Of each batch the process `rank` out of `world` gets its share, in as many
    chunks as every other process and with one row at least, of padding if need be.
    """
    pieces = pieces_of(corpus) if pieces is None else pieces
    order = _order(pieces.sizes, settings, epoch)
    for rows in order[first:]:
        longest = int(pieces.sizes[rows[0]])
        mine = pieces[rows[rank::world]]
        yield [
            _chunk(corpus, mine, start, min(longest - start, settings.steps), horizon)
            for start in range(0, longest, settings.steps)
        ]


def _order(sizes: IndexArray, settings: TrainSettings, epoch: int) -> list[IndexArray]:
    """The pieces of each batch, the longest first."""
    chance = np.random.default_rng([settings.seed % (1 << 63), epoch])
    shuffled = chance.permutation(len(sizes))
    window = np.arange(len(sizes)) // (settings.batch * SORTED_BATCHES)
    shuffled = shuffled[np.lexsort((-sizes[shuffled], window))]
    cuts = np.arange(settings.batch, len(sizes), settings.batch)
    found = np.split(shuffled, cuts) if len(sizes) else []
    return [found[place] for place in chance.permutation(len(found))]


def _chunk(corpus: Corpus, pieces: Pieces, start: int, width: int, horizon: int) -> Chunk:
    """The songs `start` to `start + width` of the pieces that reach so far."""
    alive = pieces[: max(1, int(np.count_nonzero(pieces.sizes > start)))]
    if not len(alive):
        alive = Pieces(*np.zeros((3, 1), np.int64))
    offsets = np.arange(start, start + width)
    places = alive.begins[:, None] + offsets
    real = offsets < alive.sizes[:, None]
    songs = np.where(real, corpus.songs[np.where(real, places, 0)], UNKNOWN).astype(np.int64)
    songs[songs == UNKNOWN] = len(corpus.vocabulary)
    ahead = places[..., None] + np.arange(1, horizon + 1)
    there = real[..., None] & (ahead < alive.ends[:, None, None])
    targets = np.where(there, corpus.songs[np.where(there, ahead, 0)], UNKNOWN).astype(np.int64)
    feedback = np.zeros(songs.shape, np.int64)
    if corpus.feedback is not None:
        feedback[real] = corpus.feedback[places[real]]
    return Chunk(*(torch.from_numpy(each) for each in (songs, feedback, targets)))
