"""From a button to the database and back to the list, without the window."""

from __future__ import annotations

import pytest

from app.listening.events import Scope
from app.player.engine import PlaybackState
from recommender.api import Tuning
from tests.app.conductor.conftest import MINUTE_MS


def test_with_an_empty_queue_the_top_predicted_song_plays(studio):
    studio.settle()
    top = studio.predicted_ids()[0]
    studio.conductor.toggle_play()
    assert studio.seen.now.track_id == top
    studio.settle()
    assert top not in studio.predicted_ids()


def test_the_users_queue_goes_before_the_predicted_list(studio):
    studio.settle()
    studio.conductor.enqueue([7, 9])
    studio.conductor.toggle_play()
    assert studio.seen.now.track_id == 7
    assert studio.queue_ids() == [9]


def test_a_song_put_into_the_queue_leaves_the_predicted_list_after_plays_as_well(studio):
    studio.conductor.play([3, 4])
    studio.listen_ms(3_000)
    studio.conductor.skip()
    studio.until(lambda: studio.seen.saved_plays == 1)
    studio.settle()
    target = studio.predicted_ids()[2]
    studio.conductor.enqueue([target])
    studio.until(lambda: target not in studio.predicted_ids())


def test_what_undo_would_take_back_is_told_whenever_it_becomes_something_else(studio):
    changes: list[int] = []
    studio.conductor.undo_changed.connect(lambda: changes.append(len(studio.conductor._undo)))
    studio.conductor.enqueue([5, 6])
    studio.conductor.move_entry(studio.seen.queue[0].entry_id, 1)
    studio.conductor.undo()
    studio.conductor.undo()
    studio.conductor.undo()
    assert changes == [1, 2, 1, 0]


def test_a_track_that_ends_is_finished_and_the_next_follows_by_itself(studio):
    studio.conductor.play([3, 4])
    studio.until(lambda: studio.seen.now.track_id == 4)
    studio.until(lambda: studio.seen.saved_plays == 1)
    assert studio.events() == [("play", 3, "finished", "manual")]
    assert [track.track_id for track in studio.seen.played] == [3]


def test_a_skip_is_saved_as_one_and_names_where_the_song_came_from(studio):
    studio.settle()
    studio.conductor.toggle_play()
    first = studio.seen.now.track_id
    studio.listen_ms(4_000)
    studio.conductor.skip()
    studio.until(lambda: studio.seen.saved_plays == 1)
    assert studio.events() == [("play", first, "skipped", "predicted")]
    assert studio.seen.now.track_id != first


def test_undo_of_a_skip_goes_back_to_the_song_where_it_was_left(studio):
    studio.conductor.play([3])
    studio.conductor.enqueue([4, 5])
    studio.settle()
    studio.listen_ms(4_000)
    studio.conductor.skip()
    studio.until(lambda: studio.seen.saved_plays == 1)
    assert studio.queue_ids() == [5]
    studio.conductor.undo()
    assert studio.seen.now.track_id == 3
    assert studio.conductor._deck.position_ms >= 4_000
    assert studio.queue_ids() == [4, 5]
    studio.settle()
    assert [kind for kind, *_ in studio.events()] == ["play", "undo"]


def test_two_skips_are_undone_one_after_the_other(studio):
    studio.conductor.play([3, 4, 5])
    for count in (1, 2):
        studio.listen_ms(3_000)
        studio.conductor.skip()
        studio.until(lambda count=count: studio.seen.saved_plays == count)
    assert studio.seen.now.track_id == 5
    studio.conductor.undo()
    assert studio.seen.now.track_id == 4
    studio.conductor.undo()
    assert studio.seen.now.track_id == 3


def test_undo_of_an_older_skip_leaves_what_is_playing_alone(studio):
    studio.conductor.play([3, 4])
    studio.listen_ms(3_000)
    studio.conductor.skip()
    studio.until(lambda: studio.seen.saved_plays == 1)
    studio.conductor.play([9])
    studio.settle()
    studio.conductor.undo()
    assert studio.seen.now.track_id == 9
    studio.settle()
    assert studio.events()[-1][:2] == ("undo", 3)


