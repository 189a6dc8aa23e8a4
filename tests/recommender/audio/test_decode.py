from __future__ import annotations

import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.audio import decode
from recommender.audio.decode import AudioFile, SeekError
from recommender.audio.sound import RATE, AudioError
from recommender.data.arrays import FloatArray
from resources.demo_music.files import Tags, tag
from resources.demo_music.loudness import Gain
from tests.recommender.audio import files
from tests.recommender.audio.files import FORMATS, beep, loudest_hz, tune, write, write_wav


def all_of(path: Path) -> FloatArray:
    with AudioFile(path) as audio:
        return np.concatenate([np.zeros(0, np.float32), *audio.blocks()])


def damage_of(path: Path) -> tuple[float, str]:
    with AudioFile(path) as audio:
        heard_s = sum(map(len, audio.blocks())) / RATE
        return heard_s, audio.damage(heard_s)


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("songs")
    return {kind: write(folder / f"song.{kind}", tune(20)) for kind in FORMATS}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_decoded_to_the_same_sound(kind: str, songs: dict[str, Path]) -> None:
    heard, true = all_of(songs[kind]), all_of(songs["wav"])

    assert heard.dtype == np.float32
    assert len(heard) == pytest.approx(20 * RATE, abs=0.1 * RATE)
    n = min(len(heard), len(true)) - RATE
    shifts = range(-64, 65)
    likeness = max(np.corrcoef(heard[500 + s : n + s], true[500:n])[0, 1] for s in shifts)
    assert likeness > 0.97


@pytest.mark.parametrize("kind", FORMATS)
def test_an_excerpt_is_that_part_of_the_whole(kind: str, songs: dict[str, Path]) -> None:
    whole = all_of(songs[kind])
    with AudioFile(songs[kind]) as audio:
        assert audio.seconds == pytest.approx(20, abs=0.1)
        for start_s in (12.3, 2.5, 9.0):
            part = np.concatenate(list(audio.excerpt(start_s, 4)))
            assert len(part) == 4 * RATE
            at = round(start_s * RATE)
            same = max(
                np.corrcoef(part[RATE:-RATE], whole[at + s + RATE : at + s + 3 * RATE])[0, 1]
                for s in range(-2, 3)
            )
            assert same > 0.99


def test_no_block_is_long_however_long_the_song(songs: dict[str, Path]) -> None:
    with AudioFile(songs["flac"]) as audio:
        assert max(map(len, audio.blocks())) < 3 * RATE


def test_a_long_mix_is_decoded_in_little_memory(tmp_path: Path) -> None:
    mix = tmp_path / "mix.wav"
    write_wav(mix, beep(440, 1, 8_000), 8_000)
    data, second = mix.read_bytes(), 16_000
    at = data.index(b"data") + 8
    grown = data[: at - 4] + struct.pack("<I", second * 1_200) + data[at : at + second] * 1_200
    mix.write_bytes(grown)
    del data, grown

    tracemalloc.start()
    with AudioFile(mix) as audio:
        heard = sum(map(len, audio.blocks()))
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert heard / RATE == pytest.approx(1_200, abs=0.1)
    assert peak < 4_000_000


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le",
                                   "pcm_f64le", "pcm_alaw"])  # fmt: skip
def test_every_kind_of_sample_has_the_same_loudness(codec: str, tmp_path: Path) -> None:
    heard = all_of(write_wav(tmp_path / "beep.wav", beep(1_000, 1), codec=codec))

    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.03)
    assert loudest_hz(heard, RATE) == pytest.approx(1_000, abs=3)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_056, 96_000, 192_000])
def test_every_rate_gives_the_same_pitch_and_length(rate: int, tmp_path: Path) -> None:
    heard = all_of(write_wav(tmp_path / "beep.wav", beep(1_000, 2, rate), rate))

    assert len(heard) == pytest.approx(2 * RATE, abs=64)
    assert loudest_hz(heard, RATE) == pytest.approx(1_000, abs=3)


@pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("stereo", 2), ("2.1", 3),
                                                  ("5.1", 6)])  # fmt: skip
def test_one_sound_in_all_channels_is_as_loud_as_in_one(
    layout: str, channels: int, tmp_path: Path
) -> None:
    wave = np.tile(beep(500, 1), (channels, 1))
    heard = all_of(write_wav(tmp_path / "beep.wav", wave, layout=layout))

    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("codec", ["libopus", "flac", "aac", "pcm_f32le", "pcm_s64le"])
def test_music_in_eight_channels_is_heard(codec: str, tmp_path: Path) -> None:
    wave = np.tile(beep(500, 1, 48_000), (8, 1))
    song = write_wav(tmp_path / "beep.mka", wave, 48_000, codec, "7.1")
    heard = all_of(song)

    assert len(heard) == pytest.approx(RATE, abs=2_000)
    assert loudest_hz(heard, RATE) == pytest.approx(500, abs=3)


