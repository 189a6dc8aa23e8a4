"""Where sessions are cut to learn from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recommender.skips.boosting import FIRST_CUT, LAST_CUT, cuts
from tests.recommender.skips.logs import made_log


def test_every_session_is_cut_in_half_and_elsewhere(tmp_path: Path) -> None:
    log = made_log(tmp_path, 30)
    which, known = cuts(log, 1_000_000, 0)
    assert len(which) == len(set(zip(which.tolist(), known.tolist(), strict=True)))
    for session, length in enumerate(log.lengths.tolist()):
        there = set(known[which == session].tolist())
        assert there == {length // 2} | set(range(FIRST_CUT, min(LAST_CUT + 1, length)))


def test_what_is_too_much_is_left_out_the_halves_last(tmp_path: Path) -> None:
    log = made_log(tmp_path, 30)
    halves = int((log.lengths - log.lengths // 2).sum())
    which, known = cuts(log, 2 * halves, 0)
    assert halves < int((log.lengths[which] - known).sum()) < 2 * halves + 20
    assert np.count_nonzero(known == log.lengths[which] // 2) == 30
    which, known = cuts(log, halves // 2, 0)
    assert (known == log.lengths[which] // 2).all()
    assert 10 < len(which) < 20
