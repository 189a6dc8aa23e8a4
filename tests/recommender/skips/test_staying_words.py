"""What speaks for a song being played to the end: true sentences of the listener's own plays."""

from __future__ import annotations

from recommender.api import EndReason
from recommender.live import LiveRecommender
from tests.recommender.listening import library, play

FINISHED, SKIPPED = EndReason.FINISHED, EndReason.SKIPPED


def reason(plays: list[tuple[int, EndReason]], song: int) -> tuple[float, str]:
    model = LiveRecommender(library(40), deep=False)
    for turn, (each, end) in enumerate(plays):
        model.observe(play(turn + 1, each, 4.0 * turn, end))
    explained = model.explain(song)
    assert explained.finish is not None
    return explained.finish, explained.finish_reason


def test_a_listener_who_finishes_all_is_told_so() -> None:
    chance, words = reason([(1 + turn % 20, FINISHED) for turn in range(24)], 30)
    assert chance > 0.6
    assert words in ("You finished 10 of your last 10 songs", "You finish about 10 in 10 songs")


def test_a_row_of_skips_is_told() -> None:
    plays = [(1 + turn % 20, SKIPPED if turn % 2 else FINISHED) for turn in range(20)]
    chance, words = reason([*plays, *((song, SKIPPED) for song in (21, 22, 23, 24))], 30)
    assert chance < 0.5
    assert words == "You skipped the last 5 songs"


def test_a_song_that_was_skipped_each_time_says_how_often() -> None:
    plays = [(1 + turn % 12, FINISHED) for turn in range(60)]
    for at in (3, 17, 30, 41, 55):
        plays[at] = (40, SKIPPED)
    _, words = reason([*plays, *((song, SKIPPED) for song in (30, 31))], 40)
    assert words in ("You skipped it 5 times before", "You skipped the last 2 songs")


def test_little_known_songs_are_held_to_what_is_usual() -> None:
    plays = [(1 + turn % 20, SKIPPED if turn % 2 else FINISHED) for turn in range(40)]
    _, words = reason(plays, 39)
    assert words
