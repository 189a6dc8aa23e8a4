"""The log of plays, and what it counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from tests.recommender.listening import NOON_S, library

entries = st.lists(
    st.tuples(st.integers(0, 29), st.floats(0, 5_000), st.booleans()), min_size=1, max_size=40
)


def log_of(entries: list[tuple[int, float, bool]]) -> list[LoggedPlay]:
    at_s, made = NOON_S, []
    for song, gap_s, skipped in entries:
        at_s += gap_s
        made.append(LoggedPlay(song, at_s, 5.0, skipped, skipped))
    return made


def state_of(history: History) -> list[object]:
    size = history.size
    return [
        size, history.sessions, history.song[:size].tolist(), history.session[:size].tolist(),
        history.starts[: history.sessions].tolist(), history.plays.tolist(),
        history.skips.tolist(), history.first_turn.tolist(), history.last_turn.tolist(),
        history.heard.tolist(), history.mood_start,
        {song: places for song, places in history.places.items() if places},
        {artist: places for artist, places in history.artist_places.items() if places},
    ]  # fmt: skip


def test_a_gap_of_half_an_hour_opens_a_session() -> None:
    history = History(Catalogue(library(30)))
    for minute in (0, 10, 39, 75):
        history.append(LoggedPlay(1, NOON_S + 60 * minute, 10.0, False), Ledger())
    assert history.session[:4].tolist() == [0, 0, 0, 1]
    assert history.session_start == 3


@pytest.mark.parametrize(
    ("heard", "mood"),
    [("", 0), ("qq", 0), ("qqq", 3), ("hqqq", 4), ("qqhq", 0), ("qqqh", 3), ("qqqqh", 4),
     ("qqqhhqqqh", 8), ("qqq|h", 3), ("qqq|hq", 3), ("h|hqqq", 5)],
)  # fmt: skip
def test_a_mood_begins_with_the_session_or_after_three_quick_skips_in_it(heard, mood) -> None:
    history, at_s = History(Catalogue(library(30))), NOON_S
    for letter in heard:
        at_s += 7_200 if letter == "|" else 10
        if letter != "|":
            quick = letter == "q"
            history.append(LoggedPlay(1, at_s, 5.0, quick, quick), Ledger())
    assert history.mood_start == mood


@settings(max_examples=50, deadline=None)
@given(entries)
def test_reading_all_plays_at_once_gives_the_same_log(
    entries: list[tuple[int, float, bool]],
) -> None:
    one_by_one, at_once = (History(Catalogue(library(30))) for _ in range(2))
    log = log_of(entries)
    for play in log:
        one_by_one.append(play, Ledger(keep=False))
    at_once.load(
        np.array([play.song for play in log], np.int32),
        np.array([play.at_s for play in log]),
        np.array([play.heard_s for play in log]),
        np.array([play.skipped for play in log]),
        np.array([play.quick for play in log]),
    )
    assert state_of(at_once) == state_of(one_by_one)


@settings(max_examples=50, deadline=None)
@given(entries, entries)
def test_plays_taken_back_leave_the_log_as_it_was(
    before: list[tuple[int, float, bool]], after: list[tuple[int, float, bool]]
) -> None:
    history = History(Catalogue(library(30)))
    log = log_of(before + after)
    for play in log[: len(before)]:
        history.append(play, Ledger(keep=False))
    kept = state_of(history)
    ledgers = []
    for play in log[len(before) :]:
        ledgers.append(Ledger())
        history.append(play, ledgers[-1])
    for ledger in reversed(ledgers):
        ledger.undo()
    assert state_of(history) == kept


def test_dropping_a_play_keeps_the_others_in_order() -> None:
    history = History(Catalogue(library(30)))
    for turn, song in enumerate([3, 4, 3, 5]):
        history.append(LoggedPlay(song, NOON_S + 200 * turn, 100.0, False), Ledger())
    history.keep(np.array([False, True, True, True]))
    assert history.song[:3].tolist() == [4, 3, 5]
    assert history.places[3] == [1]
    assert history.sessions == 1
