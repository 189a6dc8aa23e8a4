"""What a listener says of the moment, of a mood and of their own taste, and how it passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender.api import (
    Correction,
    EndReason,
    Event,
    Forgotten,
    Reaction,
    ReactionKind,
    Retracted,
    Scope,
    Song,
    Started,
)
from recommender.data.pool import Pool
from recommender.live import LiveRecommender
from recommender.live.listed import NOTE_MOOD, ListedRecommender
from tests.recommender.listening import NOON_S, library, play, plays
from tests.recommender.live import sequences

SONGS = 120
HABIT = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 13, 25, 1, 2, 3]
NOW_MIN = 66.0
"""Two minutes after the last play of the habit."""

LATER_MIN = NOW_MIN + 300
"""Another session."""

UNHEARD = 60
LIKE_IT = 84
"""Of the same artist, genre and album as `UNHEARD`."""

LASTING = {ReactionKind.LIKE, ReactionKind.DISLIKE, ReactionKind.CLEAR}
OF_THE_MOMENT = [kind for kind in ReactionKind if kind not in LASTING]


def live() -> ListedRecommender:
    return LiveRecommender(library(SONGS))


def follows() -> ListedRecommender:
    return sequences.made("follows", SONGS)


of_both = pytest.mark.parametrize("make", [live, follows], ids=["live", "sequence"])
Make = Callable[[], ListedRecommender]


def listener(make: Make = live) -> ListedRecommender:
    recommender = make()
    for event in plays(HABIT):
        recommender.observe(event)
    return recommender


def word(kind: ReactionKind, song: int = UNHEARD, number: int = 100) -> Reaction:
    return Reaction(number, song, NOON_S + 60 * NOW_MIN, kind)


def later(recommender: ListedRecommender) -> None:
    recommender.observe(Started(9, NOON_S + 60 * LATER_MIN))


def score(recommender: ListedRecommender, song: int) -> float:
    """The song's score above that of one that has nothing to do with it."""
    scores = recommender.scores()
    return float(scores[recommender.index_of(song)] - scores[recommender.index_of(40)])


def shift_of(recommender: ListedRecommender) -> np.ndarray:
    """How far each song is pulled up or pushed down by what was said and skipped."""
    rocchio = recommender._events.rocchio
    out = np.zeros((len(rocchio.columns), SONGS), np.float32)
    rocchio.fill(recommender._ranking().moment, Pool.whole(SONGS), out)
    return out[0]


def ids(recommender: ListedRecommender, n: int = 20) -> list[int]:
    return [row.song_id for row in recommender.recommend(n)]


@of_both
def test_more_pulls_what_is_like_it_up_further_than_a_like_and_likes_nothing(make: Make) -> None:
    heard, liked, asked = listener(make), listener(make), listener(make)
    liked.observe(word(ReactionKind.LIKE))
    asked.observe(word(ReactionKind.MORE))
    assert score(asked, LIKE_IT) > score(heard, LIKE_IT)
    later(liked)
    later(asked)
    later(heard)
    assert score(liked, LIKE_IT) > score(asked, LIKE_IT)
    assert score(asked, LIKE_IT) == pytest.approx(score(heard, LIKE_IT))


def test_more_pulls_harder_than_a_like() -> None:
    liked, asked = listener(), listener()
    liked.observe(word(ReactionKind.LIKE))
    asked.observe(word(ReactionKind.MORE))
    other = 72
    assert score(asked, other) > score(liked, other)


@of_both
@pytest.mark.parametrize("kind", [ReactionKind.LESS, ReactionKind.NOT_NOW])
def test_less_pushes_what_is_like_it_down(make: Make, kind: ReactionKind) -> None:
    recommender = listener(make)
    before = score(recommender, LIKE_IT)
    recommender.observe(word(kind))
    assert score(recommender, LIKE_IT) < before


