"""The libVLC engine, heard at a PulseAudio sink."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.player.choose import make_engine
from app.player.engine import Engine, Media, PlaybackState
from app.player.vlc_engine import VlcEngine
from tests.app.player.listener import Inbox, Listener
from tests.app.player.null_sink import NullSink, hertz_at, silence_ms, sounding
from tests.app.player.servers import never_answer, radio, socket_server, web_server
from tests.making import make_audio

Listen = Callable[[Engine], Listener]


@pytest.fixture
def player(sink: NullSink, inbox: Inbox, listen: Listen) -> Listener:
    return listen(VlcEngine(inbox.post, open_timeout_s=1.5, stall_timeout_s=2.0))


def media(token: int, path: Path | str, **more: float) -> Media:
    return Media(token, str(path), **more)


LOST_WHEN_BUSY_MS = 90
"""What a recording may lack on a busy machine; a track started late leaves a longer gap."""


@pytest.mark.parametrize("format", ["flac", "mp3", "ogg"])
def test_two_tracks_join_without_a_gap(
    player: Listener, sink: NullSink, tmp_path: Path, format: str
) -> None:
    first = make_audio(tmp_path / f"a.{format}", seconds=0.8, hertz=441)
    second = make_audio(tmp_path / f"b.{format}", seconds=0.8, hertz=882)
    with sink.record() as recording:
        player.engine.play(media(1, first))
        player.engine.prepare(media(2, second))
        player.wait_for("finished", 2)
    heard = sounding(recording.samples)
    assert silence_ms(heard) <= LOST_WHEN_BUSY_MS
    assert len(heard) / 44.1 == pytest.approx(1_600, abs=LOST_WHEN_BUSY_MS)
    assert hertz_at(heard, 0.65) == pytest.approx(441, abs=15)
    assert hertz_at(heard, 0.85) == pytest.approx(882, abs=15)
    assert player.tokens == [("started", 1), ("finished", 1), ("started", 2), ("finished", 2)]


def test_pausing_seeking_and_going_on(player: Listener, tmp_path: Path) -> None:
    track = make_audio(tmp_path / "a.flac", seconds=6)
    player.engine.play(media(1, track))
    player.wait_for_position(200)
    player.engine.pause()
    player.wait_for("state_changed", PlaybackState.PAUSED)
    held_ms = player.positions[-1][0]
    player.inbox.run_for(0.2)
    assert player.positions[-1][0] == held_ms
    player.engine.seek(4_000)
    player.inbox.run_until(lambda: player.positions[-1][0] == 4_000)
    player.inbox.run_for(0.2)
    assert player.positions[-1] == (4_000, 6_000)
    player.engine.resume()
    player.wait_for_position(4_300)
    player.engine.seek(99_000)
    player.wait_for("finished", 1, timeout_s=3)
    player.wait_for("state_changed", PlaybackState.STOPPED)


def test_a_seek_is_heard_at_the_right_place(
    player: Listener, sink: NullSink, tmp_path: Path
) -> None:
    ramp = tmp_path / "low-then-high.wav"
    low = make_audio(tmp_path / "low.wav", seconds=3, hertz=441).read_bytes()
    high = make_audio(tmp_path / "high.wav", seconds=3, hertz=882).read_bytes()
    body = low[-3 * 44_100 * 4 :] + high[-3 * 44_100 * 4 :]
    header = bytearray(low[: len(low) - 3 * 44_100 * 4])
    header[4:8] = (len(header) + len(body) - 8).to_bytes(4, "little")
    header[-4:] = len(body).to_bytes(4, "little")
    ramp.write_bytes(bytes(header) + body)
    with sink.record() as recording:
        player.engine.play(media(1, ramp))
        player.wait_for_position(300)
        player.engine.seek(3_100)
        player.wait_for_position(3_600)
        player.engine.stop()
        player.wait_for("state_changed", PlaybackState.STOPPED)
    heard = sounding(recording.samples)
    assert hertz_at(heard, 0.05) == pytest.approx(441, abs=15)
    assert hertz_at(heard, len(heard) / 44_100 - 0.2) == pytest.approx(882, abs=15)
    assert silence_ms(heard) < 120


def test_the_position_never_goes_back_while_playing(player: Listener, tmp_path: Path) -> None:
    player.engine.play(media(1, make_audio(tmp_path / "a.ogg", seconds=1.5)))
    player.wait_for("finished", 1)
    positions = [position for position, _length in player.positions]
    assert positions == sorted(positions)
    assert len(positions) >= 6


def test_a_track_begun_while_paused_is_not_heard(
    player: Listener, sink: NullSink, tmp_path: Path
) -> None:
    with sink.record() as recording:
        player.engine.play(media(1, make_audio(tmp_path / "a.mp3", seconds=4), start_ms=2_000))
        player.engine.pause()
        player.wait_for("state_changed", PlaybackState.PAUSED)
        player.inbox.run_for(0.3)
    assert not len(sounding(recording.samples))
    assert player.positions[-1][0] == 2_000
    assert player.heard("started") is None
    player.engine.resume()
    player.wait_for("started", 1)


def test_the_volume_holds_from_the_first_sample(
    player: Listener, sink: NullSink, tmp_path: Path
) -> None:
    track = make_audio(tmp_path / "a.flac", seconds=3)
    player.engine.set_volume(40)
    with sink.record() as recording:
        for token in (1, 2):
            player.engine.play(media(token, track))
            player.wait_for("started", token)
            player.wait_for_position(400)
    heard = np.abs(sounding(recording.samples, 0.001))
    assert heard.max() < 0.2
    assert heard.max() == pytest.approx(np.quantile(heard, 0.98), rel=0.1)


def test_mute_silences(player: Listener, sink: NullSink, tmp_path: Path) -> None:
    player.engine.set_muted(True)
    with sink.record() as recording:
        player.engine.play(media(1, make_audio(tmp_path / "a.flac", seconds=2)))
        player.wait_for_position(400)
    assert not len(sounding(recording.samples))


def test_replay_gain_makes_a_track_softer(player: Listener, sink: NullSink, tmp_path: Path) -> None:
    loud = make_audio(tmp_path / "a.flac", seconds=0.5)
    soft = make_audio(tmp_path / "b.flac", seconds=0.5)
    with sink.record() as recording:
        player.engine.play(media(1, loud))
        player.engine.prepare(media(2, soft, gain_db=-6.0206))
        player.wait_for("finished", 2)
    heard = np.abs(sounding(recording.samples, 0.001))
    before, after = heard[:18_000].max(), heard[-18_000:].max()
    assert after / before == pytest.approx(0.5, abs=0.02)


def test_files_that_cannot_be_played_are_told_in_words(player: Listener, tmp_path: Path) -> None:
    (tmp_path / "random.mp3").write_bytes(np.random.default_rng(3).bytes(20_000))
    (tmp_path / "empty.flac").write_bytes(b"")
    (tmp_path / "text.ogg").write_text("no music here\n" * 100)
    whole = make_audio(tmp_path / "a.m4a", seconds=1).read_bytes()
    (tmp_path / "headless.m4a").write_bytes(whole[: len(whole) // 2])
    bad = ["random.mp3", "empty.flac", "text.ogg", "headless.m4a", "gone.mp3", "."]
    for token, name in enumerate(bad):
        player.engine.play(media(token, tmp_path / name))
        _failed, _token, sentence = player.wait_for("failed", token)
        assert sentence.endswith(".")
        assert "“" in sentence
        assert player.heard("started", token) is None
    assert player.heard("finished") is None


def test_a_bad_prepared_track_does_not_disturb_the_present_one(
    player: Listener, tmp_path: Path
) -> None:
    (tmp_path / "bad.mp3").write_bytes(np.random.default_rng(3).bytes(20_000))
    player.engine.play(media(1, make_audio(tmp_path / "a.flac", seconds=0.8)))
    player.engine.prepare(media(2, tmp_path / "bad.mp3"))
    player.wait_for("failed", 2)
    assert player.heard("finished", 1) is None
    player.engine.prepare(media(3, make_audio(tmp_path / "c.flac", seconds=0.5)))
    player.wait_for("finished", 3)
    starts = [("started", 1), ("failed", 2), ("finished", 1), ("started", 3), ("finished", 3)]
    assert player.tokens == starts


def test_a_file_cut_off_while_it_plays_has_failed_not_finished(
    player: Listener, tmp_path: Path
) -> None:
    track = make_audio(tmp_path / "a.wav", seconds=40)
    player.engine.play(media(1, track))
    player.wait_for("started", 1)
    os.truncate(track, 12 * 44_100 * 4)
    player.engine.seek(11_500)
    _failed, _token, sentence = player.wait_for("failed", 1)
    assert "broke off" in sentence
    assert player.heard("finished") is None


@pytest.mark.skipif(os.name == "nt", reason="such names exist on POSIX only")
def test_a_name_that_is_not_utf_8_plays(player: Listener, tmp_path: Path) -> None:
    plain = make_audio(tmp_path / "a.flac", seconds=0.5)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 #1 %41?.flac"))
    plain.rename(odd)
    player.engine.play(media(1, odd))
    player.wait_for("finished", 1)


def test_a_server_that_never_answers_is_given_up(player: Listener) -> None:
    with socket_server(never_answer) as address:
        player.engine.play(media(1, address + "/live"))
        _failed, _token, sentence = player.wait_for("failed", 1, timeout_s=5)
    assert "does not answer" in sentence


def test_a_missing_page_is_told_as_such(player: Listener) -> None:
    with web_server({}) as address:
        player.engine.play(media(1, address + "/gone.mp3"))
        _failed, _token, sentence = player.wait_for("failed", 1)
    assert "nothing at this address" in sentence


def test_a_radio_station_shows_its_titles(player: Listener, tmp_path: Path) -> None:
    sound = make_audio(tmp_path / "a.mp3", seconds=4).read_bytes()
    with socket_server(radio(sound, ["First Song", "Zweites Stück"])) as address:
        player.engine.play(media(1, address + "/live"))
        player.wait_for("stream_title_changed", 1, "First Song")
        player.wait_for("stream_title_changed", 1, "Zweites Stück")
        assert player.positions[-1][1] == 0
        player.engine.stop()
        player.wait_for("state_changed", PlaybackState.STOPPED)


def test_a_station_that_breaks_off_has_failed(player: Listener, tmp_path: Path) -> None:
    sound = make_audio(tmp_path / "a.mp3", seconds=1).read_bytes()

    def talk(connection: object, _closing: object) -> None:
        connection.recv(4_096)
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n" + sound)

    with socket_server(talk) as address:
        player.engine.play(media(1, address + "/live"))
        _failed, _token, sentence = player.wait_for("failed", 1)
    assert "stopped sending" in sentence


def test_music_from_a_server_can_be_sought(player: Listener, tmp_path: Path) -> None:
    sound = make_audio(tmp_path / "a.mp3", seconds=1.5).read_bytes()
    pages = {"/a.mp3": (200, {"Content-Type": "audio/mpeg", "Accept-Ranges": "bytes"}, sound)}
    with web_server(pages) as address:
        player.engine.play(media(1, address + "/a.mp3", duration_ms=1_500))
        player.wait_for("started", 1)
        player.engine.seek(1_200)
        player.wait_for("finished", 1)


def test_without_a_sound_device_time_goes_on_and_a_message_tells(
    inbox: Inbox, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "none"))
    player = listen(make_engine(inbox.post))
    player.engine.play(media(1, make_audio(tmp_path / "a.flac", seconds=3)))
    player.wait_for("started", 1)
    player.inbox.run_until(lambda: bool(player.messages))
    assert "No sound device" in player.engine.message
    player.wait_for("finished", 1)
    assert player.engine.name == "silent"
    assert player.tokens == [("started", 1), ("finished", 1)]


def test_without_vlc_the_engine_says_how_to_install_it() -> None:
    script = """
