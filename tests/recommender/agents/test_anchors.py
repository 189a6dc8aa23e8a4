"""The plain ways to choose."""

from __future__ import annotations

import numpy as np

from recommender.agents.anchors import NearestPolicy, PopularityPolicy, RandomPolicy
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions
from tests.recommender.agents.tastes import COLOURS, Tastes

RNG = np.random.default_rng(0)


def session(*songs: tuple[int, Heard]) -> Sessions:
    made = Sessions.none_yet(1)
    for place, (song, heard) in enumerate(reversed(songs), start=1):
        made.songs[0, -place], made.heard[0, -place] = song, heard
    return made


def test_chance_takes_every_song_sooner_or_later() -> None:
    policy, seen = RandomPolicy(20), Sessions.none_yet(50)
    rng = np.random.default_rng(1)
    found = {song for _ in range(4) for song in policy.choose(seen, 3, rng).ravel().tolist()}
    assert found == set(range(20))


def test_the_most_played_songs_come_first_and_heard_ones_are_passed_over() -> None:
    crowd = Tastes(1, 30)
    order = np.argsort(-crowd.plays, kind="stable")
    heard = session((int(order[0]), Heard.FINISHED), (int(order[2]), Heard.SKIPPED))
    assert PopularityPolicy(crowd).choose(heard, 3, RNG)[0].tolist() == order[[1, 3, 4]].tolist()


def test_the_nearest_songs_are_like_those_that_were_finished() -> None:
    crowd = Tastes(1)
    chosen = NearestPolicy(crowd, known=0.05).choose(session((3, Heard.FINISHED)), 5, RNG)[0]
    assert (chosen % COLOURS == 3).all()


def test_a_skip_moves_the_nearest_songs_away() -> None:
    crowd = Tastes(1)
    seen = session((3, Heard.FINISHED), (4, Heard.FINISHED), (10, Heard.SKIPPED))
    chosen = NearestPolicy(crowd, away=1.0, known=0).choose(seen, 5, RNG)[0]
    assert (chosen % COLOURS == 3).all()


def test_before_the_first_song_the_nearest_are_the_most_played() -> None:
    crowd, seen = Tastes(1, 30), Sessions.none_yet(1)
    expected = PopularityPolicy(crowd).choose(seen, 3, RNG)
    assert set(crowd.plays[NearestPolicy(crowd).choose(seen, 3, RNG)[0]]) == set(
        crowd.plays[expected[0]]
    )