@of_both
def test_a_song_refused_for_now_is_away_until_the_session_ends(make: Make) -> None:
    recommender = listener(make)
    first = ids(recommender)[0]
    recommender.observe(word(ReactionKind.NOT_NOW, first))
    assert first not in ids(recommender, SONGS)
    for number in range(8):
        recommender.observe(play(200 + number, 30 + number, NOW_MIN + 4 * (number + 1)))
    assert first not in ids(recommender, SONGS)
    later(recommender)
    assert first in ids(recommender, SONGS)


@of_both
def test_songs_say_that_they_come_because_more_was_asked_for(make: Make) -> None:
    recommender = listener(make)
    recommender.observe(word(ReactionKind.MORE))
    asked = library(SONGS)[UNHEARD - 1].title
    reasons = [row.reason for row in recommender.recommend(20)]
    assert f"More like {asked}, as you asked" in reasons


def test_a_refused_song_that_is_asked_for_after_all_comes_back() -> None:
    recommender = listener()
    recommender.observe(word(ReactionKind.NOT_NOW))
    recommender.observe(word(ReactionKind.LESS, number=101))
    assert UNHEARD not in ids(recommender, SONGS)
    recommender.observe(word(ReactionKind.MORE, number=102))
    assert UNHEARD in ids(recommender, SONGS)


def test_a_disliked_song_stays_away_in_every_session_whatever_is_said_of_the_moment() -> None:
    recommender = listener()
    recommender.observe(word(ReactionKind.DISLIKE))
    recommender.observe(word(ReactionKind.MORE, number=101))
    assert UNHEARD not in ids(recommender, SONGS)
    later(recommender)
    assert UNHEARD not in ids(recommender, SONGS)


@of_both
def test_nothing_said_of_the_moment_outlives_its_session(make: Make) -> None:
    said, silent = listener(make), listener(make)
    for number, kind in enumerate(OF_THE_MOMENT):
        said.observe(word(kind, 50 + number, 100 + number))
    later(said)
    later(silent)
    assert said.recommend(20) == silent.recommend(20)


def test_what_lasts_outlives_the_session() -> None:
    said, silent = listener(), listener()
    said.observe(word(ReactionKind.LIKE))
    said.observe(Correction(101, Scope.GENRE, "jazz", NOON_S + 60 * NOW_MIN, 1.0))
    later(said)
    later(silent)
    jazz = [song.song_id for song in library(SONGS) if song.genre == "Jazz"]
    assert score(said, UNHEARD) > score(silent, UNHEARD)
    assert len(set(jazz) & set(ids(said))) > len(set(jazz) & set(ids(silent)))
    assert "You said that you want more of this" in [row.reason for row in said.recommend(20)]


@of_both
@pytest.mark.parametrize(
    "event",
    [
        *(word(kind, 3) for kind in ReactionKind),
        Correction(100, Scope.ARTIST, "Artist 5", NOON_S + 60 * NOW_MIN, -1.0),
        Correction(100, Scope.SONG, "60", NOON_S + 60 * NOW_MIN, 1.0),
    ],
    ids=lambda event: getattr(event, "kind", "correction"),
)
def test_undo_of_every_word_restores_the_very_list(make: Make, event: Event) -> None:
    recommender = listener(make)
    before = recommender.recommend(20)
    recommender.observe(event)
    recommender.recommend(20)
    recommender.observe(Retracted(100))
    assert recommender.recommend(20) == before


def test_words_older_than_the_journal_are_taken_back_as_well() -> None:
    said, silent = listener(), listener()
    said.observe(Correction(50, Scope.ARTIST, "Artist 5", NOON_S + 60 * NOW_MIN, 1.0))
    said.observe(word(ReactionKind.NOT_NOW, number=51))
    for recommender in (said, silent):
        for number in range(70):
            recommender.observe(play(100 + number, 1 + number % 9, NOW_MIN + 4 * number + 4))
    said.observe(Retracted(50))
    said.observe(Retracted(51))
    assert UNHEARD in ids(said, SONGS)
    assert not said._events.rocchio.said().any()


