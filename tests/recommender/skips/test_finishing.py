"""The chance that the next song is finished, from nothing but skips so far."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.skips.boosting import Boosting
from recommender.skips.finishing import Prefix, finishing
from recommender.skips.sessions import Field
from tests.recommender.skips.logs import made_log


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Boosting:
    fitted = Boosting(rows=4_000, trees=30)
    fitted.fit(made_log(tmp_path_factory.mktemp("log"), 200).only(Field.SKIP_2))
    return fitted


def test_who_skips_is_less_likely_to_finish(model: Boosting) -> None:
    songs = (1, 2, 3, 5, 6)
    candidates = np.array([7, 9, 10])
    stays = finishing(model, Prefix(songs, (False,) * 5), candidates)
    skips = finishing(model, Prefix(songs, (True,) * 5), candidates)
    assert stays.shape == (3,)
    assert (stays > skips + 0.2).all()


def test_a_song_that_all_skip_is_less_likely_to_be_finished(model: Boosting) -> None:
    chances = finishing(model, Prefix((1, 2, 3), (False,) * 3), np.array([4, 8, 5, 9]))
    assert chances[:2].max() < chances[2:].min()


def test_a_long_session_and_a_strange_song_are_fine(model: Boosting) -> None:
    songs = tuple(range(30))
    (chance,) = finishing(model, Prefix(songs, (False,) * 30), np.array([5_000]))
    assert 0 < chance < 1


def test_a_session_without_a_song_says_nothing(model: Boosting) -> None:
    with pytest.raises(ValueError, match="a song or more"):
        finishing(model, Prefix((), ()), np.array([1]))
