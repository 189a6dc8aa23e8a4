"""The factors in the live list: session, taste and last song, apart from each other."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import Moment, moment_of
from recommender.experts.factors import Factors
from recommender.experts.trained import Trained
from recommender.live import LiveRecommender
from recommender.live.teaching import corpus_from
from recommender.models.factors import FactorChoices, fit_factors
from tests.recommender.listening import NOON_S, library, plays

DAY_S = 86_400.0
ROCK, JAZZ = range(10), range(20, 30)
SESSIONS = 24


def played(song: int, at_s: float, skipped: bool = False) -> LoggedPlay:
    return LoggedPlay(song, at_s, 200.0, skipped)


def learnt(expert: Factors) -> Factors:
    corpus = corpus_from(expert.history, np.zeros(0, np.int64), True)
    choices = FactorChoices(factors=8, regularisation=1.0)
    expert.adopt(Trained("1", factors=fit_factors(corpus, choices)))
    return expert


@pytest.fixture
def expert() -> Factors:
    """Vectors from days that hold six of ten songs, of one kind or of the other."""
    history = History(Catalogue(library()))
    random = np.random.default_rng(0)
    for day in range(SESSIONS):
        for turn, song in enumerate(random.permutation((ROCK, JAZZ)[day % 2])[:6].tolist()):
            history.append(played(song, NOON_S + DAY_S * day + 240 * turn), Ledger(keep=False))
    return learnt(Factors(history))


def hear(expert: Factors, *songs: int, skipped: bool = False, ledger: Ledger | None = None) -> None:
    """Play songs on the day after the last one."""
    for turn, song in enumerate(songs):
        play = played(song, NOON_S + DAY_S * SESSIONS + 240 * turn, skipped)
        kept = ledger or Ledger(keep=False)
        expert.observe(play, kept)
        expert.history.append(play, kept)


def now(expert: Factors) -> Moment:
    return moment_of(expert.history, None, float(expert.history.at_s[expert.history.size - 1]))


def filled(expert: Factors) -> dict[str, np.ndarray]:
    out = np.zeros((3, len(expert.catalogue)), np.float32)
    expert.fill(now(expert), Pool.whole(len(expert.catalogue)), out)
    return dict(zip(expert.columns, out, strict=True))


def mean(column: np.ndarray, songs: range) -> float:
    return float(column[list(songs)].mean())


def test_without_a_training_it_is_silent() -> None:
    expert = Factors(History(Catalogue(library())))
    hear(expert, 1, 2)
    assert not any(column.any() for column in filled(expert).values())
    assert len(expert.propose(now(expert))) == 0


def test_the_session_leads_to_songs_of_its_kind(expert: Factors) -> None:
    hear(expert, 1, 2)
    columns = filled(expert)
    assert mean(columns["fac_session"], ROCK) > 0.2 + mean(columns["fac_session"], JAZZ)
    assert mean(columns["fac_last"], ROCK) > 0.2 + mean(columns["fac_last"], JAZZ)
    assert set(expert.propose(now(expert))[:6].tolist()) <= set(ROCK)


def test_the_session_and_the_taste_are_kept_apart(expert: Factors) -> None:
    hear(expert, 1, 2)
    before = filled(expert)
    hear(expert, 21)
    after = filled(expert)
    assert np.array_equal(before["fac_long"], after["fac_long"])
    assert mean(after["fac_session"], JAZZ) > mean(before["fac_session"], JAZZ)


def test_the_latest_plays_shape_the_taste_most(expert: Factors) -> None:
    hear(expert, *list(ROCK) * 40)
    later = played(21, NOON_S + DAY_S * (SESSIONS + 9))
    expert.history.append(later, Ledger(keep=False))
    long = filled(expert)["fac_long"]
    assert mean(long, ROCK) > mean(long, JAZZ)


def test_skipped_songs_push_their_like_away(expert: Factors) -> None:
    hear(expert, 1)
    before = filled(expert)["fac_session"]
    hear(expert, 21, skipped=True)
    assert mean(filled(expert)["fac_session"], JAZZ) < mean(before, JAZZ)


def test_a_song_without_a_vector_stands_where_its_artist_does(expert: Factors) -> None:
    hear(expert, 1)
    columns = filled(expert)
    artist = expert.catalogue.artist
    new = 12
    known = [song for song in (*ROCK, *JAZZ) if artist[song] == artist[new]]
    assert known == [0, 24]
    for column in columns.values():
        assert column[new] == pytest.approx(column[known].mean(), abs=1e-5)


def test_the_vectors_of_one_kind_point_the_same_way(expert: Factors) -> None:
    found = expert.directions(np.array([*ROCK, *JAZZ, 50]))
    assert found is not None
    alike = found @ found.T
    assert np.allclose(np.diag(alike)[:20], 1)
    assert alike[:10, :10].mean() > alike[:10, 10:20].mean() + 0.3
    assert not found[20].any()
    assert Factors(expert.history).directions(np.arange(3)) is None


def test_an_undo_brings_back_the_very_columns(expert: Factors) -> None:
    hear(expert, 1, 2)
    before = filled(expert)
    ledger = Ledger()
    hear(expert, 21, ledger=ledger)
    filled(expert)
    ledger.undo()
    hear(expert, 22, ledger=ledger)
    filled(expert)
    ledger.undo()
    after = filled(expert)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_songs_that_join_later_are_scored(expert: Factors) -> None:
    hear(expert, 1)
    expert.catalogue.update(library(80, 20))
    expert.history.grow()
    expert.grow()
    assert all(len(column) == 80 for column in filled(expert).values())


def test_the_live_list_says_what_a_song_is_close_to() -> None:
    model = LiveRecommender()
    random = np.random.default_rng(0)
    songs = [
        1 + song for day in range(SESSIONS) for song in random.permutation((ROCK, JAZZ)[day % 2])
    ]
    model.fit(library(), plays(songs, gap_min=4))
    history = History(Catalogue(library()))
    for turn, song in enumerate(songs):
        at_s = NOON_S + 240 * turn + DAY_S * (turn // 10)
        history.append(played(song - 1, at_s), Ledger(keep=False))
    corpus = corpus_from(history, np.zeros(0, np.int64), True)
    model.adopt(
        Trained("1", factors=fit_factors(corpus, FactorChoices(factors=8, regularisation=1.0)))
    )
    told = {
        expert: sentence
        for row in model.recommend(10)
        for expert, _, sentence in model.explain(row.song_id).parts
    }
    assert told["factors"].startswith("Close to what you")