@of_both
def test_a_word_on_ones_own_taste_shows_and_the_latest_on_a_name_holds(make: Make) -> None:
    recommender = listener(make)
    mine = [song.song_id for song in library(SONGS) if song.artist == "Artist 5"]
    before = score(recommender, mine[3])
    at_s = NOON_S + 60 * NOW_MIN
    recommender.observe(Correction(100, Scope.ARTIST, " artist 5", at_s, 1.0))
    assert score(recommender, mine[3]) >= before + 1.5
    assert len(set(mine) & set(ids(recommender))) >= 3
    recommender.observe(Correction(101, Scope.ARTIST, "Artist 5", at_s, -1.0))
    assert score(recommender, mine[3]) <= before - 1.5
    recommender.observe(Correction(102, Scope.ARTIST, "Artist 5", at_s, 0.0))
    assert score(recommender, mine[3]) == pytest.approx(before, abs=1e-3)


def test_a_word_on_a_song_goes_before_one_on_its_artist() -> None:
    recommender = listener()
    recommender.observe(Correction(100, Scope.ARTIST, "Artist 11", NOON_S, -1.0))
    recommender.observe(Correction(101, Scope.SONG, str(UNHEARD), NOON_S, 0.5))
    said = recommender._events.rocchio.said()
    assert said[recommender.index_of(UNHEARD)] == 0.5
    assert said[recommender.index_of(LIKE_IT)] == -1


@of_both
def test_a_checkpoint_keeps_every_word(make: Make, tmp_path: Path) -> None:
    recommender = listener(make)
    recommender.observe(word(ReactionKind.MORE))
    recommender.observe(word(ReactionKind.NOT_NOW, 2, 101))
    recommender.observe(Correction(102, Scope.GENRE, "Folk", NOON_S + 60 * NOW_MIN, -0.5))
    recommender.save(tmp_path)
    if isinstance(recommender, LiveRecommender):
        assert LiveRecommender.load(tmp_path).recommend(20) == recommender.recommend(20)
    else:
        loaded = follows()
        loaded.restore(tmp_path)
        assert loaded.recommend(20) == recommender.recommend(20)


# Forgetting


def past() -> list[Event]:
    return [
        *plays(HABIT),
        word(ReactionKind.LIKE, 1, 90),
        word(ReactionKind.DISLIKE, 13, 91),
        word(ReactionKind.LIKE, 2, 92),
    ]


def fitted(events: list[Event], songs: list[Song] | None = None) -> LiveRecommender:
    recommender = LiveRecommender()
    recommender.fit(songs or library(SONGS), events)
    return recommender


FORGET = Forgotten(95, Scope.ARTIST, "ARTIST 0", NOON_S + 60 * NOW_MIN)


def test_what_is_forgotten_never_was_and_a_dislike_holds_all_the_same() -> None:
    songs = {song.song_id: song for song in library(SONGS)}
    without = [
        event
        for event in past()
        if songs[event.song_id].artist != "Artist 0" or event.event_id == 91
    ]
    forgot, never = fitted([*past(), FORGET]), fitted(without)
    assert forgot.recommend(20) == never.recommend(20)
    assert 13 not in ids(forgot, SONGS)


def test_what_comes_after_a_forgetting_counts() -> None:
    again = play(96, 1, NOW_MIN + 4)
    forgot = fitted([*past(), FORGET, again])
    assert "played it once" in forgot.explain(1).parts[-1][2] or forgot._state.history.plays[0] == 1


@pytest.mark.parametrize(
    ("scope", "name", "gone"), [(Scope.SONG, "3", {3}), (Scope.GENRE, "jazz", {2, 5, 8})]
)
def test_a_song_and_a_genre_are_forgotten_too(scope: Scope, name: str, gone: set[int]) -> None:
    forgot = fitted([*past(), Forgotten(95, scope, name, NOON_S + 60 * NOW_MIN)])
    left = {forgot._state.catalogue.songs[song].song_id for song in forgot._state.history.heard}
    assert left == set(HABIT) - gone


