"""The demo music: five styles an ear can tell apart, whole files, the same every time."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen import File as MutagenFile
from PIL import Image
from tinytag import TinyTag

from resources.demo_music import build as making
from resources.demo_music.catalogue import ALBUMS, TRACK_COUNT, Album
from resources.demo_music.covers import cover
from resources.demo_music.dsp import RATE, pluck
from resources.demo_music.files import FORMATS
from resources.demo_music.loudness import Loudness

ONE_OF_EACH_FORMAT = [next(a for a in ALBUMS if a.suffix == suffix) for suffix in FORMATS]


@pytest.fixture(scope="module")
def tracks() -> list[tuple[Album, np.ndarray]]:
    return [(album, making.compose(album, number)) for album in ALBUMS for number in (1, 3)]


@pytest.fixture
def two_short_albums(monkeypatch: pytest.MonkeyPatch) -> tuple[Album, ...]:
    """The maker with two albums of seconds-long tracks, for tests about files."""
    albums = (ALBUMS[3], ALBUMS[6])

    def compose(album: Album, number: int) -> np.ndarray:
        rng = np.random.default_rng(number)
        return rng.uniform(-0.2, 0.2, (2, RATE)).astype(np.float32)

    monkeypatch.setattr(making, "ALBUMS", albums)
    monkeypatch.setattr(making, "compose", compose)
    return albums


def nothing(done: int, total: int, name: str) -> None:
    pass


def test_there_are_sixty_tracks_in_five_styles_by_ten_artists():
    assert TRACK_COUNT == 60
    assert len({album.genre for album in ALBUMS}) == 5
    assert len({album.artist for album in ALBUMS}) >= 10
    assert {album.suffix for album in ALBUMS} == {"mp3", "flac", "ogg", "opus", "m4a"}
    names = [album.file_name(n + 1) for album in ALBUMS for n in range(len(album.titles))]
    assert len(set(names)) == TRACK_COUNT


def test_the_same_seed_gives_the_same_samples():
    for album in (ALBUMS[0], ALBUMS[4], ALBUMS[8]):
        first, again = (making.compose(album, 2) for _ in range(2))
        assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()


def test_no_track_clips_and_all_fade_at_both_ends(tracks):
    for album, sound in tracks:
        assert np.isfinite(sound).all()
        assert 0.3 < np.abs(sound).max() <= 0.85, album.title
        assert np.abs(sound[:, :10]).max() < 0.02, album.title
        assert np.abs(sound[:, -10:]).max() < 0.005, album.title
        assert 20 <= sound.shape[1] / RATE <= 40
        assert np.abs(sound[0] - sound[1]).max() > 0.01, "stereo"


def test_the_styles_are_told_apart_by_brightness_and_onsets(tracks):
    features = np.array([(brightness(sound), onset_rate(sound)) for _, sound in tracks])
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    genres = np.array([album.genre for album, _ in tracks])
    hits = 0
    for index, genre in enumerate(genres):
        others = np.arange(len(genres)) != index
        centres = {g: features[others & (genres == g)].mean(axis=0) for g in set(genres)}
        nearest = min(centres, key=lambda g: np.linalg.norm(features[index] - centres[g]))
        hits += nearest == genre
    assert hits / len(genres) >= 0.8


def brightness(sound: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(sound.mean(axis=0), 1 << 20))
    return float(np.log2((power * np.fft.rfftfreq(1 << 20)).sum() / power.sum()))


def onset_rate(sound: np.ndarray) -> float:
    mono = sound.mean(axis=0)
    frames = mono[: mono.size // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
    spectra = np.log1p(10 * np.abs(np.fft.rfft(frames, axis=1)))
    flux = np.maximum(np.diff(spectra, axis=0), 0).mean(axis=1)
    peaks = (flux[1:-1] > flux[:-2]) & (flux[1:-1] >= flux[2:]) & (flux[1:-1] > 0.08)
    return float(peaks.sum() / (mono.size / RATE))


@pytest.mark.parametrize("hz", [82.4, 220.0, 659.3])
def test_a_plucked_string_is_in_tune(hz):
    string = pluck(np.random.default_rng(1), hz, 2.0, 0.5, 2.5)
    spectrum = np.abs(np.fft.rfft(string * np.hanning(string.size), 1 << 20))
    found = np.fft.rfftfreq(1 << 20, 1 / RATE)
    near = (found > hz * 0.9) & (found < hz * 1.1)
    peak_hz = found[near][spectrum[near].argmax()]
    assert abs(1200 * np.log2(peak_hz / hz)) < 5, "cents"


def test_loudness_of_a_sine_is_what_the_standard_says():
    time = np.arange(RATE * 4) / RATE
    sine = np.sin(2 * np.pi * 997 * time) * 10 ** (-20 / 20)
    stereo = np.stack([sine, sine]).astype(np.float32)
    assert Loudness.of(stereo).lufs == pytest.approx(-20.0, abs=0.3)


@pytest.mark.parametrize("album", ONE_OF_EACH_FORMAT, ids=lambda album: album.suffix)
def test_each_format_decodes_to_the_music_and_carries_tags_and_cover(album, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "ALBUMS", (album,))
    whole = making.compose(album, 1)
    monkeypatch.setattr(making, "compose", lambda album, number: whole[:, : 6 * RATE])
    making.build(tmp_path / "music", nothing)
    folder = tmp_path / "music" / album.folder
    file = folder / album.file_name(1)
    tag = TinyTag.get(file, image=True)
    assert (tag.title, tag.artist, tag.album) == (album.titles[0], album.artist, album.title)
    assert (tag.genre, str(tag.year), int(tag.track)) == (album.genre, str(album.year), 1)
    assert tag.images.any is not None
    assert tag.duration == pytest.approx(6.0, abs=0.1)
    assert any("replaygain_track_gain" in str(key).lower() for key in MutagenFile(file).tags)
    with av.open(str(file)) as container:
        heard = np.concatenate([f.to_ndarray().reshape(-1) for f in container.decode(audio=0)])
    assert heard.size > RATE
    assert (folder / "cover.jpg").stat().st_size > 5000


def test_covers_are_pictures_of_their_own():
    small = []
    for album in ALBUMS[:4]:
        data = cover(album)
        assert data == cover(album)
        small.append(np.asarray(picture(data).resize((8, 8)), float))
    for index, one in enumerate(small):
        for other in small[index + 1 :]:
            assert np.abs(one - other).mean() > 15


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_a_second_run_writes_nothing(tmp_path, two_short_albums):
    folder = tmp_path / "music"
    making.build(folder, nothing)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    making.build(folder, nothing)
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before
    assert not list(tmp_path.rglob("*.part"))


def test_an_interrupted_run_goes_on_and_shows_nothing_half_done(tmp_path, two_short_albums):
    folder = tmp_path / "music"

    def pull_the_plug(done: int, total: int, name: str) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        making.build(folder, pull_the_plug)
    assert not folder.exists()
    first = tmp_path / ".music.part" / two_short_albums[0].folder / two_short_albums[0].file_name(1)
    made_at = first.stat().st_mtime_ns
    making.build(folder, nothing)
    kept = folder / two_short_albums[0].folder / two_short_albums[0].file_name(1)
    assert kept.stat().st_mtime_ns == made_at
    assert len([file for file in folder.rglob("*") if file.suffix in (".mp3", ".flac")]) == 10


def test_a_deleted_file_comes_back_and_others_are_left_alone(tmp_path, two_short_albums):
    folder = tmp_path / "music"
    making.build(folder, nothing)
    mine = folder / "my own song.mp3"
    mine.write_bytes(b"mine")
    lost = folder / two_short_albums[1].folder / two_short_albums[1].file_name(2)
    lost.unlink()
    making.build(folder, nothing)
    assert lost.exists()
    assert mine.read_bytes() == b"mine"


def test_the_command_tells_progress_and_why_it_failed(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = run_command(blocked / "music")
    assert done.returncode == 1
    assert "could not be written" in json.loads(done.stdout.splitlines()[-1])["failed"]


def test_the_command_can_be_stopped_while_it_works(tmp_path):
    command = [sys.executable, "-m", "resources.demo_music", str(tmp_path / "music")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
    assert first["total"] == 60
    assert not (tmp_path / "music").exists()


def run_command(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "resources.demo_music", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
