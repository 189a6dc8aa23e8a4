"""`train-audio`: a folder of music and who plays what give a model that listens."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import mutagen
import numpy as np
import pytest

from recommender.audio.hearing import ByHand, Hearing
from recommender.audio.music_folder import MusicFile, music_in
from recommender.audio.net_steps import HeardNet
from recommender.audio.store import SoundStore
from recommender.commands.train_audio import FILES, matched
from recommender.data.vocabulary import Vocabulary
from tests.recommender.audio.files import tune, write
from tests.recommender.audio.sounds import causes, sounds
from tests.recommender.commands.conftest import Command

SONGS, ARTISTS, LISTS = 96, 32, 400


def silence(path: Path, number: int) -> None:
    """A file of its own content, whose sound is put into the store beforehand."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(np.full(80, number, "<i2").tobytes())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Music that was heard before, and playlists of songs that are bright and dense alike."""
    folder = tmp_path_factory.mktemp("world")
    made, by = causes(SONGS, ARTISTS)
    names = [f"Artist {by[number]} - Title {number}" for number in range(SONGS)]
    (folder / "music" / "deep").mkdir(parents=True)
    for number, name in enumerate(names):
        silence(folder / "music" / "deep" / f"{name}.wav", number)
    with SoundStore(folder / "sounds.db") as store:
        heard = dict(zip(names, sounds(made), strict=True))
        for file in music_in(folder / "music"):
            store.put(file.content, heard[file.path.stem])
    (folder / "lists").mkdir()
    chance = np.random.default_rng(0)
    places = np.stack([made[:, 0], 2 * made[:, 0] * made[:, 1]], axis=1)
    for number in range(LISTS):
        far = np.square(places - places[chance.integers(SONGS)]).sum(1)
        songs = chance.permutation(np.argsort(far)[:14])[:8]
        lines = [f"#EXTINF:100,{names[song]}\n{names[song]}.wav" for song in songs]
        (folder / "lists" / f"{number}.m3u8").write_text("#EXTM3U\n" + "\n".join(lines))
    return folder


def test_a_folder_and_playlists_become_a_network_that_listens(
    world: Path, command: Command, tmp_path: Path
) -> None:
    done = command(
        "train-audio", world / "music", "--data", world / "lists", "--format", "playlists",
        "--out", tmp_path / "model", "--store", world / "sounds.db", "--fewest", "40",
        "--effort", "0.05", "--factors", "8", "--targets", "wals,pairs", "--jobs", "1",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "96 files, 96 of them in the data, 0 with problems" in done.out
    assert "ridge, hand-made features" in done.out
    hearing = Hearing.load(tmp_path / "model")
    assert isinstance(hearing.model, HeardNet)
    assert hearing.model.name in done.out
    files = json.loads((tmp_path / "model" / FILES).read_text())["files"]
    assert len(files) == len(hearing.songs) == SONGS
    assert files[0] == "deep/Artist 0 - Title 0.wav"


def test_a_few_real_files_are_listened_to_and_compared_by_hand(
    command: Command, tmp_path: Path
) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for number in range(9):
        file = write(music / f"{number}.flac", tune(2.0, number))
        tags = mutagen.File(file)
        tags["artist"], tags["title"] = f"Artist {number % 3}", f"Title {number}"
        tags.save()
    (music / "broken.mp3").write_bytes(b"no music at all" * 100)
    lines = [f"#EXTINF:2,Artist {n % 3} - Title {n}\n{n}.flac" for n in range(9)]
    for number in range(6):
        (tmp_path / f"{number}.m3u").write_text("#EXTM3U\n" + "\n".join(lines[number:] + lines[:2]))
    done = command(
        "train-audio", music, "--data", *tmp_path.glob("*.m3u"), "--format", "playlists",
        "--out", tmp_path / "model", "--jobs", "1",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "10 files, 9 of them in the data, 1 with problems" in done.out
    assert "hand-made features: 9 songs with plays, the network needs 150" in done.out
    assert isinstance(Hearing.load(tmp_path / "model").model, ByHand)


def test_data_of_other_songs_is_told_in_words(
    world: Path, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "other.m3u").write_text("#EXTM3U\n#EXTINF:9,Nobody - Nothing\na.wav\n")
    done = command(
        "train-audio", world / "music", "--data", tmp_path / "other.m3u", "--format", "playlists",
        "--out", tmp_path / "model",
    )  # fmt: skip
    assert done.code == 2
    assert "Only 0 of the 96 files" in done.err
    assert "Artist - Title.mp3" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--targets", "gru"], "wals or pairs"), (["--effort", "0"], "share"), ([], "no music")],
)
def test_what_cannot_be_done_is_told_in_words(
    command: Command, tmp_path: Path, words: list[str], said: str
) -> None:
    done = command("train-audio", tmp_path, "--data", tmp_path, "--format", "playlists",
                   "--out", tmp_path / "model", *words)  # fmt: skip
    assert done.code == 2
    assert said in done.err


def test_files_are_found_by_tags_by_name_and_by_key() -> None:
    songs = Vocabulary(
        ["mira vale – slow tide", "spotify:7", "12"], ["Mira Vale", "Oda", ""],
        ["Slow Tide", "Ebb", ""],
    )  # fmt: skip
    files = [
        MusicFile(Path("a.mp3"), "a", "MIRA  VALE", "Slow tide"),
        MusicFile(Path("Oda - Ebb.mp3"), "b"),
        MusicFile(Path("12.mp3"), "c"),
        MusicFile(Path("again.mp3"), "d", "Mira Vale", "Slow Tide"),
        MusicFile(Path("unknown.mp3"), "e", "Oda", "Flow"),
    ]
    assert matched(files, songs) == {0: 0, 1: 1, 2: 2}
