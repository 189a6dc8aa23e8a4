"""What train says of each song: how often it was played, skipped and gone back to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.skips.sessions import Field, SessionLog

PRIOR = 4.0
PAIR_PRIOR = 2.0
FIGURES = 9
"""Figures of a song: log plays; the shrunk shares of skips, of skips above the session's own mean,
of early skips, of plays to the end, of going back from it and to it; then log plays of the pair
that it makes with the song before it, and the pair's share of skips."""


@dataclass(frozen=True, slots=True)
class SongStatistics:
    """Sums over the plays of train; `sums` has shape (songs + 1, 7), the last row for the unknown.

    `pairs` are the codes of songs that followed each other, sorted; `pair_sums` their plays and
    skips. `extra` are features of the songs from elsewhere, shape (songs + 1, any).
    """

    sums: DoubleArray
    means: DoubleArray
    pairs: IndexArray
    pair_sums: DoubleArray
    extra: FloatArray

    @classmethod
    def of(cls, log: SessionLog, extra: FloatArray | None = None) -> SongStatistics:
        """Count a log."""
        count = len(log.vocabulary)
        plays = _plays(log)
        places = np.where(log.songs >= 0, log.songs, count).ravel()
        sums = np.stack(
            [np.bincount(places, column.ravel(), count + 1) for column in np.moveaxis(plays, 2, 0)],
            axis=1,
        ).astype(np.float64)
        means = sums[:count].sum(0) / max(1.0, sums[:count, 0].sum())
        codes, _ = _pair_codes(log.songs, count)
        pairs, which = np.unique(codes, return_inverse=True)
        which = which.reshape(-1)
        both = [np.bincount(which, plays[:, :, at].ravel(), len(pairs)) for at in (0, 1)]
        if extra is None:
            extra = np.zeros((count + 1, 0), np.float32)
        return cls(sums, means, pairs, np.stack(both, axis=1), extra)

    def figures(self, songs: IndexArray, own: SessionLog | None = None) -> FloatArray:
        """Figures of the songs (sessions, 20), shape (sessions, 20, FIGURES + extra's).

        `own` are the same sessions if they are among the counted ones; what each adds itself is
        then taken out, so that train says of its songs no more than it will say of others'.
        """
        count = len(self.sums) - 1
        known = np.where((songs >= 0) & (songs < count), songs, count)
        sums = self.sums[known]
        codes, real = _pair_codes(songs, count)
        at = np.minimum(np.searchsorted(self.pairs, codes), len(self.pairs) - 1)
        found = (self.pairs[at] == codes) & real.ravel()
        pair = (self.pair_sums[at] * found[:, None]).reshape(*songs.shape, 2)
        if own is not None:
            plays = _plays(own)
            same = songs[:, :, None] == songs[:, None, :]
            sums = sums - np.einsum("nij,njf->nif", same, plays)
            codes = codes.reshape(songs.shape)
            both = (codes[:, :, None] == codes[:, None, :]) & real[:, None, :]
            pair = pair - np.einsum("nij,njf->nif", both, plays[:, :, :2]) * real[:, :, None]
        plays_of = np.maximum(sums[:, :, :1], 0)
        shares = (sums[:, :, 1:] + PRIOR * self.means[1:]) / (plays_of + PRIOR)
        twice = np.maximum(pair[:, :, :1], 0)
        share = (pair[:, :, 1:] + PAIR_PRIOR * self.means[1]) / (twice + PAIR_PRIOR)
        parts = [np.log1p(plays_of), shares, np.log1p(twice), share, self.extra[known]]
        result: FloatArray = np.concatenate(parts, axis=2).astype(np.float32)
        return result


def _plays(log: SessionLog) -> DoubleArray:
    """What each play adds to its song's sums, shape (sessions, 20, 7); zero after the end."""
    values = np.nan_to_num(log.values.astype(np.float64), nan=-1.0)
    real = log.songs >= 0
    skipped = values[:, :, Field.SKIP_2] > 0
    mean = (skipped & real).sum(1, keepdims=True) / log.lengths[:, None]
    went_back = values[:, :, Field.END] == BACKWARDS
    came_back = values[:, :, Field.START] == BACKWARDS
    columns = (
        real, skipped, skipped - mean, values[:, :, Field.SKIP_1] > 0,
        values[:, :, Field.NOT_SKIPPED] > 0, went_back, came_back,
    )  # fmt: skip
    result: DoubleArray = np.stack(columns, axis=2) * real[:, :, None]
    return result


BACKWARDS = 1.0
"""The place of "backbtn" among the reasons."""


def _pair_codes(songs: IndexArray, count: int) -> tuple[IndexArray, BoolArray]:
    """A number for each song with the one before it, flat; and which of them exist."""
    before = np.concatenate([np.full((len(songs), 1), -1), songs[:, :-1]], axis=1)
    real = (songs >= 0) & (songs < count) & (before >= 0) & (before < count)
    codes: IndexArray = np.where(real, before * (count + 1) + songs, -1).ravel()
    return codes, real
