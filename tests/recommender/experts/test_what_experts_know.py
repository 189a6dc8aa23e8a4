"""What each expert is there to know, on histories where the answer is plain."""

from __future__ import annotations

import numpy as np

from recommender.api import ReactionKind, Song
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.rocchio import Rocchio
from recommender.pipeline.board import ROW
from recommender.pipeline.ranker import Ranker
from tests.recommender.listening import NOON_S, heard


def column(ranker: Ranker, name: str) -> np.ndarray:
    return ranker.score().matrix[ROW[name]]


def test_markov_expects_the_song_that_followed_before() -> None:
    assert np.argmax(column(heard([5, 9, 20, 30, 5]), "next")) == 9


def test_the_longer_match_wins_over_the_last_successor() -> None:
    ranker = heard([1, 5, 9, 40, 2, 5, 11, 41, 1, 5])
    assert np.argmax(column(ranker, "next_match")) == 9


def test_cooccurrence_sees_neighbours_in_both_directions() -> None:
    near = column(heard([7, 8, 9, *range(20, 45), 8]), "near_current")
    assert near[7] > 0
    assert near[9] > 0
    assert near[7] > near[30]


def test_cooccurrence_does_not_reach_into_another_session() -> None:
    ranker = heard([7, 8])
    late = LoggedPlay(9, NOON_S + 1e5, 200.0, False)
    ranker.observe(late, Ledger())
    ranker.observe(LoggedPlay(8, NOON_S + 2e5, 200.0, False), Ledger())
    near = column(ranker, "near_current")
    assert near[7] > 0
    assert near[9] == 0


def test_sessions_like_this_one_vote_for_their_songs() -> None:
    ranker = heard([1, 2, 3, 4])
    for turn, song in enumerate([*range(20, 46), 1, 2]):
        at_s = NOON_S + 1e5 * (1 if turn < 3 else 2) + 240 * turn
        ranker.observe(LoggedPlay(song, at_s, 200.0, False), Ledger())
    votes = column(ranker, "knn")
    assert votes[3] > 0
    assert votes[20] == 0


def test_popularity_fades() -> None:
    ranker = heard([1] * 5 + [2] * 5 + list(range(10, 50)) + [2] * 4)
    assert column(ranker, "pop_30")[2] > column(ranker, "pop_30")[1] > 0


def test_the_next_song_of_the_album_is_named() -> None:
    songs = [Song(n, f"Part {n}", "A", "Suite", track_number=n) for n in (1, 2, 3, 4)]
    ranker = Ranker(History(Catalogue(songs)))
    ranker.observe(LoggedPlay(1, NOON_S, 200.0, False), Ledger())
    assert column(ranker, "album_next").tolist() == [0, 0, 1, 0]


def test_titles_that_share_words_are_alike() -> None:
    names = ["Winter Sonata - Live", "Winter Sonata", "Completely Other", "Hamster Polka"]
    songs = [Song(n, name, f"Artist {n}") for n, name in enumerate(names)]
    ranker = Ranker(History(Catalogue(songs)))
    ranker.observe(LoggedPlay(0, NOON_S, 200.0, False), Ledger())
    titles = column(ranker, "title")
    assert np.argmax(titles) == 1
    assert titles[3] < 0.05 < titles[1]


def test_a_song_never_heard_has_a_score_when_its_artist_is_playing() -> None:
    new = column(heard([0, 12]), "new_same")
    assert new[24] == 1
    assert new[12] == 0
    assert new[25] == 0


def test_a_like_pulls_similar_songs_up_and_a_dislike_pushes_them_down() -> None:
    ranker = heard([1, 2, 3])
    rocchio = next(e for e in ranker.board.experts if isinstance(e, Rocchio))
    rocchio.react(0, ReactionKind.LIKE, NOON_S + 720, Ledger())
    liked = column(ranker, "shift").copy()
    assert liked[12] > liked[13]
    rocchio.react(0, ReactionKind.DISLIKE, NOON_S + 720, Ledger())
    assert column(ranker, "shift")[12] < column(ranker, "shift")[13]


def test_a_skip_counts_only_in_its_session() -> None:
    ranker = heard([1, 2, 3])
    ranker.observe(LoggedPlay(4, NOON_S + 800, 5.0, True), Ledger())
    assert column(ranker, "skipped_session")[4] == 1
    assert column(ranker, "shift")[16] < 0
    ranker.observe(LoggedPlay(1, NOON_S + 50_000, 200.0, False), Ledger())
    assert column(ranker, "skipped_session")[4] == 0
    assert not column(ranker, "shift").any()
