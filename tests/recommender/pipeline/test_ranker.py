"""The weights that plays have taught can be handed from one ranker to another."""

from __future__ import annotations

import numpy as np

from recommender.api import Reaction, ReactionKind, Retracted
from recommender.experts.trained import Trained
from recommender.live import LiveRecommender
from tests.recommender.listening import library, plays

LOOP = [1, 2, 3, 4] * 30


def taught(rounds: list[int]) -> LiveRecommender:
    recommender = LiveRecommender(library())
    for play in plays(rounds):
        recommender.observe(play)
    return recommender


def test_weights_of_more_plays_are_taken_and_change_the_scores() -> None:
    much, little = taught(LOOP), taught(LOOP[:20])
    before = little.scores()
    little.adopt(Trained("1", stacker=much.stacker()))
    for name, held in much.stacker().items():
        assert np.array_equal(little.stacker()[name], held), name
    assert not np.array_equal(little.scores(), before)


def test_weights_of_fewer_plays_are_left() -> None:
    much, little = taught(LOOP), taught(LOOP[:20])
    before = much.scores()
    much.adopt(Trained("1", stacker=little.stacker()))
    assert np.array_equal(much.scores(), before)


def test_weights_that_do_not_fit_are_left() -> None:
    recommender, stacker = taught(LOOP[:20]), taught(LOOP).stacker()
    before = recommender.scores()
    stacker["linear.weights"] = stacker["linear.weights"][:-1]
    recommender.adopt(Trained("1", stacker=stacker))
    recommender.adopt(Trained("2", stacker={}))
    assert np.array_equal(recommender.scores(), before)


def test_what_was_said_before_new_weights_came_can_still_be_taken_back() -> None:
    stacker = taught(LOOP).stacker()
    said, silent = taught(LOOP[:20]), taught(LOOP[:20])
    said.observe(Reaction(900, 7, plays(LOOP[:20])[-1].at_s, ReactionKind.LIKE))
    for recommender in (said, silent):
        recommender.adopt(Trained("1", stacker=stacker))
    said.observe(Retracted(900))
    assert [row.song_id for row in said.recommend(10)] == [
        row.song_id for row in silent.recommend(10)
    ]
