"""What the experts propose becomes one pool, with room for what nobody proposed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.history import LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.base import moment_of
from recommender.pipeline.board import EXPERTS, Board
from recommender.pipeline.candidates import EXPLORATION, Proposal, candidates
from recommender.pipeline.ranker import Ranker
from tests.recommender.listening import NOON_S, heard

SONGS = 400
HABIT = [1, 2, 3, 4, 5, 6, 1, 2, 3, 40, 52, 1, 2]
PROPOSING = {"markov", "cooccurrence", "artists", "popularity", "recency", "novelty", "content"}


def listener(most: int = 100) -> Ranker:
    ranker = heard(HABIT, SONGS)
    ranker.board.most = most
    return ranker


def pool_of(board: Board, also: tuple[int, ...] = (), started: int | None = None) -> list[int]:
    moment = moment_of(board.history, started, NOON_S + 60 * 4 * len(HABIT))
    return board.pool(moment, also).songs.tolist()


def test_a_library_that_fits_is_considered_whole() -> None:
    assert pool_of(listener(SONGS).board) == list(range(SONGS))


def test_a_larger_one_is_cut_to_as_many_songs_each_once() -> None:
    songs = pool_of(listener(100).board)
    assert len(songs) == len(set(songs)) == 100


def test_it_is_known_who_proposed_what() -> None:
    board = listener(100).board
    songs = set(pool_of(board))
    by = board.candidates.by
    assert PROPOSING | {EXPLORATION} <= {name for name, named in by.items() if len(named)}
    assert set(np.concatenate(list(by.values())).tolist()) == songs


def test_what_followed_before_is_proposed_and_songs_just_played_are_not_left_out() -> None:
    assert {1, 2, 3} <= set(pool_of(listener(60).board))


def test_songs_asked_for_are_added() -> None:
    board = listener(60).board
    away = next(song for song in range(SONGS) if song not in pool_of(board))
    assert away in pool_of(board, also=(away,))


def test_silent_experts_propose_nothing() -> None:
    board = listener(100).board
    board.mute([kind.name for kind in EXPERTS if kind.name != "markov"])
    pool_of(board)
    assert set(board.candidates.by) == {"markov", EXPLORATION}


def test_songs_that_are_gone_are_not_considered() -> None:
    ranker = listener(100)
    catalogue = ranker.history.catalogue
    catalogue.remove([catalogue.songs[song].song_id for song in range(0, SONGS, 2)])
    assert all(song % 2 for song in pool_of(ranker.board))
    ranker.board.most = 250
    assert pool_of(ranker.board) == list(range(1, SONGS, 2))


def test_half_of_the_exploration_is_new_songs_of_known_artists() -> None:
    ranker = listener(100)
    pool_of(ranker.board)
    artist, explored = ranker.history.catalogue.artist, ranker.board.candidates.by[EXPLORATION]
    known = np.isin(artist[explored], artist[ranker.history.heard])
    first = len(explored) // 2
    assert known[:first].all()
    assert not ranker.history.plays[explored[:first]].any()


def test_every_song_has_its_chance_after_a_while() -> None:
    ranker = listener()
    seen: set[int] = set()
    for turn in range(SONGS // 5):
        seen |= set(candidates(ranker.history, [], (), turn, 100).pool.songs.tolist())
    assert seen == set(range(SONGS))


@settings(max_examples=40, deadline=None)
@given(
    lists=st.lists(st.lists(st.integers(0, SONGS - 1), unique=True, max_size=90), max_size=4),
    most=st.integers(20, 120),
    turn=st.integers(0, 10_000),
)
def test_the_pool_is_full_without_repeats_and_led_by_the_best_proposals(
    lists: list[list[int]], most: int, turn: int
) -> None:
    history = listener().history
    proposals = [
        Proposal(f"expert {number}", np.array(songs, np.int64), 90)
        for number, songs in enumerate(lists)
    ]
    made = candidates(history, proposals, (), turn, most)
    songs = made.pool.songs.tolist()
    assert len(songs) == len(set(songs)) == most
    assert all(named[:1] == [] or named[0] in songs for named in lists)
    again = candidates(history, proposals, (), turn, most)
    assert again.pool.songs.tolist() == songs


def test_a_play_taken_back_leaves_the_candidates_as_they_were() -> None:

    ranker = listener(80)
    before, ledger = pool_of(ranker.board), Ledger()
    ranker.observe(LoggedPlay(77, NOON_S + 60 * 4 * len(HABIT), 200.0, False), ledger)
    pool_of(ranker.board)
    ledger.undo()
    assert pool_of(ranker.board) == before
