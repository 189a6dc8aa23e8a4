"""What holds after any stream of events."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.api import (
    EndReason,
    Origin,
    Reaction,
    ReactionKind,
    Retracted,
    Started,
    Tuning,
)
from recommender.live import LiveRecommender
from recommender.live.listed import ListedRecommender
from recommender.pipeline.board import EXPERTS
from recommender.pipeline.reranking.rules import habit_of, most_rows, window_of
from tests.recommender.listening import NOON_S, library, play
from tests.recommender.live import sequences
from tests.recommender.live.agents import leaning

SONGS = 30
Make = Callable[[], ListedRecommender]


def with_agent() -> LiveRecommender:
    """One whose agent would like to hear the same few songs over and over."""
    made = LiveRecommender(library(SONGS))
    made.adopt(leaning(range(1, SONGS - 2), lambda song: 0.95 if song % 12 == 1 else -0.5))
    return made


MODELS: dict[str, Make] = {
    "live": lambda: LiveRecommender(library(SONGS)),
    "live, with an agent": with_agent,
    "follows": lambda: sequences.made("follows", SONGS),
    "follows, half known": lambda: sequences.made("follows", SONGS, SONGS // 2),
    "follows, untaught": lambda: sequences.SequenceRecommender(
        sequences.Follows, songs=library(SONGS)
    ),
    "gru": lambda: sequences.made("gru", SONGS),
    "transformer": lambda: sequences.made("transformer", SONGS, SONGS - 3),
}
of_every_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS.keys())
Step = tuple[str, int, int, float]
REACTIONS = frozenset(kind.value for kind in ReactionKind)
OPINIONS = ("like", "dislike", "clear")
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "play",
                "skip",
                "start",
                "undo",
                "error",
                "like",
                "dislike",
                "clear",
                "more",
                "less",
                "not_now",
            ]
        ),
        st.integers(1, SONGS),
        st.integers(0, 20),
        st.floats(0, 90),
    ),
    max_size=25,
)
tunings = st.builds(
    Tuning,
    discover=st.floats(0, 1),
    without=st.lists(st.sampled_from([each.name for each in EXPERTS]), max_size=4).map(tuple),
    agent=st.booleans(),
)


def apply(recommender: ListedRecommender, number: int, step: Step, minute: float) -> None:
    kind, song, back, _ = step
    at_s = NOON_S + 60 * minute
    if kind in REACTIONS:
        recommender.observe(Reaction(number, song, at_s, ReactionKind(kind)))
    elif kind == "start":
        recommender.observe(Started(song, at_s))
    elif kind == "undo":
        recommender.observe(Retracted(max(1, number - back)))
    else:
        end = {"play": EndReason.FINISHED, "skip": EndReason.SKIPPED, "error": EndReason.ERROR}
        origin = list(Origin)[back % 3]
        recommender.observe(play(number, song, minute, end[kind], origin))


def run(make: Make, stream: list[Step]) -> tuple[ListedRecommender, float, list[int], set[int]]:
    """The recommender, the time, the plays that stand and the songs disliked at the end."""
    recommender = make()
    minute, standing, said = 0.0, {}, {}
    for number, step in enumerate(stream, start=1):
        minute += step[3]
        apply(recommender, number, step, minute)
        if step[0] in ("play", "skip"):
            standing[number] = step[1]
        elif step[0] in OPINIONS:
            said[number] = (step[1], step[0])
        elif step[0] == "undo":
            standing.pop(max(1, number - step[2]), None)
            said.pop(max(1, number - step[2]), None)
    last = dict(said.values())
    disliked = {song for song, kind in last.items() if kind == "dislike"}
    return recommender, minute, list(standing.values()), disliked


@of_every_model
@settings(max_examples=30, deadline=None)
@given(stream=steps, tuning=tunings, excluded=st.frozensets(st.integers(1, SONGS)))
def test_no_disliked_song_no_repeat_and_a_reason_in_every_row(
    make: Make, stream: list[Step], tuning: Tuning, excluded: frozenset[int]
) -> None:
    recommender, _, heard, disliked = run(make, stream)
    recommender.tune(tuning)
    rows = recommender.recommend(10, exclude=excluded)
    shown = [row.song_id for row in rows]
    assert rows or recommender.note
    assert len(set(shown)) == len(shown)
    assert not disliked & set(shown)
    window = window_of(SONGS, 10)
    assert not set(heard[-window:]) & set(shown)
    assert not excluded & set(shown)
    assert all(row.reason.strip() and row.expert for row in rows)
    assert all(math.isfinite(row.score) and 0 <= row.probability <= 1 for row in rows)
    assert sum(row.probability for row in rows) <= 1 + 1e-4


@of_every_model
@settings(max_examples=30, deadline=None)
@given(stream=steps, tuning=tunings)
def test_every_song_that_may_be_shown_is_shown_if_there_is_room(
    make: Make, stream: list[Step], tuning: Tuning
) -> None:
    recommender, _, _, disliked = run(make, stream)
    recommender.tune(tuning)
    shown = {row.song_id for row in recommender.recommend(SONGS)}
    started, now_s = recommender._context()
    refused = {index + 1 for index in recommender._events.refused(now_s)}
    sounds = set() if started is None else {started + 1}
    assert shown == set(range(1, SONGS + 1)) - disliked - refused - sounds


@of_every_model
@settings(max_examples=30, deadline=None)
@given(stream=steps, tuning=tunings)
def test_no_artist_comes_more_often_than_the_habit_while_there_are_others(
    make: Make, stream: list[Step], tuning: Tuning
) -> None:
    recommender, _, heard, disliked = run(make, stream)
    recommender.tune(tuning)
    rows = recommender.recommend(5)
    moment = recommender._ranking().moment
    catalogue = recommender._events.catalogue
    left = set(range(1, SONGS + 1)) - disliked - set(heard[-window_of(SONGS, 5) - 1 :])
    left -= {song + 1 for song in recommender._events.refused(moment.now_s)}
    if len({(song - 1) % 12 for song in left} - {int(catalogue.artist[moment.current])}) <= 5:
        return
    played = moment.session if len(moment.session) >= 5 else np.array(moment.recent, np.int32)
    habit = habit_of(catalogue.artist[played])
    artists = [(row.song_id - 1) % 12 for row in rows]
    assert max(artists.count(artist) for artist in artists) <= most_rows(habit, 5)
    runs = [artists[at : at + habit.run + 1] for at in range(len(artists) - habit.run)]
    assert not any(len(set(run)) == 1 for run in runs if len(run) > habit.run)


@of_every_model
@settings(max_examples=30, deadline=None)
@given(stream=steps, more=steps.filter(bool), tuning=tunings)
def test_events_taken_back_restore_the_very_list(
    make: Make, stream: list[Step], more: list[Step], tuning: Tuning
) -> None:
    recommender, minute, _, _ = run(make, stream)
    recommender.tune(tuning)
    before = recommender.recommend(10)
    note = recommender.note
    events = [step for step in more if step[0] not in ("start", "undo")]
    for number, step in enumerate(events, start=1000):
        minute += step[3]
        apply(recommender, number, step, minute)
        recommender.recommend(10)
    for number in reversed(range(1000, 1000 + len(events))):
        recommender.observe(Retracted(number))
    assert recommender.recommend(10) == before
    assert recommender.note == note


@of_every_model
@settings(max_examples=20, deadline=None)
@given(stream=steps, tuning=tunings)
def test_a_list_held_otherwise_and_back_is_the_very_list(
    make: Make, stream: list[Step], tuning: Tuning
) -> None:
    recommender, _, _, _ = run(make, stream)
    before = recommender.recommend(10)
    recommender.tune(tuning)
    recommender.recommend(10)
    recommender.tune(Tuning())
    assert recommender.recommend(10) == before


@of_every_model
@settings(max_examples=20, deadline=None)
@given(stream=steps)
def test_explanations_are_parts_of_a_whole(make: Make, stream: list[Step]) -> None:
    recommender, _, _, _ = run(make, stream)
    for song in (1, SONGS):
        told = recommender.explain(song)
        assert told.summary
        assert abs(sum(share for _, share, _ in told.parts) - 1) < 1e-6
        shares = [share for _, share, _ in told.parts]
        assert shares == sorted(shares, reverse=True)
