"""What the sequence model reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from recommender.skips.songs import FIGURES, SongStatistics
from recommender.skips.tokens import Tokens
from tests.recommender.skips.logs import made_log


def test_feedback_beyond_the_known_songs_is_erased(tmp_path: Path) -> None:
    log = made_log(tmp_path, 12)
    figures = SongStatistics.of(log).figures(log.songs, log)
    whole = Tokens.of(log.halves(log.lengths), figures)
    half = Tokens.of(log.halves(), figures)
    which, known = torch.arange(12), torch.from_numpy(log.lengths // 2)
    from_whole, real = whole.inputs(which, known)
    from_half, _ = half.inputs(which, known)
    assert torch.equal(from_whole, from_half)
    assert real.sum(1).tolist() == log.lengths.tolist()
    more, _ = whole.inputs(which, known + 1)
    assert not torch.equal(more, from_whole)


def test_the_order_of_the_songs_is_told(tmp_path: Path) -> None:
    log = made_log(tmp_path, 1)
    songs = np.full((1, 20), -1)
    songs[0, :5] = [7, 8, 7, 7, 9]
    halves = log.halves()
    halves = type(halves)(np.array([5]), np.array([2]), songs, halves.values)
    tokens = Tokens.of(halves, np.zeros((1, 20, FIGURES), np.float32))
    order = tokens.songs[0, :, FIGURES:]
    again, later, two_before, one_before, one_after, two_after, between = (
        order[:5, at].tolist() for at in (0, 2, 3, 4, 5, 6, 7)
    )
    assert again == [0, 0, 1, 1, 0]
    assert later == [1, 0, 1, 0, 0]
    assert one_before == [0, 0, 0, 1, 0]
    assert two_before == [0, 0, 1, 0, 0]
    assert one_after == [0, 0, 1, 0, 0]
    assert two_after == [1, 0, 0, 0, 0]
    assert between == [0, 1, 0, 0, 0]
    assert not tokens.songs[0, 5:].any()