def test_a_like_is_shown_once_it_is_saved_and_undo_takes_it_back(studio):
    studio.conductor.play([3])
    studio.conductor.like()
    assert 3 not in studio.seen.opinions
    studio.until(lambda: studio.seen.opinions.get(3) == (True, False))
    assert studio.library.track(3).liked
    assert any("Liked “Song 3”" in n.text and n.undoable for n in studio.seen.notices)
    studio.conductor.undo()
    studio.until(lambda: studio.seen.opinions[3] == (False, False))
    assert not studio.library.track(3).liked


def test_liking_twice_quickly_clears_the_like_even_before_it_is_saved(studio):
    studio.conductor.like(3)
    studio.conductor.like(3)
    studio.settle()
    assert [kind for kind, *_ in studio.events()] == ["like", "clear"]
    assert not studio.library.track(3).liked


def test_a_disliked_song_leaves_the_predicted_list(studio):
    studio.settle()
    target = studio.predicted_ids()[2]
    studio.conductor.dislike(target)
    studio.until(lambda: studio.seen.opinions.get(target) == (False, True))
    studio.settle()
    assert target not in studio.predicted_ids()


def test_disliking_the_present_song_skips_it_and_one_undo_brings_both_back(studio):
    studio.conductor.play([3, 4])
    studio.listen_ms(3_000)
    studio.conductor.dislike()
    assert studio.seen.now.track_id == 4
    studio.until(lambda: studio.seen.opinions.get(3) == (False, True))
    studio.conductor.undo()
    assert studio.seen.now.track_id == 3
    studio.until(lambda: studio.seen.opinions[3] == (False, False))
    studio.settle()
    assert [kind for kind, *_ in studio.events()] == ["play", "dislike", "undo", "undo"]


def kinds(studio) -> list[str]:
    return [kind for kind, *_ in studio.events()]


@pytest.mark.parametrize(
    ("verb", "kind", "words"),
    [
        ("more_like", "more", "More like “Song 3”."),
        ("less_like", "less", "Less like “Song 3”."),
        ("not_now", "not_now", "“Song 3” stays out for this session."),
    ],
)
def test_a_wish_for_this_session_is_saved_told_and_taken_back(studio, verb, kind, words):
    told: list[object] = []
    studio.autoplay.observe_feedback = told.append
    getattr(studio.conductor, verb)(3)
    studio.until(lambda: told)
    assert told[0].event.kind == kind
    assert any(n.text == words and n.undoable for n in studio.seen.notices)
    retracted: list[int] = []
    studio.autoplay.retract = retracted.append
    studio.conductor.undo()
    studio.until(lambda: retracted)
    assert retracted == [told[0].event_id]
    assert kinds(studio) == [kind, "undo"]
    assert not studio.library.track(3).liked
    assert 3 not in studio.seen.opinions


def test_a_song_that_is_not_wanted_now_leaves_the_list(studio):
    studio.settle()
    target = studio.predicted_ids()[2]
    studio.conductor.not_now(target)
    studio.until(lambda: studio.seen.notices)
    studio.settle()
    assert target not in studio.predicted_ids()


def test_not_wanting_the_present_song_now_skips_it_and_one_undo_brings_both_back(studio):
    studio.conductor.play([3, 4])
    studio.listen_ms(3_000)
    studio.conductor.not_now()
    assert studio.seen.now.track_id == 4
    studio.until(lambda: "not_now" in kinds(studio))
    studio.settle()
    studio.conductor.undo()
    assert studio.seen.now.track_id == 3
    studio.settle()
    assert kinds(studio) == ["play", "not_now", "undo", "undo"]


