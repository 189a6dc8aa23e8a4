"""How the listener holds the list: from familiar to new, and with which experts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.api import Tuning
from recommender.live import LiveRecommender
from recommender.live.listed import ListedRecommender
from recommender.pipeline.board import EXPERTS
from tests.recommender.listening import library, plays
from tests.recommender.live import sequences

SONGS = 240
HEARD = [song for song in range(1, SONGS + 1) if song // 12 % 2]
ROUNDS = [*HEARD, *HEARD[:60], *HEARD[:20]]
Make = Callable[[], ListedRecommender]
MAKES: dict[str, Make] = {
    "live": lambda: LiveRecommender(library(SONGS)),
    "follows": lambda: sequences.made("follows", SONGS),
}
of_both = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES.keys())


def taught(make: Make) -> ListedRecommender:
    """A listener who has heard half of the library, some of it often, and listens now."""
    recommender = make()
    recommender.fit(library(SONGS), plays(ROUNDS))
    return recommender


def never_heard(recommender: ListedRecommender, discover: float, rows: int = 20) -> float:
    """The share of songs never heard in the list."""
    recommender.tune(Tuning(discover))
    shown = [row.song_id for row in recommender.recommend(rows)]
    assert len(shown) == rows
    return sum(song not in HEARD for song in shown) / rows


@of_both
def test_the_ends_of_the_slider_are_of_one_kind_and_the_middle_is_between(make: Make) -> None:
    recommender = taught(make)
    shares = [never_heard(recommender, at) for at in (0.0, 0.5, 1.0)]
    assert shares[0] == 0
    assert shares[0] <= shares[1] < 1
    assert shares[2] == 1


@of_both
def test_each_step_towards_discovery_brings_as_many_new_songs_or_more(make: Make) -> None:
    recommender = taught(make)
    shares = [never_heard(recommender, step / 10) for step in range(11)]
    assert shares == sorted(shares)


def test_what_is_heard_most_leads_the_familiar_end() -> None:
    recommender = taught(MAKES["live"])
    recommender.tune(Tuning(0.0))
    window = set(ROUNDS[-50:])
    shown = [row.song_id for row in recommender.recommend(5)]
    assert set(shown) <= set(HEARD[:60]) - window


def test_an_expert_left_out_gives_no_reason_and_comes_back() -> None:
    recommender = taught(MAKES["live"])
    before = recommender.recommend(20)
    loudest = before[0].expert
    recommender.tune(Tuning(without=(loudest,)))
    rows = recommender.recommend(20)
    assert loudest not in {row.expert for row in rows}
    assert all(loudest not in {part[0] for part in recommender.explain(row.song_id).parts}
               for row in rows)  # fmt: skip
    recommender.tune(Tuning())
    assert recommender.recommend(20) == before


def test_without_any_expert_there_still_is_a_list_with_reasons() -> None:
    recommender = taught(MAKES["live"])
    recommender.tune(Tuning(without=tuple(each.name for each in EXPERTS)))
    rows = recommender.recommend(20)
    assert len(rows) == 20
    assert all(row.reason for row in rows)


@of_both
def test_a_list_is_held_the_same_after_learning_everything_again(make: Make) -> None:
    recommender = taught(make)
    recommender.tune(Tuning(1.0, ("artists",)))
    recommender.fit(library(SONGS), plays(ROUNDS))
    rows = recommender.recommend(20)
    assert not {row.song_id for row in rows} & set(HEARD)
    assert "artists" not in {row.expert for row in rows}


def test_a_checkpoint_does_not_keep_how_the_list_was_held(tmp_path: Path) -> None:
    recommender = taught(MAKES["live"])
    before = recommender.recommend(20)
    recommender.tune(Tuning(1.0, ("markov", "artists")))
    recommender.save(tmp_path)
    assert LiveRecommender.load(tmp_path).recommend(20) == before


def test_songs_passed_over_again_and_again_make_room_for_others() -> None:
    recommender = taught(MAKES["live"])
    before = [row.song_id for row in recommender.recommend(20)]
    now_s = recommender._context()[1]
    for turn in range(24):
        recommender._shown.play(10_000 + turn, now_s)
    assert [row.song_id for row in recommender.recommend(20)] != before
    for turn in range(24):
        recommender._shown.take_back(10_000 + turn)
    assert [row.song_id for row in recommender.recommend(20)] == before


def test_a_song_of_the_album_that_plays_is_followed_by_its_next_track() -> None:
    songs = library(SONGS)
    recommender = LiveRecommender(songs)
    recommender.fit(songs, plays(list(range(5, SONGS, 24)) * 2))
    rows = [row.song_id for row in recommender.recommend(10)]
    on_album = [song for song in rows if songs[song - 1].album == songs[4].album]
    assert on_album == sorted(on_album)
