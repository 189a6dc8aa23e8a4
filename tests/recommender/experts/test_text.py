"""The expert of what is written: near to this session, and of songs never heard above all."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.api import Song
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import moment_of
from recommender.experts.text import Text
from recommender.experts.trained import Trained
from recommender.live.recommender import LiveRecommender
from recommender.vectors.text import TextVectors
from tests.recommender.listening import NOON_S, plays
from tests.recommender.vectors.test_text import library, sessions

NIGHT, DAY = slice(0, 60), slice(60, 120)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return Trained("1", text=TextVectors.fit(library(), sessions()))


def after(trained: Trained | None, songs: list[int], skipped: tuple[int, ...] = ()) -> Text:
    history = History(Catalogue(library()))
    for turn, song in enumerate(songs):
        play = LoggedPlay(song, NOON_S + 240 * turn, 200.0, song in skipped)
        history.append(play, Ledger(keep=False))
    expert = Text(history)
    expert.adopt(trained)
    return expert


def columns(expert: Text, pool: Pool | None = None, started: int | None = None) -> np.ndarray:
    history = expert.history
    moment = moment_of(history, started, NOON_S + 240 * history.size)
    pool = pool or Pool.whole(len(expert.catalogue))
    out = np.zeros((len(expert.columns), len(pool)), np.float32)
    expert.fill(moment, pool, out)
    return out


def proposed(expert: Text) -> list[int]:
    history = expert.history
    return expert.propose(moment_of(history, None, NOON_S + 240 * history.size)).tolist()


def test_it_is_silent_until_words_were_learnt(trained: Trained) -> None:
    expert = after(None, [0, 1])
    assert not columns(expert).any()
    assert not proposed(expert)
    expert.adopt(trained)
    assert columns(expert).any()
    expert.adopt(None)
    assert not columns(expert).any()


def test_songs_near_the_session_score_higher(trained: Trained) -> None:
    found = columns(after(trained, [0, 25, 50]))
    assert found[0, NIGHT].mean() > found[0, DAY].mean() + 0.3
    assert found[1, NIGHT].mean() > found[1, DAY].mean() + 0.3


def test_skipped_songs_are_no_examples(trained: Trained) -> None:
    found = columns(after(trained, [0, 25, 70, 90], skipped=(70, 90)))
    np.testing.assert_allclose(found[0, 100], columns(after(trained, [0, 25]))[0, 100], atol=1e-5)


def test_the_song_that_sounds_now_counts(trained: Trained) -> None:
    found = columns(after(trained, [0], skipped=(0,)), started=70)
    assert found[0, DAY].mean() > found[0, NIGHT].mean() + 0.3


def test_cold_songs_are_those_never_heard(trained: Trained) -> None:
    found = columns(after(trained, [0, 25, 50]))
    cold = np.ones(120, bool)
    cold[[0, 25, 50]] = False
    assert np.array_equal(found[2, cold], found[0, cold])
    assert not found[:, ~cold].any()


def test_a_pool_has_what_the_whole_library_has(trained: Trained) -> None:
    expert = after(trained, [0, 25, 50])
    songs = np.array([90, 3, 25, 61])
    np.testing.assert_allclose(
        columns(expert, Pool.of(songs, 120)), columns(expert)[:, songs], atol=1e-6
    )


def test_it_proposes_what_is_near_and_not_what_was_just_heard(trained: Trained) -> None:
    songs = proposed(after(trained, [0, 25, 50]))
    assert len(set(songs)) == len(songs)
    assert set(songs[:40]) <= set(range(60)) - {0, 25, 50}


def test_songs_that_join_are_known_by_their_tags(trained: Trained) -> None:
    expert = after(trained, [0, 1, 2])
    expert.catalogue.update([Song(900, "Unheard of", "Amber Band"), Song(901, "", "")])
    expert.history.grow()
    expert.grow()
    found = columns(expert)
    assert found[2, 120] > 0.8
    assert not found[:, 121].any()
    assert 120 in proposed(expert)
    assert len(trained.text.songs) == 120


def test_songs_of_the_vectors_that_are_not_in_the_catalogue_are_not_proposed(
    trained: Trained,
) -> None:
    history = History(Catalogue(library()[30:]))
    history.append(LoggedPlay(0, NOON_S, 200.0, False), Ledger(keep=False))
    expert = Text(history)
    expert.adopt(trained)
    songs = proposed(expert)
    assert songs
    assert min(songs) > 0
    assert max(songs) < 90


def test_half_precision_and_an_index_say_nearly_the_same(trained: Trained) -> None:
    many = TextVectors.fit(library(), sessions(), exact=50)
    assert many.songs.matrix.dtype == np.float16
    expert, exact = after(Trained("2", text=many), [0, 25]), after(trained, [0, 25])
    np.testing.assert_allclose(columns(expert), columns(exact), atol=5e-3)
    assert set(proposed(expert)[:20]) <= set(proposed(exact)[:30])


def test_the_reason_names_the_song_that_it_is_close_to(trained: Trained) -> None:
    model = LiveRecommender()
    model.fit(library(), plays([1, 2, 30, 50]))
    model.adopt(trained)
    told = {expert: words for expert, _, words in model.explain(40).parts}
    assert told["text"] == f"By artist and title close to {library()[50].title}"
    assert "text" not in {expert for expert, _, _ in model.explain(100).parts}