def test_what_the_model_believes_is_corrected_and_forgotten_in_words_with_a_way_back(studio):
    told: list[object] = []
    studio.autoplay.observe_feedback = told.append
    studio.conductor.correct(Scope.ARTIST, "Artist 3", -1.0)
    studio.conductor.correct(Scope.SONG, "3", 0.5)
    studio.conductor.correct(Scope.GENRE, "Jazz", 0.0)
    studio.conductor.forget(Scope.ARTIST, "Artist 3")
    studio.until(lambda: len(told) == 4)
    assert [notice.text for notice in studio.seen.notices] == [
        "Less of Artist 3 from now on.",
        "More of “Song 3” from now on.",
        "Your word on Jazz no longer counts.",
        "What you played of Artist 3 is forgotten.",
    ]
    assert [each.event.scope for each in told] == ["artist", "song", "genre", "artist"]
    studio.conductor.undo()
    studio.until(lambda: kinds(studio)[-1] == "undo")
    assert studio.seen.notices[-1].text == "Taken back: the forgetting of Artist 3."
    with pytest.raises(ValueError, match="from -1 to 1"):
        studio.conductor.correct(Scope.GENRE, "Jazz", 2.0)


def test_a_disliked_song_can_still_be_played_by_hand(studio):
    studio.conductor.dislike(3)
    studio.settle()
    studio.conductor.play([3])
    assert studio.seen.now.track_id == 3


def test_after_a_dislike_the_next_song_is_by_somebody_else_if_there_is_one(studio):
    studio.settle()
    studio.conductor.toggle_play()
    studio.settle()
    present = studio.seen.now
    studio.conductor.dislike()
    assert studio.seen.now.artist != present.artist


def test_undo_with_nothing_to_undo_says_so(studio):
    studio.conductor.undo()
    assert studio.seen.notices[-1].text == "There is nothing to undo."


def test_queue_changes_are_undone_in_order(studio):
    studio.conductor.enqueue([1, 2, 3])
    first = studio.seen.queue[0].entry_id
    studio.conductor.move_entry(first, 2)
    studio.conductor.clear_queue()
    assert studio.queue_ids() == []
    studio.conductor.undo()
    assert studio.queue_ids() == [2, 3, 1]
    studio.conductor.undo()
    assert studio.queue_ids() == [1, 2, 3]


def test_what_is_queued_is_not_predicted(studio):
    studio.settle()
    wanted = studio.predicted_ids()[:3]
    studio.conductor.enqueue(wanted)
    studio.settle()
    assert not set(wanted) & set(studio.predicted_ids())


def test_repeat_one_plays_the_song_again(studio):
    studio.conductor.set_repeat("one")
    studio.conductor.play([3])
    studio.until(lambda: studio.seen.saved_plays == 2)
    assert {row[1] for row in studio.events()} == {3}


def test_repeat_all_goes_round_the_users_queue(studio_of):
    studio = studio_of(rate=200.0)
    studio.conductor.set_repeat("all")
    studio.conductor.play([3, 4])
    studio.until(lambda: studio.seen.saved_plays == 4)
    assert [row[1] for row in studio.events()] == [3, 4, 3, 4]


def test_an_unknown_way_to_repeat_is_refused(studio):
    with pytest.raises(ValueError, match="off, one, all"):
        studio.conductor.set_repeat("sometimes")


def test_shuffle_mixes_the_queue_and_gives_its_order_back(studio):
    studio.conductor.enqueue(list(range(1, 31)))
    studio.conductor.set_shuffle(True)
    assert sorted(studio.queue_ids()) == list(range(1, 31))
    assert studio.queue_ids() != list(range(1, 31))
    studio.conductor.set_shuffle(False)
    assert studio.queue_ids() == list(range(1, 31))


def test_previous_goes_to_the_start_and_at_the_start_to_the_song_before(studio):
    studio.conductor.play([3])
    studio.listen_ms(5_000)
    studio.conductor.play([4])
    studio.listen_ms(5_000)
    studio.conductor.previous()
    assert studio.seen.now.track_id == 4
    assert studio.conductor._deck.position_ms < 3_000
    studio.conductor.previous()
    assert studio.seen.now.track_id == 3


