"""What the known half of sessions says, as one row a session for gradient boosting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray
from recommender.skips.sessions import REASONS, Field, Halves

LATEST = (
    (Field.END, 5), (Field.START, 4), (Field.SWITCH, 2), (Field.NO_PAUSE, 2),
    (Field.SHORT_PAUSE, 2), (Field.LONG_PAUSE, 2), (Field.FORWARD, 2), (Field.BACK, 2),
    (Field.CONTEXT, 1), (Field.PREMIUM, 1), (Field.SHUFFLE, 1), (Field.HOUR, 1),
)  # fmt: skip
MEANS = (
    Field.SKIP_1, Field.SKIP_2, Field.SKIP_3, Field.NOT_SKIPPED, Field.SWITCH, Field.NO_PAUSE,
    Field.SHORT_PAUSE, Field.LONG_PAUSE, Field.FORWARD, Field.BACK, Field.SHUFFLE,
)  # fmt: skip
WINDOWS = (2, 3, 5)
DECAYS = (0.5, 0.7, 0.85)


def levels(values: FloatArray) -> FloatArray:
    """How early songs were skipped: 0 not at all to 3 after a moment; NaN where unknown."""
    known = ~np.isnan(values[..., Field.SKIP_2])
    each = values[..., [Field.SKIP_1, Field.SKIP_2, Field.SKIP_3]]
    result: FloatArray = np.where(known, np.nan_to_num(each).sum(-1), np.nan).astype(np.float32)
    return result


def past(halves: Halves, figures: FloatArray, same: BoolArray) -> FloatArray:
    """One row a session, shape (sessions, features); all must have the same `known`.

    `figures` are `SongStatistics.figures`; `same` says which places hold the same song, shape
    (sessions, 20, 20).
    """
    known = int(halves.known[0])
    values, level = halves.values[:, :known], levels(halves.values[:, :known])
    skipped = values[:, :, Field.SKIP_2].astype(np.float64)
    columns: list[NDArray[Any]] = [*_latest(level, 6)]
    for field, how_many in LATEST:
        columns += _latest(values[:, :, field], how_many)
    columns += [values[:, :, field].mean(1) for field in MEANS]
    columns += _recent(skipped, level)
    columns += [(values[:, :, Field.END] == at).mean(1) for at in range(len(REASONS))]
    columns += [(values[:, :, Field.START] == at).mean(1) for at in range(len(REASONS))]
    columns += _runs(skipped)
    columns += [halves.known, halves.lengths]
    columns += _songs(halves, figures, same, skipped)
    result: FloatArray = np.stack(columns, axis=1).astype(np.float32)
    return result


def _latest(values: FloatArray, how_many: int) -> list[FloatArray]:
    """The last known values, the newest first; NaN where the session is younger."""
    none = np.full(len(values), np.nan, np.float32)
    last = values.shape[1] - 1
    return [values[:, last - back] if back <= last else none for back in range(how_many)]


def _recent(skipped: DoubleArray, level: FloatArray) -> list[DoubleArray]:
    columns: list[DoubleArray] = []
    for width in WINDOWS:
        columns += [level[:, -width:].mean(1), skipped[:, -width:].mean(1)]
    for decay in DECAYS:
        weights = decay ** np.arange(skipped.shape[1])[::-1]
        weights /= weights.sum()
        columns += [skipped @ weights, level @ weights]
    return columns


def _runs(skipped: DoubleArray) -> list[DoubleArray]:
    """The last run's length, how often it changes, and how skips follow skips and plays."""
    newest = skipped[:, ::-1]
    run = np.cumprod(newest == newest[:, :1], axis=1).sum(1)
    before, after = skipped[:, :-1] > 0, skipped[:, 1:] > 0
    return [
        run, (before != after).mean(1) if before.shape[1] else 0.0 * run,
        (after & ~before).sum(1) / ((~before).sum(1) + 1),
        (after & before).sum(1) / (before.sum(1) + 1),
        newest.argmax(1), (1 - newest).argmax(1),
    ]  # fmt: skip


def _songs(
    halves: Halves, figures: FloatArray, same: BoolArray, skipped: DoubleArray
) -> list[DoubleArray]:
    """How the songs of both halves stand in train, and how often they come again."""
    known, songs = skipped.shape[1], halves.songs
    surprise = skipped - figures[:, :known, 1]
    again: BoolArray = np.asarray(np.tril(same, -1).any(2))
    asked = halves.asked()
    many = asked.sum(1)
    back, twice = np.zeros(songs.shape, bool), np.zeros(songs.shape, bool)
    back[:, 2:] = songs[:, 2:] == songs[:, :-2]
    twice[:, 1:] = songs[:, 1:] == songs[:, :-1]
    columns = [surprise.mean(1), surprise[:, -3:].mean(1), figures[:, :known, 0].mean(1)]
    columns += [again[:, :known].mean(1), (again & asked).sum(1) / many]
    columns += [(figures[:, :, at] * asked).sum(1) / many for at in (0, 1, 2, 7)]
    return [*columns, (back & asked).sum(1), (twice & asked).sum(1)]
