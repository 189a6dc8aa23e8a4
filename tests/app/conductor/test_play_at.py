"""A moment of a song, clicked to be heard."""

from __future__ import annotations

from contextlib import closing

import pytest

from app.library.database import open_database
from app.player.engine import PlaybackState
from tests.app.conductor.conftest import MINUTE_MS


def heard_ms(studio) -> dict[int, int]:
    """Milliseconds heard of each track whose play was saved."""
    with closing(open_database(studio.database, read_only=True)) as connection:
        return dict(connection.execute("SELECT track_id, heard_ms FROM events WHERE kind = 'play'"))


def sounds(studio) -> bool:
    return studio.conductor.state is PlaybackState.PLAYING


def test_a_song_is_played_by_hand_from_a_moment_of_it(studio):
    studio.conductor.play_at(3, 40_000)
    assert studio.seen.now.track_id == 3
    studio.listen_ms(2_000)
    assert studio.conductor._deck.position_ms >= 42_000
    studio.until(lambda: studio.seen.saved_plays == 1)
    assert studio.events() == [("play", 3, "finished", "manual")]


def test_only_what_sounded_counts_as_heard(studio):
    studio.conductor.play_at(3, 40_000)
    studio.listen_ms(3_000)
    studio.conductor.play_at(3, 5_000)
    studio.listen_ms(6_000)
    studio.conductor.play_at(4, 50_000)
    studio.until(lambda: studio.seen.saved_plays == 1)
    assert 6_000 <= heard_ms(studio)[3] < 15_000
    assert studio.events() == [("play", 3, "picked_other", "manual")]


def test_another_moment_of_the_present_song_begins_no_other_play(studio):
    studio.conductor.play([3])
    studio.listen_ms(1_000)
    began = studio.conductor._deck.playing.started_at
    studio.conductor.play_at(3, 30_000)
    assert studio.conductor._deck.playing.started_at == began
    studio.until(lambda: studio.conductor._deck.position_ms > 31_000)
    assert studio.events() == []


def test_a_moment_of_a_paused_song_is_heard(studio):
    studio.conductor.play([3])
    studio.until(lambda: sounds(studio))
    studio.conductor.toggle_play()
    studio.until(lambda: studio.conductor.state is PlaybackState.PAUSED)
    studio.conductor.play_at(3, 30_000)
    studio.until(lambda: sounds(studio) and studio.conductor._deck.position_ms > 31_000)


def test_a_moment_asked_for_while_the_song_is_being_opened_is_where_it_begins(studio):
    studio.conductor.play([3])
    studio.conductor.play_at(3, 30_000)
    studio.listen_ms(1_000)
    assert studio.conductor._deck.position_ms >= 31_000


def test_a_moment_of_the_song_of_the_last_run_goes_on_as_the_same_play(studio_of):
    first = studio_of(rate=20.0)
    first.conductor.play([3])
    first.listen_ms(10_000)
    first.close()
    second = studio_of(rate=20.0)
    second.conductor.play_at(3, 50_000)
    second.until(lambda: second.seen.saved_plays == 1)
    assert second.events() == [("play", 3, "finished", "manual")]
    assert 18_000 <= heard_ms(second)[3] <= 25_000


@pytest.mark.parametrize("position_ms", [MINUTE_MS, MINUTE_MS + 9, -5])
def test_a_moment_outside_the_song_is_its_start(studio, position_ms):
    studio.conductor.play_at(3, position_ms)
    assert studio.conductor._deck.position_ms == 0
    studio.listen_ms(1_000)
    studio.conductor.play_at(3, position_ms)
    assert studio.conductor._deck.position_ms == 0
    assert studio.seen.now.track_id == 3


def test_a_song_that_is_away_says_so_and_what_plays_goes_on(studio):
    with closing(open_database(studio.database)) as connection, connection:
        connection.execute("UPDATE tracks SET available = 0 WHERE track_id = 4")
    studio.conductor.play([3])
    studio.conductor.play_at(4, 9_000)
    assert studio.seen.now.track_id == 3
    assert "drive is missing" in studio.seen.notices[-1].text
    studio.conductor.play_at(999, 9_000)
    assert studio.seen.now.track_id == 3
