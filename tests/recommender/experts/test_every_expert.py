"""What every expert must do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.api import ReactionKind
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Expert, Moment, moment_of
from recommender.experts.rocchio import Rocchio
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


def now(expert: Expert) -> Moment:
    return moment_of(expert.history, None, NOON_S + 240 * len(SONGS))


def filled(expert: Expert, pool: Pool | None = None) -> np.ndarray:
    pool = Pool.whole(len(expert.catalogue)) if pool is None else pool
    out = np.zeros((len(expert.columns), len(pool)), np.float32)
    expert.fill(now(expert), pool, out)
    return out


def reacted(kind: type[Expert]) -> Expert:
    """Taught, and told of a song that is liked where it listens to that."""
    expert = taught(kind)
    if isinstance(expert, Rocchio):
        expert.react(30, ReactionKind.LIKE, NOON_S + 240 * len(SONGS), Ledger())
    return expert


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


@every_expert
@given(songs=st.lists(st.integers(0, 59), unique=True, min_size=1, max_size=20))
def test_a_part_of_the_catalogue_has_the_columns_it_has_in_the_whole(
    kind: type[Expert], songs: list[int]
) -> None:
    expert = reacted(kind)
    part = filled(expert, Pool.of(np.array(songs, np.int64), len(expert.catalogue)))
    whole = filled(expert)[:, songs]
    if kind is Rocchio:  # its first column is centred on the pool
        part[0] -= part[0].mean()
        whole[0] -= whole[0].mean()
    np.testing.assert_allclose(part, whole, rtol=1e-5, atol=1e-6)


@every_expert
def test_proposals_are_songs_of_the_catalogue_each_once_and_not_too_many(
    kind: type[Expert],
) -> None:
    for expert in (reacted(kind), taught(kind, 0)):
        songs = expert.propose(now(expert))
        assert songs.dtype == np.int64
        assert len(np.unique(songs)) == len(songs) <= expert.most
        assert ((songs >= 0) & (songs < len(expert.catalogue))).all()


@every_expert
def test_the_same_log_gives_the_same_proposals(kind: type[Expert]) -> None:
    first, second = reacted(kind), reacted(kind)
    assert first.propose(now(first)).tolist() == second.propose(now(second)).tolist()


@every_expert
def test_a_play_taken_back_leaves_the_proposals_as_they_were(kind: type[Expert]) -> None:
    expert = taught(kind, 12)
    before = expert.propose(now(expert)).tolist()
    ledger = Ledger()
    expert.observe(logged(12), ledger)
    expert.history.append(logged(12), ledger)
    expert.propose(now(expert))
    ledger.undo()
    assert expert.propose(now(expert)).tolist() == before
