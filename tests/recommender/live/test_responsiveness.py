"""One like or one skip more: songs near it move by a stated amount, the others hardly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.api import EndReason, Event, Origin, Reaction, ReactionKind, Retracted, Song
from recommender.live import LiveRecommender
from tests.recommender.listening import NOON_S, play

SONGS, ARTISTS, GENRES = 1000, 100, 20
TOP, READ = 20, 25
MOST_MOVED = 15.0
"""In places, of the 25 songs that lead among those that are not near."""

DAY_MIN = 24 * 60


def library() -> list[Song]:
    """Songs from 1; artist k sings songs k, k + 100, ... in genre k % 20, on two albums."""
    return [
        Song(
            number + 1, f"Song {number}", f"Artist {number % ARTISTS}",
            f"Album {number % ARTISTS}-{number // ARTISTS % 2}",
            f"Genre {number % ARTISTS % GENRES}", 1980 + number % ARTISTS % 30,
            number // ARTISTS + 1, 200_000,
        )
        for number in range(SONGS)
    ]  # fmt: skip


def genre_of(song_id: int) -> int:
    return (song_id - 1) % ARTISTS % GENRES


def past(days: int = 60, length: int = 14) -> list[Event]:
    """A session a day, in one of eight genres and one that goes with it; a tenth is skipped."""
    rng = np.random.default_rng(5)
    events: list[Event] = []
    for day in range(days):
        genre = int(rng.integers(8))
        pair = [song for song in range(1, SONGS + 1) if genre_of(song) in (genre, genre + 8)]
        loved = [song for song in pair if (song // ARTISTS) % 3 != 2]
        for turn, song in enumerate(rng.choice(loved, length, replace=False).tolist()):
            end = EndReason.SKIPPED if rng.random() < 0.1 else EndReason.FINISHED
            events.append(
                play(len(events) + 1, song, day * DAY_MIN + 4 * turn, end, Origin.PREDICTED)
            )
    return events


NOW_MIN = 60 * DAY_MIN
SAID_MIN = NOW_MIN + 14
"""Just after the latest play."""


@pytest.fixture(scope="module")
def listener() -> LiveRecommender:
    """Somebody of two months who has heard a few songs of genre 3 today."""
    recommender = LiveRecommender()
    today = [play(2_000 + n, song, NOW_MIN + 4 * n) for n, song in enumerate((4, 104, 24, 144))]
    recommender.fit(library(), [*past(), *today])
    return recommender


def near(song_id: int) -> set[int]:
    """The songs of the same genre, a twentieth of all; of them, ten are by the same artist."""
    return {song for song in range(1, SONGS + 1) if genre_of(song) == genre_of(song_id)}


def seen_after(recommender: LiveRecommender, event: Event, song_id: int) -> tuple[int, list[int]]:
    """How many rows are near the song after the event, and the other songs, best first."""
    recommender.observe(event)
    rows = len(near(song_id) & {row.song_id for row in recommender.recommend(TOP)})
    best = (np.argsort(-recommender.scores(), kind="stable") + 1).tolist()
    recommender.observe(Retracted(event.event_id))
    return rows, [song for song in best if song not in near(song_id)]


def moved(before: list[int], after: list[int]) -> float:
    """By how many places the leading songs moved among their like, on average."""
    place = {song: number for number, song in enumerate(after)}
    return float(np.mean([abs(place[song] - number) for number, song in enumerate(before[:READ])]))


@pytest.mark.parametrize("song", [18, 312])
def test_a_like_brings_three_rows_more_that_are_near_and_hardly_moves_the_others(
    listener: LiveRecommender, song: int
) -> None:
    at_s = NOON_S + 60 * SAID_MIN
    nothing = Reaction(3_000, song, at_s, ReactionKind.CLEAR)
    before, others = seen_after(listener, nothing, song)
    after, others_then = seen_after(listener, replace(nothing, kind=ReactionKind.LIKE), song)
    assert after >= before + 3
    assert moved(others, others_then) <= MOST_MOVED
    asked, _ = seen_after(listener, replace(nothing, kind=ReactionKind.MORE), song)
    assert asked >= after
    refused, _ = seen_after(listener, replace(nothing, kind=ReactionKind.LESS), song)
    assert refused <= before


@pytest.mark.parametrize("song", [6, 12])
def test_a_skip_takes_two_rows_away_that_are_near_and_hardly_moves_the_others(
    listener: LiveRecommender, song: int
) -> None:
    heard = play(3_000, song, NOW_MIN + 16, EndReason.FINISHED, Origin.PREDICTED)
    skipped = play(3_000, song, NOW_MIN + 16, EndReason.SKIPPED, Origin.PREDICTED)
    before, others = seen_after(listener, heard, song)
    after, others_then = seen_after(listener, skipped, song)
    assert after <= before - 2
    assert moved(others, others_then) <= MOST_MOVED
