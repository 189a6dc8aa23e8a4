"""The record of the agent's order against the usual one."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.live.agent_record import (
    FEWEST_PLAYS,
    FEWEST_SESSIONS,
    MOST_PLAYS,
    AgentRecord,
)

Judged = tuple[bool, float, float]
"""Whether the song was kept, what the agent thought of it, and the usual ranking."""


def record(*sessions: list[Judged]) -> AgentRecord:
    made, number = AgentRecord.empty(), 0
    for session, plays in enumerate(sessions):
        for kept, agent, usual in plays:
            number += 1
            made = made.noted(number, 1e9 + session * 7_200, kept, agent, usual)
    return made


def test_pairs_of_a_kept_and_a_skipped_song_of_a_session_are_counted() -> None:
    figures = record(
        [(True, 3.0, 1.0), (True, 1.0, 1.0), (False, 2.0, 2.0)],  # agent 1 of 2, usual 0 of 2
        [(True, 5.0, 5.0), (False, 5.0, 0.0)],  # agent a tie, usual 1 of 1
    ).figures
    assert (figures.plays, figures.sessions, figures.pairs) == (5, 2, 3)
    assert figures.agent == pytest.approx(1.5 / 3)
    assert figures.usual == pytest.approx(1 / 3)


def test_songs_of_different_sessions_are_no_pair() -> None:
    figures = record([(True, 1.0, 1.0)], [(False, 2.0, 2.0)]).figures
    assert (figures.pairs, figures.sessions, figures.agent) == (0, 0, 0.0)
    assert not figures.is_enough


def test_the_doubt_is_that_of_a_ratio_over_sessions() -> None:
    """Differences of +1 of 1, +1 of 1 and -1 of 2 pairs: the ratio is 1 / 4."""
    made = record(
        [(True, 1.0, 0.0), (False, 0.0, 1.0)],
        [(True, 1.0, 0.0), (False, 0.0, 1.0)],
        [(True, 0.0, 1.0), (True, 1.0, 1.0), (False, 0.5, 0.5)],
    ).figures
    rest = np.array([1 - 0.25, 1 - 0.25, -1 - 2 * 0.25])
    error = np.sqrt(3 / 2 * (rest @ rest)) / 4
    assert made.agent - made.usual == pytest.approx(0.25)
    assert (made.high - made.low) / 2 == pytest.approx(4.30 * error, rel=0.15)  # Student's, 2 free


def test_an_agent_is_worse_only_with_enough_plays_and_beyond_doubt() -> None:
    worse: list[Judged] = [(True, 0.0, 1.0), (False, 1.0, 0.0), (True, 0.5, 2.0)]
    assert not record(*[worse] * (FEWEST_PLAYS // 3 - 1)).figures.is_worse
    assert record(*[worse] * (FEWEST_PLAYS // 3)).figures.is_worse
    even: list[Judged] = [(kept, usual, agent) for kept, agent, usual in worse]
    assert not record(*[worse, even] * FEWEST_PLAYS).figures.is_worse


def test_many_plays_of_few_sessions_are_not_enough() -> None:
    long = [(bool(turn % 2), 0.0, float(turn % 2)) for turn in range(FEWEST_PLAYS)]
    made = record(*[long] * (FEWEST_SESSIONS - 1))
    assert len(made) >= FEWEST_PLAYS
    assert not made.figures.is_enough


def test_the_oldest_plays_go_and_those_taken_back() -> None:
    made = record([(True, 0.0, 0.0)] * (MOST_PLAYS + 10))
    assert made.event_ids.tolist() == list(range(11, MOST_PLAYS + 11))
    assert made.only(np.array([11, 13])).event_ids.tolist() == [11, 13]


def test_a_record_is_the_same_from_its_arrays_and_refuses_what_does_not_fit() -> None:
    made = record([(True, 1.0, 2.0), (False, 3.0, 4.0)])
    assert AgentRecord.of(made.arrays()).figures == made.figures
    with pytest.raises(ValueError, match="different lengths"):
        AgentRecord.of({**made.arrays(), "kept": np.zeros(1, bool)})
    with pytest.raises(KeyError):
        AgentRecord.of({})


def test_counting_on_play_by_play_comes_to_the_same_as_counting_anew() -> None:
    rng, made = np.random.default_rng(2), AgentRecord.empty()
    for number in range(MOST_PLAYS + 40):
        kept, session = bool(rng.random() < 0.6), 1e9 + number // 7
        made = made.noted(number, session, kept, float(rng.random()), float(rng.random()))
    assert made.figures == AgentRecord.of(made.arrays()).figures
