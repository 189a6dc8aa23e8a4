"""What a training makes of a listener's library and events."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.api import Reaction, ReactionKind
from recommender.data.arrays import IndexArray
from recommender.data.corpus import Feedback
from recommender.live.parts import NONE_LIKED, Choices, Material, taught_net
from tests.recommender.listening import NOON_S, library, plays

SONGS = 12
TINY = Choices(options={"dim": 8, "hidden": 8, "softmax": "full"})


def test_the_liked_songs_are_those_whose_like_stands() -> None:
    said = [
        Reaction(1, 3, NOON_S, ReactionKind.LIKE),
        Reaction(2, 5, NOON_S, ReactionKind.LIKE),
        Reaction(3, 5, NOON_S + 1, ReactionKind.CLEAR),
        Reaction(4, 7, NOON_S, ReactionKind.MORE),
        Reaction(5, 8, NOON_S, ReactionKind.DISLIKE),
    ]
    assert Material(library(SONGS), said).liked().tolist() == [2]


def test_a_net_learns_what_it_means_that_a_song_is_liked() -> None:
    material = Material(library(SONGS), plays([turn % SONGS + 1 for turn in range(60)]))

    def word(liked: IndexArray) -> NDArray[Any]:
        model = taught_net(material.history(), TINY, liked=liked)
        assert model is not None
        row: NDArray[Any] = model.arrays()["heard.weight"][Feedback.LIKED]
        return row

    assert not np.array_equal(word(NONE_LIKED), word(np.array([2, 4])))
