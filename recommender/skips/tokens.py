"""Sessions as tokens for the sequence model: each song, and feedback on it where it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.skips.past import levels
from recommender.skips.sessions import CONTEXTS, LONGEST, REASONS, Field, Halves

SWITCHES = (Field.SWITCH, Field.NO_PAUSE, Field.SHORT_PAUSE, Field.LONG_PAUSE, Field.NOT_SKIPPED)
SEEKS = (Field.FORWARD, Field.BACK)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Float tensors of shape (sessions, 20, width): `songs`, and `feedback` as far as it is known.

    `skipped` is skip_2, shape (sessions, 20), 0 where unknown; `earlier` says which places before
    hold the same song, shape (sessions, 20, 20).
    """

    songs: Tensor
    feedback: Tensor
    skipped: Tensor
    earlier: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, halves: Halves, figures: FloatArray) -> Tokens:
        """Tokens of the sessions; `figures` are standardised."""
        songs = halves.songs
        real = (songs >= 0)[:, :, None]
        same: BoolArray = (songs[:, :, None] == songs[:, None, :]) & real & real.transpose(0, 2, 1)
        parts = [figures * real, _order(halves, same), real]
        skips = np.nan_to_num(halves.values[:, :, Field.SKIP_2])
        return cls(
            _tensor(np.concatenate(parts, axis=2)), _tensor(_feedback(halves)), _tensor(skips),
            _tensor(np.tril(same, -1)), torch.from_numpy(halves.lengths),
        )  # fmt: skip

    def inputs(self, which: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        """What the net reads of some sessions of which so much is known, and which places exist.

        Shapes (batch, 20, width) and (batch, 20). Feedback from `known` on is erased here too.
        """
        places = torch.arange(LONGEST)
        heard = (places < known[:, None]).float()
        real = (places < self.lengths[which][:, None]).float()
        feedback = self.feedback[which] * heard[:, :, None]
        skipped = self.skipped[which] * heard
        last = feedback[torch.arange(len(which)), known - 1]
        whole = [last, (skipped.sum(1) / known)[:, None], known[:, None] / LONGEST]
        context = torch.cat(whole, 1)[:, None].expand(-1, LONGEST, -1)
        before = torch.bmm(self.earlier[which], torch.stack([heard, skipped], 2)).clamp(max=2)
        ahead = (places - known[:, None] + 1).clamp(min=0) / 10 * real
        rest = torch.stack([heard, skipped, ahead], 2)
        return torch.cat([self.songs[which], feedback, rest, before, context], 2), real


def _tensor(array: FloatArray | BoolArray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))


def _order(halves: Halves, same: BoolArray) -> FloatArray:
    """Where a song stands and how the session comes back to it, shape (sessions, 20, 11)."""
    places, lengths = np.arange(LONGEST)[None], halves.lengths[:, None]
    real: BoolArray = halves.songs >= 0
    earlier, later = np.tril(same, -1), np.triu(same, 1)
    again: BoolArray = np.asarray(earlier.any(2))
    next_old = np.zeros(again.shape, bool)
    next_old[:, :-1] = again[:, 1:]
    between = np.zeros(again.shape, bool)
    line = np.arange(1, LONGEST - 1)
    between[:, line] = same[:, line - 1, line + 1]
    near = [_shifted(same, by) for by in (-2, -1, 1, 2)]
    columns = [
        again, np.minimum(earlier.sum(2), 3) / 3, later.any(2), *near, between, next_old,
        places / LONGEST * real, (lengths - places) / LONGEST * real, lengths / LONGEST * real,
    ]  # fmt: skip
    result: FloatArray = np.stack(columns, axis=2).astype(np.float32)
    return result


def _shifted(same: BoolArray, by: int) -> BoolArray:
    """Whether the song `by` places on is the same one, shape (sessions, 20)."""
    result = np.zeros(same.shape[:2], bool)
    line: IndexArray = np.arange(max(0, -by), LONGEST - max(0, by))
    result[:, line] = same[:, line, line + by]
    return result


def _feedback(halves: Halves) -> FloatArray:
    """What became of each known song, and where and when it was played."""
    values = halves.values
    hour = values[:, :, Field.HOUR] * (math.pi / 12)
    columns = [
        _one_hot(levels(values), 4), _one_hot(values[:, :, Field.END], len(REASONS)),
        _one_hot(values[:, :, Field.START], len(REASONS)), values[:, :, SWITCHES],
        np.minimum(np.log1p(values[:, :, SEEKS]), 3),
        _one_hot(values[:, :, Field.CONTEXT], len(CONTEXTS)),
        values[:, :, [Field.SHUFFLE, Field.PREMIUM]], np.sin(hour)[:, :, None],
        np.cos(hour)[:, :, None],
    ]  # fmt: skip
    result: FloatArray = np.nan_to_num(np.concatenate(columns, axis=2)).astype(np.float32)
    return result


def _one_hot(values: FloatArray, count: int) -> BoolArray:
    result: BoolArray = values[:, :, None] == np.arange(count)
    return result