def test_channels_without_names_are_heard_too(tmp_path: Path) -> None:
    song = write_wav(tmp_path / "beep.wav", beep(500, 1), 48_000)
    data = bytearray(song.read_bytes())
    at = data.index(b"fmt ") + 8
    struct.pack_into("<H", data, at + 2, 13)
    struct.pack_into("<H", data, at + 12, 26)
    song.write_bytes(bytes(data))

    assert len(all_of(song)) == pytest.approx(RATE * 44_100 / 48_000 / 13, abs=64)


def test_a_rate_that_changes_within_the_file_is_followed(tmp_path: Path) -> None:
    parts = []
    for rate in (44_100, 48_000, 32_000):
        part = tmp_path / f"{rate}.mp3"
        write_wav(part, beep(1_000, 2, rate), rate, codec="libmp3lame")
        parts.append(part.read_bytes())
    song = tmp_path / "song.mp3"
    song.write_bytes(b"".join(parts))

    heard = all_of(song)

    assert len(heard) / RATE == pytest.approx(6, abs=0.4)
    for second in (1, 3, 5):
        assert loudest_hz(heard[second * RATE - 4_000 :][:8_000], RATE) == pytest.approx(1e3, abs=9)


def test_channels_that_change_within_the_file_are_followed(tmp_path: Path) -> None:
    mono = write_wav(tmp_path / "mono.mp3", beep(1_000, 2), codec="libmp3lame").read_bytes()
    both = write(tmp_path / "both.mp3", beep(1_000, 2)).read_bytes()
    song = tmp_path / "song.mp3"
    song.write_bytes(both + mono + both)

    assert len(all_of(song)) / RATE == pytest.approx(6, abs=0.4)


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "opus", "m4a"])
def test_the_cover_is_no_sound(kind: str, tmp_path: Path) -> None:
    song = write(tmp_path / f"song.{kind}", tune(3))
    cover = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + os.urandom(200_000) + b"\xff\xd9"
    tag(song, kind, Tags("T", "A", "B", "G", 2000, 1, 2, Gain(0, 1), Gain(0, 1), cover))

    heard_s, damage = damage_of(song)

    assert heard_s == pytest.approx(3, abs=0.1)
    assert damage == ""


def test_of_several_sounds_the_first_is_heard(tmp_path: Path) -> None:
    waves = [beep(hz, 2)[None] for hz in (700, 2_000, 3_000)]
    song = files.write_streams(tmp_path / "song.mka", waves)

    assert loudest_hz(all_of(song), RATE) == pytest.approx(700, abs=3)


def test_samples_that_are_no_numbers_are_silence(tmp_path: Path) -> None:
    wave = beep(1_000, 2)
    wave[5_000:5_010] = np.nan
    wave[9_000], wave[9_100], wave[9_200] = np.inf, -np.inf, 1e30
    heard = all_of(write_wav(tmp_path / "beep.wav", wave, codec="pcm_f32le"))

    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.5 * decode.LOUDEST
    assert loudest_hz(heard[RATE:], RATE) == pytest.approx(1_000, abs=3)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_of_any_bytes_can_be_opened(tmp_path: Path, songs: dict[str, Path]) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/concat:\xff\xfe|pipe:1 %d\n.mp3")
    Path(name).write_bytes(songs["mp3"].read_bytes())

    assert len(all_of(Path(name))) > 19 * RATE


@pytest.mark.parametrize("kind", ["mp3", "flac"])
def test_a_file_that_is_cut_off_gives_what_is_there_and_says_so(
    kind: str, tmp_path: Path, songs: dict[str, Path]
) -> None:
    song = tmp_path / f"song.{kind}"
    song.write_bytes(songs[kind].read_bytes())

    heard_s, damage = damage_of(cut(song, 0.5))

    assert 7 < heard_s < 13
    assert "cut off" in damage
    assert "0:20" in damage
    with AudioFile(song) as audio:
        assert list(audio.excerpt(18, 1)) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_a_whole_file_has_no_damage(kind: str, songs: dict[str, Path]) -> None:
    assert damage_of(songs[kind])[1] == ""


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "opus", "m4a"])
def test_a_file_with_holes_gives_what_can_be_read(
    kind: str, tmp_path: Path, songs: dict[str, Path]
) -> None:
    data = bytearray(songs[kind].read_bytes())
    rng = np.random.default_rng(3)
    first, last = len(data) // 3, len(data) // 2
    data[first:last] = rng.bytes(last - first)
    song = tmp_path / f"song.{kind}"
    song.write_bytes(bytes(data))

    heard_s, _ = damage_of(song)

    assert heard_s > 5


