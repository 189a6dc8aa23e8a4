"""How likely a song is played to the end: within bounds, taught by plays, taken back exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.api import EndReason, Event, Origin, Play, Retracted, Tuning
from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.data.pool import Pool
from recommender.experts.base import moment_of
from recommender.experts.staying import ALIKE, FEWEST, Staying
from recommender.experts.trained import Trained
from recommender.live import LiveRecommender
from recommender.models.factors import Factors
from recommender.pipeline.board import ROW
from recommender.skips.staying import SONG, Vectors
from recommender.skips.staying_steps import WEIGHTS, StayingSteps
from tests.recommender.listening import NOON_S, library, play

FINISHED, SKIPPED = EndReason.FINISHED, EndReason.SKIPPED
SONGS = st.integers(1, 30)


def told(plays: list[tuple[int, EndReason]]) -> LiveRecommender:
    model = LiveRecommender(library(30), deep=False)
    for turn, (song, end) in enumerate(plays):
        model.observe(play(turn + 1, song, 4.0 * turn, end))
    return model


def chances(model: LiveRecommender) -> dict[int, float | None]:
    """Of every song, if it were put on by the list right after the last play."""
    return dict(enumerate(model._finishes(model.scored(), range(30)), start=1))


def mixed(count: int = 30) -> list[tuple[int, EndReason]]:
    return [(1 + turn % 20, SKIPPED if turn % 3 == 0 else FINISHED) for turn in range(count)]


def net(level: float = 0.0, seed: int = 0) -> StayingSteps:
    rng, hidden = np.random.default_rng(seed), 4
    shapes = {
        "inner": (3 * hidden, ALIKE + 1), "again": (3 * hidden, hidden), "bias": (3 * hidden,),
        "again_bias": (3 * hidden,), "turn": (ALIKE, hidden), "own": (ALIKE,), "now": (hidden,),
        "level": (1,),
    }  # fmt: skip
    arrays = {name: rng.normal(0, 0.3, shapes[name]) for name in WEIGHTS}
    return StayingSteps({**arrays, "level": np.array([level])})


@settings(max_examples=15, deadline=None)
@given(plays=st.lists(st.tuples(SONGS, st.sampled_from([FINISHED, SKIPPED])), min_size=FEWEST,
                      max_size=40))  # fmt: skip
def test_a_chance_lies_between_never_and_always(plays: list[tuple[int, EndReason]]) -> None:
    found = np.array(list(chances(told(plays)).values()), float)
    assert np.isfinite(found).all()
    assert (found > 0).all()
    assert (found < 1).all()


def test_nothing_is_said_before_there_are_plays_enough() -> None:
    assert set(chances(told(mixed(FEWEST - 1))).values()) == {None}
    assert None not in chances(told(mixed(FEWEST))).values()


@settings(max_examples=10, deadline=None)
@given(before=st.lists(st.sampled_from([FINISHED, SKIPPED]), min_size=20, max_size=30))
def test_each_further_skip_in_a_row_lowers_the_chance_of_a_new_song(
    before: list[EndReason],
) -> None:
    model = told([(1 + turn % 20, end) for turn, end in enumerate(before)])
    new = 30  # of an artist of whom nothing else is heard
    found = []
    for skips in range(4):
        ids = [100 + 10 * skips + turn for turn in range(3)]
        for turn, event_id in enumerate(ids):
            end = SKIPPED if turn >= 3 - skips else FINISHED
            model.observe(play(event_id, 21 + turn, 4.0 * (len(before) + turn), end))
        found.append(model.explain(new).finish)
        for event_id in reversed(ids):
            model.observe(Retracted(event_id))
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


def test_a_song_always_finished_is_likelier_than_one_always_skipped() -> None:
    songs = [1, 2, 3, 4, 5, 6] * 6
    found = chances(told([(song, SKIPPED if song == 6 else FINISHED) for song in songs]))
    assert found[1] > found[6]


def test_each_song_is_told_its_own_chance_when_it_is_asked_for() -> None:
    model = told(mixed())
    for song in (1, 6, 30):
        assert model.explain(song).finish == pytest.approx(chances(model)[song])


def test_a_play_taken_back_gives_the_very_same_chances() -> None:
    model = told(mixed())
    model.adopt(Trained("1", staying=net()))
    before = chances(model)
    model.observe(play(100, 5, 130, SKIPPED))
    assert chances(model) != before
    model.observe(Retracted(100))
    assert chances(model) == before


@pytest.mark.parametrize("nothing", [
    Play(100, 5, NOON_S + 60 * 130, 90_000, EndReason.ERROR),
    Play(100, 5, NOON_S + 60 * 130, 1_500, EndReason.PICKED_OTHER),
])  # fmt: skip
def test_an_error_or_a_flick_while_browsing_is_no_skip(nothing: Event) -> None:
    model, twin = told(mixed()), told(mixed())
    model.observe(nothing)
    expert, other = (m._state.ranker.board.expert(Staying) for m in (model, twin))
    assert np.array_equal(expert.odds.weights, other.odds.weights)
    assert np.array_equal(expert.facts.hours, other.facts.hours)


def test_a_checkpoint_keeps_the_chances(tmp_path) -> None:
    model = told(mixed())
    model.save(tmp_path)
    assert chances(LiveRecommender.load(tmp_path)) == chances(model)


def test_reading_a_history_at_once_gives_the_chances_that_single_plays_give() -> None:
    events = [play(turn + 1, song, 4.0 * turn, end) for turn, (song, end) in enumerate(mixed(60))]
    read = LiveRecommender(deep=False)
    read.fit(library(30), events)
    assert list(chances(read).values()) == pytest.approx(list(chances(told(mixed(60))).values()))


def test_a_net_moves_the_chances_and_leaving_it_takes_that_back() -> None:
    model = told(mixed())
    before = chances(model)
    model.adopt(Trained("1", staying=net(level=2.0)))
    assert chances(model)[30] > before[30]
    model.adopt(None)
    assert chances(model) == before


def test_a_net_of_other_features_is_left_out() -> None:
    model = told(mixed())
    before = chances(model)
    arrays = net(2.0).arrays()
    narrow = {**arrays, "turn": arrays["turn"][1:], "own": arrays["own"][1:],
              "inner": arrays["inner"][:, 1:]}  # fmt: skip
    model.adopt(Trained("1", staying=StayingSteps(narrow)))
    assert chances(model) == before


def test_a_song_like_those_skipped_in_this_session_is_less_likely() -> None:
    model = told(mixed(27))
    for turn, (song, end) in enumerate([(1, FINISHED), (2, SKIPPED), (2, SKIPPED)]):
        model.observe(play(200 + turn, song, 108 + 4.0 * turn, end))
    ids = np.array([1, 2, 29, 30], np.int64)
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], np.float32)
    like = chances(model)
    gram = np.eye(2)
    factors = Factors(ids, vectors, np.ones(4, np.float32), gram, gram, 1.0, 0.1)
    model.adopt(Trained("1", factors=factors))
    found = chances(model)
    assert found[29] - like[29] > found[30] - like[30]


def test_what_the_list_chose_is_told_apart_from_what_a_hand_chose() -> None:
    model = LiveRecommender(library(30), deep=False)
    for turn in range(80):
        listed = turn % 2 == 0
        end = SKIPPED if listed else FINISHED
        origin = Origin.PREDICTED if listed else Origin.MANUAL
        model.observe(play(turn + 1, 1 + turn % 20, 4.0 * turn, end, origin))
    chosen = play(200, 25, 324)
    by_list = model.finish_of(replace(chosen, origin=Origin.PREDICTED))
    assert by_list is not None
    assert by_list < (model.finish_of(chosen) or 0)


def test_the_column_rises_with_the_chance() -> None:
    model = told(mixed(40))
    expert = model._state.ranker.board.expert(Staying)
    assert isinstance(expert, Staying)
    scored = model.scored()
    out = np.zeros((1, len(scored.pool)), np.float32)
    expert.fill(scored.moment, scored.pool, out)
    found = expert.chances(scored.moment, scored.pool.songs.tolist())
    assert found is not None
    assert np.corrcoef(out[0], np.log(found / (1 - found)))[0, 1] > 0.9


def test_a_log_without_plays_teaches_nothing() -> None:
    expert = Staying(History(Catalogue(library())))
    assert expert.lessons(10) is None
    assert expert.chances(moment_of(expert.history, None, NOON_S), [1]) is None


@settings(max_examples=15, deadline=None)
@given(
    plays=st.lists(st.tuples(SONGS, st.sampled_from([FINISHED, SKIPPED])), min_size=1, max_size=40),
    pooled=st.sets(st.integers(0, 29), min_size=1),
    later_s=st.sampled_from([60.0, 90_000.0]),
)
def test_songs_weighed_together_count_as_each_of_them_weighed_alone(
    plays: list[tuple[int, EndReason]], pooled: set[int], later_s: float
) -> None:
    facts = told(plays)._state.ranker.board.expert(Staying).facts
    rows = np.random.default_rng(1).normal(size=(20, 4)).astype(np.float32)
    place = np.where(np.arange(30) < 20, np.arange(30), -1).astype(np.int32)
    facts.vectors = Vectors(place, rows)
    now_s = float(facts.history.at_s[facts.history.size - 1]) + later_s
    moment = moment_of(facts.history, None, now_s)
    pool, asked = Pool.of(np.array(sorted(pooled)), 30), facts.asked(moment)
    weights = np.linspace(0.3, 1.4, len(SONG), dtype=np.float32)
    alone = weights @ facts.songs(moment, asked, pool, now_s)
    assert np.allclose(facts.weighed(weights, moment, asked, pool, now_s), alone, atol=1e-5)


def test_where_it_has_no_say_in_the_order_the_chance_is_still_told() -> None:
    model = told(mixed())
    spoken, score = chances(model), model.scored().matrix[ROW["stay"]].copy()
    model.tune(Tuning(without=("staying",)))
    assert score.any()
    assert not model.scored().matrix[ROW["stay"]].any()
    assert chances(model) == spoken
