"""Media keys: the real `playerctl` against the player on a real session bus."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.desktop.mpris import MediaKeys, start_media_keys
from app.desktop.mpris_state import PlayerState, Position, clean
from app.library.track import Track
from app.player.engine import PlaybackState
from tests.app.desktop.bus import Loop, available, playerctl, session_bus
from tests.app.ui.fake_conductor import FakeConductor

needs_bus = pytest.mark.skipif(not available(), reason="needs dbus-daemon and playerctl")

SONG = Track(
    7,
    "/music/Smetana – Die Moldau.flac",
    "Die Moldau",
    artist="Smetana",
    album="Mein Vaterland",
    genre="Orchestral",
    year=1879,
    track_number=2,
    duration_ms=3_000_000_000,
)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def conductor() -> FakeConductor:
    return FakeConductor()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def raised() -> list[list[str]]:
    return []


@pytest.fixture
def keys(bus, conductor, loop, raised) -> Iterator[MediaKeys]:
    started = start_media_keys(conductor, loop.post, raised.append)
    loop.run_until(lambda: playerctl("status") in ("Stopped", "Playing", "Paused"))
    conductor.calls.clear()
    yield started
    started.close()


def eventually(loop: Loop, expected: str, *arguments: str) -> None:
    loop.run_until(lambda: playerctl(*arguments) == expected)


@needs_bus
def test_keys_reach_the_conductor(keys, conductor, loop):
    for key in ("play-pause", "next", "previous", "stop"):
        playerctl(key)
    loop.run_until(lambda: len(conductor.calls) == 4)
    assert conductor.calls == [("toggle_play",), ("skip",), ("previous",), ("stop",)]


@needs_bus
def test_play_and_pause_do_nothing_when_it_is_so_already(keys, conductor, loop):
    conductor.start(SONG)
    playerctl("play")
    playerctl("pause")
    loop.run_until(lambda: bool(conductor.calls))
    assert conductor.calls == [("toggle_play",)]


@needs_bus
def test_the_desktop_sees_the_track(keys, conductor, loop):
    conductor.start(SONG)
    eventually(loop, "Playing", "status")
    shown = playerctl("metadata", "--format", "{{title}}|{{artist}}|{{album}}|{{xesam:genre}}")
    assert shown == "Die Moldau|Smetana|Mein Vaterland|Orchestral"
    assert playerctl("metadata", "xesam:trackNumber") == "2"
    assert playerctl("metadata", "xesam:url") == Path(SONG.location).as_uri()


@needs_bus
def test_a_length_beyond_32_bits_of_microseconds_is_right(keys, conductor, loop):
    conductor.start(SONG)
    eventually(loop, "3000000000000", "metadata", "mpris:length")


@needs_bus
def test_a_seek_is_told_and_wished(keys, conductor, loop, bus):
    conductor.start(SONG)
    conductor.position_changed.emit(1_000, 3_000_000_000)
    eventually(loop, "Playing", "status")
    watch = ["dbus-monitor", "--address", bus, "type='signal',member='Seeked'"]
    with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as monitor:
        monitor.stdout.readline()  # the monitor is there once its name was acquired
        conductor.position_changed.emit(60_000, 3_000_000_000)
        lines = iter(monitor.stdout.readline, "")
        assert any("int64 60000000" in line for line in lines)
        monitor.terminate()
    assert playerctl("position").startswith("60.")
    playerctl("position", "90")
    loop.run_until(lambda: bool(conductor.calls))
    assert conductor.calls == [("seek", 90_000)]


@needs_bus
def test_a_relative_seek_starts_where_the_track_is(keys, conductor, loop):
    conductor.start(SONG)
    conductor.state = PlaybackState.PAUSED
    conductor.state_changed.emit(PlaybackState.PAUSED)
    conductor.position_changed.emit(40_000, SONG.duration_ms)
    eventually(loop, "Paused", "status")
    playerctl("position", "5-")
    loop.run_until(lambda: bool(conductor.calls))
    assert conductor.calls == [("seek", 35_000)]


@needs_bus
def test_a_seek_beyond_the_end_goes_to_the_next_song(keys, conductor, loop):
    conductor.start(Track(1, "/music/a.mp3", "Short", duration_ms=10_000))
    eventually(loop, "Playing", "status")
    playerctl("position", "30+")
    loop.run_until(lambda: bool(conductor.calls))
    assert conductor.calls == [("skip",)]


@needs_bus
def test_volume_and_modes_go_both_ways(keys, conductor, loop):
    conductor.volume_changed.emit(40, False)
    conductor.modes_changed.emit("one", True)
    eventually(loop, "Track", "loop")
    assert playerctl("shuffle") == "On"
    assert playerctl("volume").startswith("0.4")
    playerctl("volume", "0.25")
    playerctl("loop", "Playlist")
    playerctl("shuffle", "Off")
    loop.run_until(lambda: len(conductor.calls) == 4)
    assert conductor.calls == [
        ("set_volume", 25),
        ("set_muted", False),
        ("set_repeat", "all"),
        ("set_shuffle", False),
    ]


@needs_bus
def test_a_station_shows_what_it_plays(keys, conductor, loop):
    conductor.start(Track(-3, "https://radio.example/live", "Radio Example"))
    conductor.stream_title_changed.emit("Nina – Sinnerman")
    eventually(loop, "Nina – Sinnerman", "metadata", "xesam:title")
    assert playerctl("metadata", "xesam:url") == "https://radio.example/live"


@needs_bus
def test_an_address_handed_over_is_opened(keys, conductor, loop):
    playerctl("open", "https://radio.example/live")
    loop.run_until(lambda: bool(conductor.calls))
    assert conductor.calls == [("open_location", "https://radio.example/live")]


@needs_bus
def test_tags_that_d_bus_refuses_do_no_harm(keys, conductor, loop):
    conductor.start(Track(5, "/music/\udcff.mp3", "nu\0ll " + "\ud800" + "x" * 2_000_000))
    loop.run_until(lambda: playerctl("metadata", "xesam:title").startswith("null ?xxx"))
    conductor.start(SONG)
    eventually(loop, "Die Moldau", "metadata", "xesam:title")


@needs_bus
def test_the_cover_is_told_when_it_is_found(bus, conductor, loop, tmp_path):
    picture = tmp_path / "cover of 7.jpg"
    conductor.start(SONG)
    keys = start_media_keys(conductor, loop.post, print, find_cover=lambda track: picture)
    eventually(loop, picture.as_uri(), "metadata", "mpris:artUrl")
    keys.close()


@needs_bus
def test_the_window_can_be_raised_and_the_player_leaves_the_bus(keys, loop, raised, bus):
    send = ["dbus-send", f"--bus={bus}", "--print-reply", "--dest=org.mpris.MediaPlayer2.segue"]
    where = ["/org/mpris/MediaPlayer2", "org.mpris.MediaPlayer2.Raise"]
    subprocess.run([*send, *where], check=True, capture_output=True)
    loop.run_until(lambda: raised == [[]])
    keys.close()
    assert "No players found" in playerctl("status")


@needs_bus
def test_the_end_of_the_session_bus_is_logged_and_no_more(conductor, loop, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        keys = start_media_keys(conductor, loop.post, print)
        loop.run_until(lambda: playerctl("status") == "Stopped")
    loop.run_until(lambda: "media keys are off" in caplog.text)
    conductor.start(SONG)
    keys.close()


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense", ""])
def test_without_a_session_bus_the_log_says_so_once(conductor, loop, monkeypatch, caplog, address):
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("DISPLAY", raising=False)
    keys = start_media_keys(conductor, loop.post, print)
    keys._thread.join(5)
    conductor.start(SONG)
    keys.close()
    said = [record for record in caplog.records if "media keys are off" in record.message]
    assert len(said) == 1


def test_the_position_runs_on_between_two_reports():
    assert Position(1_000, 50.0, runs=True).now_ms(52.5) == 3_500
    assert Position(1_000, 50.0, runs=False).now_ms(52.5) == 1_000


def test_metadata_of_no_track_names_none():
    assert PlayerState().metadata() == {
        "mpris:trackid": ("o", "/org/mpris/MediaPlayer2/TrackList/NoTrack")
    }


def test_clean_text_is_valid_and_short():
    assert clean("a\0b\ud800" + "c" * 5000) == "ab?" + "c" * 996