def test_a_file_with_many_bad_parts_says_so(tmp_path: Path, songs: dict[str, Path]) -> None:
    data = bytearray(songs["m4a"].read_bytes())
    at = data.index(b"mdat") + 4
    for place in range(at, at + (len(data) - at) // 2, 400):
        data[place : place + 200] = b"\xff" * 200
    song = tmp_path / "song.m4a"
    song.write_bytes(bytes(data))

    assert "damaged" in damage_of(song)[1]


def test_what_cannot_be_heard_is_said_in_words(tmp_path: Path, songs: dict[str, Path]) -> None:
    text, empty, no_sound = tmp_path / "a.mp3", tmp_path / "b.mp3", tmp_path / "c.png"
    text.write_text("not music at all\n" * 500)
    empty.touch()
    no_sound.write_bytes(bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8"
        "cfc000000301010018dd8db00000000049454e44ae426082"))  # fmt: skip
    headless = tmp_path / "d.m4a"
    headless.write_bytes(songs["m4a"].read_bytes())
    cut(headless, 0.5)

    for path, words in [
        (text, "no audio file"), (empty, "empty"), (tmp_path, "folder"), (headless, "damaged"),
        (tmp_path / "gone.mp3", "not there"), (no_sound, "no sound"), (Path("/dev/null"), "device"),
    ]:  # fmt: skip
        with pytest.raises(AudioError, match=words) as raised:
            AudioFile(path)
        assert str(raised.value).endswith(".")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_is_said_in_words(tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav", beep(440, 1))
    song.chmod(0)

    with pytest.raises(AudioError, match="permissions"):
        AudioFile(song)


def test_protected_music_is_said_to_be_so(tmp_path: Path, songs: dict[str, Path]) -> None:
    song = tmp_path / "song.m4p"
    song.write_bytes(songs["m4a"].read_bytes().replace(b"mp4a", b"drms"))

    with pytest.raises(AudioError, match="protected"):
        AudioFile(song)


def test_a_playlist_opens_no_other_file(tmp_path: Path, songs: dict[str, Path]) -> None:
    other = songs["mp3"]
    for name, text in [
        ("a.m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n{other}\n#EXT-X-ENDLIST\n"),
        ("b.mp3", f"ffconcat version 1.0\nfile '{other}'\n"),
    ]:
        playlist = tmp_path / name
        playlist.write_text(text)
        with pytest.raises(AudioError):
            all_of(playlist)


@pytest.mark.parametrize("rate", [1, 100, 2**31 - 1, 2**32 - 1])
def test_a_rate_that_is_none_is_refused(rate: int, tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav", beep(440, 1))
    data = bytearray(song.read_bytes())
    struct.pack_into("<I", data, data.index(b"fmt ") + 12, rate)
    song.write_bytes(bytes(data))

    try:
        heard_s, damage = damage_of(song)
    except AudioError:
        return
    assert heard_s == 0
    assert "Hz" in damage


def test_what_claims_to_last_for_months_is_not_believed(tmp_path: Path) -> None:
    song = write(tmp_path / "song.flac", beep(440, 2))
    data = bytearray(song.read_bytes())
    data[21] |= 0x0F  # the upper bits of the number of samples
    data[22:26] = b"\xff" * 4
    song.write_bytes(bytes(data))

    with AudioFile(song) as audio, pytest.raises(SeekError):
        list(audio.excerpt(100_000, 15))
    assert len(all_of(song)) == pytest.approx(2 * RATE, abs=4_096)


def test_endless_nothing_is_not_read_to_its_end(
    tmp_path: Path, songs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "FRUITLESS_BYTES", 1 << 22)
    song = tmp_path / "song.mp3"
    song.write_bytes(songs["mp3"].read_bytes()[:60_000])
    with song.open("r+b") as file:
        file.truncate(1 << 36)  # zeros that take no place, and minutes to read

    heard_s, damage = damage_of(song)

    assert heard_s == pytest.approx(60_000 / 16_000, abs=0.2)
    assert damage
    with AudioFile(song) as audio, pytest.raises(SeekError):
        list(audio.excerpt(1_000_000, 15))


def test_no_more_is_heard_than_the_most(
    songs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MOST_S", 7.0)

    heard_s, damage = damage_of(songs["mp3"])

    assert heard_s == 7
    assert "first 0:07" in damage


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(FORMATS), data=st.data())
def test_no_bytes_do_more_than_fail_in_words(
    kind: str, data: st.DataObject, tmp_path: Path, songs: dict[str, Path]
) -> None:
    content = bytearray(songs[kind].read_bytes()[:60_000])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.one_of(st.integers(0, 200), st.integers(0, len(content))))
        new = data.draw(st.binary(max_size=12))
        content[at : at + len(new)] = new
    song = tmp_path / f"song.{kind}"
    song.write_bytes(bytes(content))

    try:
        samples = all_of(song)
        with AudioFile(song) as audio:
            sum(map(len, audio.excerpt(0.5, 0.5)))
    except (AudioError, SeekError):
        return
    assert np.isfinite(samples).all()