import queue
from app.player.choose import make_engine
inbox = queue.Queue()
engine = make_engine(inbox.put)
engine.message_changed.connect(lambda message: print(message))
inbox.get(timeout=10)()
engine.close()
print(engine.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHON_VLC_LIB_PATH": "/nonexistent/libvlc.so"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "VLC was not found" in done.stdout
    assert done.stdout.splitlines()[-1] == "silent"


def test_what_play_has_replaced_is_not_told_any_more(player: Listener, tmp_path: Path) -> None:
    long = make_audio(tmp_path / "a.flac", seconds=3)
    for token in range(1, 9):
        player.engine.play(media(token, long))
    player.wait_for("started", 8)
    assert player.tokens == [("started", 8)]


def test_the_rate_of_a_track_is_kept_across_the_join(
    player: Listener, sink: NullSink, tmp_path: Path
) -> None:
    with sink.record() as recording:
        player.engine.play(media(1, make_audio(tmp_path / "a.opus", seconds=0.8, hertz=441)))
        player.engine.prepare(media(2, make_audio(tmp_path / "b.flac", seconds=0.8, hertz=882)))
        player.wait_for("finished", 2)
    heard = sounding(recording.samples)
    assert hertz_at(heard, 0.3) == pytest.approx(441, abs=15)
    assert hertz_at(heard, 1.2) == pytest.approx(882, abs=15)
    assert len(heard) / 44.1 == pytest.approx(1_600, abs=LOST_WHEN_BUSY_MS)


def test_the_next_track_can_be_changed_up_to_the_last_moment(
    player: Listener, sink: NullSink, tmp_path: Path
) -> None:
    with sink.record() as recording:
        player.engine.play(media(1, make_audio(tmp_path / "a.flac", seconds=1, hertz=441)))
        player.engine.prepare(media(2, make_audio(tmp_path / "b.flac", seconds=1, hertz=882)))
        player.wait_for_position(750)
        player.engine.prepare(media(3, make_audio(tmp_path / "c.flac", seconds=0.5, hertz=1764)))
        player.wait_for("finished", 3)
    heard = sounding(recording.samples)
    assert player.tokens == [("started", 1), ("finished", 1), ("started", 3), ("finished", 3)]
    pitches = {round(hertz_at(heard, at_s) / 441) for at_s in np.arange(0.05, 1.3, 0.1)}
    assert {1, 4} <= pitches <= {0, 1, 4}
    assert len(heard) / 44.1 == pytest.approx(1_500, abs=150)


def test_a_very_short_track_is_heard(player: Listener, sink: NullSink, tmp_path: Path) -> None:
    with sink.record() as recording:
        player.engine.play(media(1, make_audio(tmp_path / "a.flac", seconds=0.2)))
        player.wait_for("finished", 1)
    assert len(sounding(recording.samples)) / 44.1 == pytest.approx(200, abs=LOST_WHEN_BUSY_MS)


def test_sound_comes_back_when_the_device_does(
    sink: NullSink, inbox: Inbox, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = make_audio(tmp_path / "a.flac", seconds=20)
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "none"))
    player = listen(VlcEngine(inbox.post))
    player.engine.set_volume(40)
    player.engine.play(media(1, track))
    player.inbox.run_until(lambda: player.engine.message != "")
    assert player.engine.name == "silent"
    monkeypatch.setenv("PULSE_SERVER", sink.server)
    with sink.record() as recording:
        player.engine.play(media(2, track))
        player.inbox.run_until(lambda: player.engine.message == "")
        player.wait_for_position(300)
    assert player.engine.name == "vlc"
    assert 0.005 < np.abs(recording.samples).max() < 0.1


def test_a_track_prepared_in_the_last_moment_still_joins(
    player: Listener, sink: NullSink, tmp_path: Path
) -> None:
    first = make_audio(tmp_path / "a.flac", seconds=1, hertz=441)
    second = make_audio(tmp_path / "b.flac", seconds=0.5, hertz=882)
    with sink.record() as recording:
        player.engine.play(media(1, first))
        player.wait_for_position(700)
        player.engine.prepare(media(2, second))
        player.wait_for("finished", 2)
    assert player.tokens == [("started", 1), ("finished", 1), ("started", 2), ("finished", 2)]
    assert silence_ms(sounding(recording.samples)) < 150
