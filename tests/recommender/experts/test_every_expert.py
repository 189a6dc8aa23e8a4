"""What every expert must do."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Expert, moment_of
from recommender.pipeline.board import EXPERTS
from tests.recommender.listening import NOON_S, library

SONGS = [0, 1, 2, 3, 0, 1, 2, 3, 12, 24, 0, 1, 2, 5, 7, 0, 1]
every_expert = pytest.mark.parametrize("kind", EXPERTS, ids=lambda kind: kind.name)


def logged(turn: int) -> LoggedPlay:
    return LoggedPlay(SONGS[turn], NOON_S + 240 * turn, 200.0, turn % 5 == 4)


def taught(kind: type[Expert], plays: int = len(SONGS)) -> Expert:
    history = History(Catalogue(library()))
    expert = kind(history)
    for turn in range(plays):
        expert.observe(logged(turn), Ledger(keep=False))
        history.append(logged(turn), Ledger(keep=False))
    return expert


def filled(expert: Expert) -> np.ndarray:
    out = np.zeros((len(expert.columns), len(expert.catalogue)), np.float32)
    whole = Pool.whole(len(expert.catalogue))
    expert.fill(moment_of(expert.history, None, NOON_S + 240 * len(SONGS)), whole, out)
    return out


@every_expert
def test_it_scores_every_song_with_a_finite_number(kind: type[Expert]) -> None:
    expert = taught(kind)
    assert np.isfinite(filled(expert)).all()


@every_expert
def test_it_answers_before_the_first_play(kind: type[Expert]) -> None:
    assert np.isfinite(filled(taught(kind, 0))).all()


@every_expert
def test_a_play_taken_back_leaves_no_trace(kind: type[Expert]) -> None:
    expert = taught(kind, 12)
    before = filled(expert)
    ledger = Ledger()
    expert.observe(logged(12), ledger)
    expert.history.append(logged(12), ledger)
    ledger.undo()
    assert np.array_equal(filled(expert), before)


@every_expert
def test_reading_the_log_at_once_gives_what_single_plays_give(kind: type[Expert]) -> None:
    expert = taught(kind)
    at_once = kind(expert.history)
    at_once.load()
    np.testing.assert_allclose(filled(at_once), filled(expert), rtol=1e-4, atol=1e-5)


@every_expert
def test_it_keeps_its_scores_when_songs_join(kind: type[Expert]) -> None:
    expert = taught(kind)
    before = len(expert.catalogue)
    expert.catalogue.update(library(80))
    expert.history.grow()
    expert.grow()
    after = filled(expert)
    assert after.shape[1] == 80 > before
    assert np.isfinite(after).all()


@every_expert
def test_every_column_has_a_name_of_its_own(kind: type[Expert]) -> None:
    assert kind.name
    assert len(set(kind.columns)) == len(kind.columns)
