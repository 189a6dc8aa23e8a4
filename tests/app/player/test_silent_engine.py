"""The engine without sound, on a fast clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.player.choose import make_engine
from app.player.engine import Engine, Media, PlaybackState
from app.player.silent_engine import SilentEngine
from tests.app.player.listener import Inbox, Listener
from tests.making import make_audio


@pytest.fixture
def player(inbox: Inbox, listen: Callable[[Engine], Listener]) -> Listener:
    return listen(SilentEngine(inbox.post, rate=20))


@pytest.fixture
def track(tmp_path: Path) -> str:
    return str(make_audio(tmp_path / "a.mp3", seconds=6))


def test_a_track_is_played_to_its_end(player: Listener, track: str) -> None:
    player.engine.play(Media(1, track))
    player.wait_for("state_changed", PlaybackState.STOPPED)
    assert player.tokens == [("started", 1), ("finished", 1)]
    positions = [position for position, _length in player.positions]
    assert positions == sorted(positions)
    assert player.positions[-1][1] == pytest.approx(6_000, abs=60)


def test_the_prepared_track_follows_at_once(player: Listener, track: str) -> None:
    player.engine.play(Media(1, track))
    player.engine.prepare(Media(2, track))
    player.wait_for("finished", 2)
    assert player.tokens == [("started", 1), ("finished", 1), ("started", 2), ("finished", 2)]
    states = [said[1] for said in player.said if said[0] == "state_changed"]
    assert states.count(PlaybackState.PLAYING) == 1


def test_a_dropped_preparation_does_not_play(player: Listener, track: str) -> None:
    player.engine.play(Media(1, track))
    player.engine.prepare(Media(2, track))
    player.engine.prepare(None)
    player.wait_for("state_changed", PlaybackState.STOPPED)
    assert player.heard("started", 2) is None


def test_pausing_holds_the_position(player: Listener, track: str) -> None:
    player.engine.play(Media(1, track))
    player.wait_for_position(500)
    player.engine.pause()
    player.wait_for("state_changed", PlaybackState.PAUSED)
    held = player.positions[-1]
    player.inbox.run_for(0.15)
    assert player.positions[-1] == held
    player.engine.resume()
    player.wait_for("finished", 1)


def test_seeking_is_clamped_to_the_track(player: Listener, track: str) -> None:
    player.engine.play(Media(1, track))
    player.wait_for("started", 1)
    player.engine.seek(10_000_000)
    player.wait_for("finished", 1, timeout_s=1)


def test_a_track_begins_where_it_was_left(player: Listener, track: str) -> None:
    player.engine.play(Media(1, track, start_ms=4_000))
    player.engine.pause()
    player.wait_for("state_changed", PlaybackState.PAUSED)
    player.inbox.run_until(lambda: bool(player.positions))
    assert player.positions[-1][0] == 4_000
    assert player.heard("started") is None
    player.engine.resume()
    player.wait_for("started", 1)


def test_missing_and_broken_files_fail_in_words(player: Listener, tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_text("no music")
    for token, name in enumerate(["gone.mp3", "text.mp3", "."]):
        player.engine.play(Media(token, str(tmp_path / name), duration_ms=5_000))
        _failed, _token, sentence = player.wait_for("failed", token)
        assert sentence.endswith(".")
    player.engine.play(Media(9, str(tmp_path / "drive" / "gone.mp3")))
    assert "connect it" in player.wait_for("failed", 9)[2]
    assert player.heard("started") is None


def test_a_stop_that_answers_a_failure_is_told(player: Listener, tmp_path: Path) -> None:
    player.engine.failed.connect(lambda token, sentence: player.engine.stop())
    player.engine.play(Media(1, str(tmp_path / "gone.mp3"), duration_ms=5_000))
    player.wait_for("failed", 1)
    player.inbox.run_for(0.3)
    assert player.said[-1] == ("state_changed", PlaybackState.STOPPED)


def test_a_bad_prepared_track_does_not_disturb(
    player: Listener, track: str, tmp_path: Path
) -> None:
    player.engine.play(Media(1, track))
    player.engine.prepare(Media(2, str(tmp_path / "gone.mp3")))
    player.wait_for("finished", 1)
    assert player.tokens[:2] in ([("started", 1), ("failed", 2)], [("failed", 2), ("started", 1)])


def test_a_stream_plays_until_it_is_stopped(player: Listener) -> None:
    player.engine.play(Media(1, "http://radio.example/live"))
    player.wait_for_position(5_000)
    assert player.positions[-1][1] == 0
    player.engine.stop()
    player.wait_for("state_changed", PlaybackState.STOPPED)
    assert player.heard("finished") is None


def test_what_was_said_of_a_replaced_track_is_not_delivered(
    inbox: Inbox, listen: Callable[[Engine], Listener], track: str
) -> None:
    player = listen(SilentEngine(inbox.post, rate=1_000))
    player.engine.play(Media(1, track))
    player.wait_for("started", 1)
    player.inbox.run_until(lambda: not inbox._work.empty())
    player.engine.play(Media(2, track))
    told = len(player.said)
    player.wait_for("started", 2)
    assert all(said[1] != 1 for said in player.said[told:])


def test_tracks_without_files_play_if_the_test_says_so(
    inbox: Inbox, listen: Callable[[Engine], Listener]
) -> None:
    player = listen(SilentEngine(inbox.post, rate=20, check_files=False))
    player.engine.play(Media(1, "/nowhere.mp3", duration_ms=1_000))
    player.wait_for("finished", 1)


def test_the_silent_kind_can_be_asked_for(
    inbox: Inbox, listen: Callable[[Engine], Listener]
) -> None:
    assert listen(make_engine(inbox.post, "silent")).engine.name == "silent"


def test_a_closed_engine_says_nothing_more(inbox: Inbox, track: str) -> None:
    engine = SilentEngine(inbox.post)
    player = Listener(engine, inbox)
    engine.play(Media(1, track))
    engine.close()
    engine.play(Media(2, track))
    player.inbox.run_for(0.1)
    assert player.said == []
