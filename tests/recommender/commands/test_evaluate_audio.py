"""`evaluate-audio` on folders of real files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recommender.audio.collection import labels_of
from recommender.audio.evaluation import recall_at_1
from recommender.audio.excerpts import Cutting, cut, cutting_for
from recommender.audio.hand import HAND
from recommender.audio.hearing import by_hand
from recommender.audio.music_folder import MusicFile, listen, music_in
from recommender.audio.store import SoundStore
from tests.recommender.audio.files import tune, write_wav
from tests.recommender.commands.conftest import Command

RATE = 22_050
SONG_S = 32


def song(seed: int, seconds: float = SONG_S) -> np.ndarray:
    """A tune with a noise floor and a key of its own, so that it differs from others throughout."""
    rng = np.random.default_rng(100 + seed)
    hum = sum(np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE) * 0.05
              for hz in rng.uniform(150, 3_000, 3))  # fmt: skip
    return (tune(seconds, seed, RATE) + hum).astype(np.float32)


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine songs of three artists in two packages, and a file that is none."""
    folder = tmp_path_factory.mktemp("music")
    for number in range(9):
        package, artist = ("north", "south")[number // 3 == 2], f"artist {number // 3}"
        path = folder / package / artist / f"album {number % 2}" / f"song {number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wav(path, song(number, SONG_S + number / 10), RATE)
    (folder / "north" / "broken.mp3").write_bytes(b"nothing that sounds" * 50)
    return folder


def test_excerpts_find_their_songs_and_the_report_says_all(command: Command, music: Path) -> None:
    done = command("evaluate-audio", music, "--jobs", "1", "--json")
    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    assert (report["songs"], report["files"], report["excerpts"]) == (9, 10, 18)
    assert report["recall_at_1"] >= 0.9
    assert report["recall_at_1_chance"] == pytest.approx(1 / 17, abs=1e-4)
    assert report["recall_at_1_queries"] == 18
    assert report["recall_at_1_apart"] is None  # two excerpts a song are next to each other
    assert report["same_artist_queries"] == 9
    assert report["same_top_folder_other_artist_queries"] == 6  # the south has one artist
    assert report["same_genre_other_artist_precision_at_1"] is None
    assert any(note.startswith("same_genre_other_artist: no two songs") for note in report["notes"])
    assert [each["file"] for each in report["problems"]] == ["north/broken.mp3"]
    assert report["heard_s"] == pytest.approx(sum(SONG_S + n / 10 for n in range(9)), abs=0.5)
    assert report["times_real_time"] > 1 < report["peak_memory_mb"]


def test_the_table_names_figures_chance_and_problems(command: Command, music: Path) -> None:
    done = command("evaluate-audio", music, "--jobs", "1")
    assert done.code == 0
    for words in ("9 songs in 18 excerpts", "among all excerpts", "chance", "broken.mp3",
                  "times real time", "artist, of another album"):  # fmt: skip
        assert words in done.out


def test_what_was_heard_is_kept_for_the_next_time(
    command: Command, music: Path, tmp_path: Path
) -> None:
    words = ("evaluate-audio", music, "--jobs", "2", "--json", "--store", tmp_path / "heard.db")
    first, again = (json.loads(command(*words).out) for _ in range(2))
    assert first["times_real_time"] > 0
    assert again["times_real_time"] is None
    assert again["recall_at_1"] == first["recall_at_1"]
    assert again["problems"] == first["problems"]


def test_a_model_is_measured_by_its_own_vectors(
    command: Command, music: Path, tmp_path: Path
) -> None:
    with SoundStore(tmp_path / "sounds.db") as store:
        files = music_in(music)
        listen(store, files, jobs=1)
        hearing = by_hand(store, {number: each.content for number, each in enumerate(files)})
    assert hearing is not None
    hearing.save(tmp_path / "model")
    done = command("evaluate-audio", music, "--jobs", "1", "--json", "--model", tmp_path / "model")
    report = json.loads(done.out)
    assert report["features"] == hearing.model.name
    assert report["recall_at_1"] > 0.3


@pytest.mark.parametrize(
    ("names", "words"),
    [((), "There is no music"), (("one.wav",), "two are needed"), (("no.mp3",), "no.mp3: ")],
)
def test_a_folder_that_says_nothing_is_answered_in_a_sentence(
    command: Command, tmp_path: Path, names: tuple[str, ...], words: str
) -> None:
    for name in names:
        if name.endswith("wav"):
            write_wav(tmp_path / name, song(0, 16.0), RATE)
        else:
            (tmp_path / name).write_bytes(b"no sound")
    done = command("evaluate-audio", tmp_path, "--jobs", "1")
    assert done.code == 2
    assert words in done.err
    assert command("evaluate-audio", tmp_path / "nowhere").err.startswith("error: ")


def test_a_short_song_is_one_excerpt_and_a_long_one_ends_where_it_should(tmp_path: Path) -> None:
    short = cut(write_wav(tmp_path / "short.wav", song(1, 3.0), RATE), Cutting())
    assert len(short.excerpts) == 1
    assert short.excerpts[0].apart is None
    longer = cut(write_wav(tmp_path / "long.wav", song(1, 47.0), RATE), Cutting(most=2))
    aparts = [each.apart for each in longer.excerpts if each.apart is not None]
    assert [each.shape for each in aparts] == [(HAND,)] * 2
    assert longer.heard_s == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize(
    ("lengths_s", "excerpt_s"), [((200.0, 20.0, 180.0), 15.0), ((21.0, 20.0), 10.0), ((4.0,), 5.0)]
)
def test_short_songs_are_cut_into_shorter_excerpts(
    lengths_s: tuple[float, ...], excerpt_s: float
) -> None:
    assert cutting_for(lengths_s) == Cutting(excerpt_s, round(600 / excerpt_s))
    assert cutting_for(lengths_s, whole=True).most is None


def test_parts_of_one_recording_are_known_and_not_counted_as_hits(
    command: Command, tmp_path: Path
) -> None:
    for number in range(3):
        folder = tmp_path / "band" / f"song {number}"
        folder.mkdir(parents=True)
        made = song(number, SONG_S + number)
        write_wav(folder / "all.wav", made, RATE)
        write_wav(folder / "again.wav", made + np.float32(1e-6), RATE)
    report = json.loads(command("evaluate-audio", tmp_path, "--jobs", "1", "--json").out)
    assert report["files_that_are_parts_of_others"] == 3
    assert report["recall_at_1"] < 0.5  # the twin's excerpt is nearer than the song's own next
    assert report["misses_to_such_parts"] >= 6
    assert report["same_album_precision_at_1"] is None  # nothing but parts of the same


def test_labels_come_from_tags_and_else_from_folders(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", song(0, 1.0), RATE)
    places = ("set/one/Artist A/Album/1.wav", "set/two/Artist B/Album/2.wav", "set/loose.wav")
    files = [MusicFile(tmp_path / place, place) for place in places]
    files.append(MusicFile(tmp_path / "set/two/x/y/3.wav", "", "Tagged", "", "None", "Jazz"))
    labels = labels_of(files, tmp_path)
    assert labels.artist == ["Artist A", "Artist B", "set", "Tagged"]
    assert labels.top_folder == ["one", "two", "", "two"]
    assert labels.album[3] == str(tmp_path / "set/two/x/y")
    assert labels.genre == ["", "", "", "jazz"]
    assert len(set(labels.version)) == 4


def test_whose_an_excerpt_is_plays_no_part_in_the_space() -> None:
    """With vectors that are chance the figure is chance."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((600, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    share, _ = recall_at_1(vectors, np.repeat(np.arange(50), 12), np.tile(np.arange(12), 50))
    assert share.value == pytest.approx(share.chance, abs=0.03)