def test_browsing_through_songs_by_hand_is_no_skip(studio):
    for track_id in (3, 4, 5):
        studio.conductor.play([track_id])
    studio.settle()
    assert all(reason != "skipped" for _, _, reason, _ in studio.events())


def test_a_song_that_cannot_be_played_is_passed_over_in_words_and_is_no_skip(studio_of):
    studio = studio_of(rate=20.0)
    studio.engine.close()
    from app.player.silent_engine import SilentEngine

    studio.engine = SilentEngine(studio.window.post)
    studio.conductor._deck._engine = studio.engine
    studio.engine.failed.connect(studio.conductor._deck._on_failed)
    studio.conductor.play([3])
    studio.until(lambda: any("/music/3" in n.text or "3.flac" in n.text
                             for n in studio.seen.notices))  # fmt: skip
    studio.until(lambda: studio.seen.now is None)
    studio.settle()
    reasons = {reason for kind, _, reason, _ in studio.events() if kind == "play"}
    assert reasons == {"error"}
    assert 3 not in studio.predicted_ids()


def test_a_missing_drive_is_told_in_words(studio):
    from contextlib import closing

    from app.library.database import open_database

    with closing(open_database(studio.database)) as connection, connection:
        connection.execute("UPDATE tracks SET available = 0 WHERE track_id = 3")
    studio.conductor.play([3])
    assert "drive is missing" in studio.seen.notices[-1].text
    assert studio.seen.now is None


def test_the_volume_stays_within_its_bounds(studio):
    told = []
    studio.conductor.volume_changed.connect(lambda *sound: told.append(sound))
    studio.conductor.set_volume(130)
    studio.conductor.set_muted(True)
    assert told == [(100, False), (100, True)]


def test_pause_and_resume_keep_the_position(studio):
    studio.conductor.play([3])
    studio.listen_ms(2_000)
    studio.conductor.toggle_play()
    studio.until(lambda: studio.conductor.state is PlaybackState.PAUSED)
    held = studio.conductor._deck.position_ms
    studio.conductor.toggle_play()
    studio.until(lambda: studio.conductor.state is PlaybackState.PLAYING)
    assert held <= studio.conductor._deck.position_ms <= MINUTE_MS


def test_the_session_comes_back_after_a_quit(studio_of):
    first = studio_of(rate=20.0)
    first.conductor.play([3, 4, 5])
    first.conductor.set_volume(37)
    first.conductor.set_repeat("all")
    first.listen_ms(5_000)
    position_ms = first.conductor._deck.position_ms
    queue = first.queue_ids()
    first.close()
    second = studio_of()
    assert second.seen.now.track_id == 3
    assert abs(second.conductor._deck.position_ms - position_ms) <= 1_000
    assert second.queue_ids() == queue
    assert second.conductor._volume == 37
    assert second.conductor.state is PlaybackState.STOPPED
    second.conductor.toggle_play()
    second.until(lambda: second.conductor.state is PlaybackState.PLAYING)
    assert second.conductor._deck.position_ms >= position_ms - 1_000


def test_a_restored_song_is_one_play_not_two(studio_of):
    first = studio_of(rate=20.0)
    first.conductor.play([3])
    first.listen_ms(20_000)
    first.close()
    second = studio_of(rate=20.0)
    second.conductor.toggle_play()
    second.until(lambda: second.seen.saved_plays == 1)
    assert second.events() == [("play", 3, "finished", "manual")]


def test_a_reaction_tells_how_many_songs_it_moved(studio):
    studio.settle()
    target = studio.predicted_ids()[-1]
    studio.conductor.like(target)
    studio.until(lambda: any("moved up" in notice.text for notice in studio.seen.notices))


def test_how_the_list_is_held_is_told_once_and_again_to_a_window_that_comes_later(studio):
    told = []
    studio.conductor.tuning_changed.connect(told.append)
    studio.conductor.tune(Tuning(0.8))
    studio.conductor.tune(Tuning(0.8))
    assert told == [Tuning(0.8)] == [studio.conductor.tuning]
    studio.conductor.announce()
    assert told == [Tuning(0.8), Tuning(0.8)]