def test_a_forgetting_taken_back_is_as_if_it_had_never_been() -> None:
    back = fitted([*past(), FORGET, Retracted(95)])
    assert back.recommend(20) == fitted(past()).recommend(20)


# Moods


def skips(recommender: ListedRecommender, count: int = 3, first: int = 300) -> None:
    for number in range(count):
        song = (30, 43, 56, 69)[number]
        recommender.observe(play(first + number, song, NOW_MIN + number, EndReason.SKIPPED))


@of_both
def test_three_quick_skips_in_a_row_begin_a_new_mood_and_the_list_says_so(make: Make) -> None:
    recommender = listener(make)
    skips(recommender, 2)
    recommender.recommend(20)
    assert recommender.note != NOTE_MOOD
    recommender.observe(play(302, 56, NOW_MIN + 2, EndReason.SKIPPED))
    recommender.recommend(20)
    assert recommender.note == NOTE_MOOD
    recommender.observe(play(303, 57, NOW_MIN + 6))
    recommender.recommend(20)
    assert recommender.note != NOTE_MOOD


def test_a_song_heard_out_or_heard_for_long_breaks_the_row() -> None:
    for end, heard_ms in ((EndReason.FINISHED, 200_000), (EndReason.SKIPPED, 31_000)):
        recommender = listener()
        skips(recommender, 2)
        broken = play(310, 57, NOW_MIN + 2.5, end)
        recommender.observe(type(broken)(310, 57, broken.at_s, heard_ms, end))
        recommender.observe(play(311, 69, NOW_MIN + 3, EndReason.SKIPPED))
        recommender.recommend(20)
        assert recommender.note != NOTE_MOOD


@of_both
def test_in_a_new_mood_what_was_said_before_no_longer_speaks_and_what_comes_after_does(
    make: Make,
) -> None:
    said, silent = listener(make), listener(make)
    said.observe(word(ReactionKind.MORE))
    for recommender in (said, silent):
        skips(recommender)
    assert (shift_of(said) == shift_of(silent)).all()
    after = Reaction(400, UNHEARD, NOON_S + 60 * (NOW_MIN + 3), ReactionKind.MORE)
    before = score(said, LIKE_IT)
    said.observe(after)
    assert score(said, LIKE_IT) > before


def test_a_new_mood_begins_at_the_turn_after_the_skips_and_keeps_the_songs_in_mind() -> None:
    recommender = listener()
    moment = recommender._ranking().moment
    assert (moment.mood_turn, moment.new_mood) == (0, False)
    skips(recommender)
    moment = recommender._ranking().moment
    assert (moment.mood_turn, moment.new_mood) == (len(HABIT) + 3, True)
    assert moment.anchor == 2
    assert len(moment.session) == len(HABIT) + 3


def test_a_sequence_model_reads_a_new_mood_from_its_beginning() -> None:
    recommender, fresh = listener(follows), follows()
    skips(recommender)
    recommender.observe(play(310, 20, NOW_MIN + 8))
    fresh.observe(play(1, 20, NOW_MIN + 8))
    mine, theirs = recommender._ranking(), fresh._ranking()
    assert (mine.model == theirs.model).all()


@of_both
def test_undo_of_the_third_skip_brings_the_old_mood_back(make: Make) -> None:
    recommender = listener(make)
    skips(recommender, 2)
    before = recommender.recommend(20)
    recommender.observe(play(302, 56, NOW_MIN + 2, EndReason.SKIPPED))
    assert recommender.recommend(20) != before
    recommender.observe(Retracted(302))
    assert recommender.recommend(20) == before


def test_a_new_session_knows_nothing_of_the_moods_before_it() -> None:
    recommender = listener()
    skips(recommender)
    later(recommender)
    recommender.recommend(20)
    assert recommender.note != NOTE_MOOD
    assert len(recommender._ranking().moment.recent) > 3
