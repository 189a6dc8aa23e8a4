"""A session as the numbers that a fitted listener goes by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.simulation.crowd import Heard, LoggedSession
from recommender.simulation.fitted_sessions import SessionState, begun, steps

VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
S, F = Heard.SKIPPED, Heard.FINISHED


def session(songs: list[int], heard: list[int]) -> LoggedSession:
    return LoggedSession(np.array(songs, np.int64), np.array(heard, np.int8))


def test_a_session_begins_with_its_first_finished_song() -> None:
    found = begun([session([5, 4, 3, 2], [S, F, S, F]), session([1, 2, 3], [F, S, S])])
    assert found.songs.tolist() == [[4, 3, 2, -1], [1, 2, 3, -1]]
    assert found.skipped.tolist() == [[False, True, False, False], [False, True, True, False]]
    assert found.lengths.tolist() == [3, 3]
    assert found.most.tolist() == [3, 4]


def test_sessions_without_a_song_after_a_finished_one_are_left_out() -> None:
    found = begun([session([1, 2], [S, S]), session([1, 2], [S, F]), session([3, 4], [F, S])])
    assert found.songs.tolist() == [[3, 4]]
    assert found.source.tolist() == [2]


def test_the_history_is_what_the_words_say() -> None:
    state = SessionState(1, VECTORS)
    one = np.array([True])
    state.begin(one, np.array([0]))
    state.hear(np.array([1]), np.array([True]), one)
    state.hear(np.array([2]), np.array([True]), one)
    slow = (1 + 0.85) / (1 + 0.85 + 0.85**2)
    quick = (1 + 0.6) / (1 + 0.6 + 0.6**2)
    assert state.history(np.array([1]))[0] == pytest.approx(
        [1, 1, 0, slow, quick, 2, 0, 3, 2 / 3, 0, 1, 1]
    )
    assert state.history(np.array([0]))[0, -3:].tolist() == [1, 0, 1]
    assert state.history(np.array([-1]))[0, -3:].tolist() == [0, 0, 0]


def test_likeness_tells_finished_from_skipped_songs() -> None:
    state = SessionState(1, VECTORS)
    one = np.array([True])
    state.begin(one, np.array([0]))
    state.hear(np.array([1]), np.array([True]), one)
    assert state.likeness(np.array([0]))[0] == pytest.approx([1, 0])
    assert state.likeness(np.array([2]))[0] == pytest.approx([0.6, 0.8])
    assert state.likeness(np.array([-1]))[0].tolist() == [0, 0]


def test_where_a_log_is_cut_nobody_is_said_to_have_left() -> None:
    rows = steps(begun([session([0, 1, 2], [F, S, F]), session([0, 1], [F, F])]), VECTORS)
    by_session = sorted(zip(rows.session.tolist(), rows.position.tolist(), rows.last.tolist(),
                            rows.told.tolist(), strict=True))  # fmt: skip
    assert by_session == [(0, 2, False, True), (0, 3, True, False), (1, 2, True, True)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-1, 2), st.booleans()), min_size=1, max_size=9), min_size=1,
        max_size=4,
    )
)  # fmt: skip
def test_sessions_side_by_side_are_as_each_alone(played: list[list[tuple[int, bool]]]) -> None:
    logged = [
        session([0, *(song for song, _ in each)], [F, *(S if skip else F for _, skip in each)])
        for each in played
    ]
    together = steps(begun(logged), VECTORS)
    for place, each in enumerate(logged):
        alone = steps(begun([each]), VECTORS)
        mine = together.session == place
        assert np.array_equal(together.history[mine], alone.history)
        assert np.array_equal(together.likeness[mine], alone.likeness)
        assert np.array_equal(together.skipped[mine], alone.skipped)


def test_whoever_is_not_active_stays_as_they_are() -> None:
    state = SessionState(2, VECTORS)
    state.begin(np.array([True, True]), np.array([0, 0]))
    before = state.history(np.array([0, 0]))[1].copy()
    state.hear(np.array([1, 1]), np.array([True, True]), np.array([True, False]))
    assert np.array_equal(state.history(np.array([0, 0]))[1], before)
